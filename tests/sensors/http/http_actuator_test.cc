// What a service may do to one direct request over plain HTTP.
#include "sensors/http/http_actuator.h"

#include <gtest/gtest.h>

#include <mutex>
#include <string>
#include <vector>

#include "tests/sensors/http/fault_server.h"
#include "tests/sensors/http/fetch.h"

namespace holdfast {
namespace {

TEST(Service, AnswersWithJson) {
  FaultServer server(
      behaves::answering("HTTP/1.1 200 OK\r\nContent-Type: Application/JSON; charset=utf-8\r\n"
                         "Content-Length: 2\r\n\r\n{}"));
  const v1::HttpOutcome outcome = fetch({.url = server.url()});
  EXPECT_EQ(outcome.result(), v1::HTTP_RESPONSE);
  EXPECT_EQ(outcome.status(), 200U);
  EXPECT_EQ(outcome.content_type(), "application/json");
  EXPECT_EQ(outcome.body(), "{}");
  EXPECT_GT(outcome.took_ns(), 0U);
  EXPECT_LT(outcome.took_ns(), 10 * kSecond_ns);
}

TEST(Service, IsSentExactlyThisOnce) {
  std::mutex mutex;
  std::string request;
  FaultServer server([&](Call& call) {
    const std::lock_guard lock(mutex);
    request += call.read_request();
    call.send(behaves::response("200 OK", "application/json", "{}"));
  });
  EXPECT_EQ(ending({.url = server.url(), .credentials = "proxy"}, {.user = "user", .password = "secret"}),
            "HTTP_RESPONSE");
  EXPECT_EQ(server.calls(), 1);
  const std::lock_guard lock(mutex);
  EXPECT_EQ(request, "GET /v1/safe/00 HTTP/1.1\r\nHost: " + server.address() + "\r\nAccept: application/json\r\n\r\n");
}

TEST(Service, AnswersOverIPv6) {
  FaultServer server(behaves::json("{}"), Loopback::Family::kIPv6);
  if (!server.listens()) GTEST_SKIP() << "this machine has no IPv6";
  EXPECT_EQ(ending({.url = server.url()}), "HTTP_RESPONSE");
  EXPECT_EQ(ending({.url = server.url(), .family = v1::IPV6}), "HTTP_RESPONSE");
  EXPECT_EQ(ending({.url = server.url(), .family = v1::IPV4}), "HTTP_NO_ROUTE");
}

TEST(Service, WithAnAddressOfTheOtherFamilyIsNotAsked) {
  FaultServer server(behaves::json("{}"));
  EXPECT_EQ(ending({.url = server.url(), .family = v1::IPV4}), "HTTP_RESPONSE");
  EXPECT_EQ(ending({.url = server.url(), .family = v1::IPV6}), "HTTP_NO_ROUTE");
  EXPECT_EQ(server.calls(), 1);
}

TEST(Service, IsAnsweringWhateverItsStatus) {
  for (const std::string status : {"404 Not Found", "401 Unauthorized", "407 Proxy Authentication Required",
                                   "500 Internal Server Error", "503 Service Unavailable"}) {
    FaultServer server(behaves::answering(behaves::response(status, "text/html", "<html>sorry</html>")));
    const v1::HttpOutcome outcome = fetch({.url = server.url()});
    EXPECT_EQ(outcome.result(), v1::HTTP_RESPONSE) << status;
    EXPECT_EQ(outcome.status(), std::stoul(status));
    EXPECT_EQ(outcome.content_type(), "text/html");
    EXPECT_EQ(outcome.body(), "<html>sorry</html>");
    EXPECT_EQ(server.calls(), 1) << status;
  }
}

TEST(Service, MaySayWhenToRetry) {
  struct Row {
    std::string value;
    std::uint64_t seconds;
  };
  const Row rows[] = {{"120", 120},
                      {"0", 0},
                      {"soon", 0},
                      {"-5", 0},
                      {"99999999", 86'400},
                      {"Fri, 31 Dec 1999 23:59:59 GMT", 0},
                      {"Sun, 06 Nov 2094 08:49:37 GMT", 86'400}};
  for (const auto& [value, seconds] : rows) {
    FaultServer server(behaves::answering(
        behaves::response("503 Service Unavailable\r\nRetry-After: " + value, "text/html", "<html>later</html>")));
    EXPECT_EQ(fetch({.url = server.url()}).retry_after_ns(), seconds * kSecond_ns) << value;
  }
  FaultServer silent(behaves::json("{}"));
  EXPECT_EQ(fetch({.url = silent.url()}).retry_after_ns(), 0U);
}

TEST(Service, ThatRedirectsIsNotFollowed) {
  FaultServer elsewhere(behaves::json("{}"));
  FaultServer server(
      behaves::answering("HTTP/1.1 302 Found\r\nLocation: " + elsewhere.url() + "\r\nContent-Length: 0\r\n\r\n"));
  const v1::HttpOutcome outcome = fetch({.url = server.url()});
  EXPECT_EQ(outcome.result(), v1::HTTP_RESPONSE);
  EXPECT_EQ(outcome.status(), 302U);
  EXPECT_EQ(elsewhere.calls(), 0);
}

TEST(Service, MayAnswerInChunksAndAfterInterimResponses) {
  FaultServer server(
      behaves::answering("HTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\nHTTP/1.1 200 OK\r\n"
                         "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"));
  const v1::HttpOutcome outcome = fetch({.url = server.url()});
  EXPECT_EQ(outcome.result(), v1::HTTP_RESPONSE);
  EXPECT_EQ(outcome.status(), 200U);
  EXPECT_EQ(outcome.body(), "{}");
  EXPECT_EQ(outcome.content_type(), "");
}

TEST(Service, MayAddTrailersBehindTheLastChunk) {
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n";
  const std::string trailers[] = {
      "X-Checked: yes\r\n",
      "X-Checked: yes\r\nX-Signature: 5\r\n",
      "Content-Type: text/html\r\nContent-Length: 7\r\n",
  };
  for (const std::string& trailer : trailers) {
    for (const std::string announced : {"", "Trailer: X-Checked\r\n"}) {
      FaultServer server(behaves::answering("HTTP/1.1 103 Early Hints\r\n\r\n" + head + announced +
                                            "\r\n1\r\n{\r\n1\r\n}\r\n0\r\n" + trailer + "\r\n"));
      const v1::HttpOutcome outcome = fetch({.url = server.url()});
      EXPECT_EQ(v1::HttpResult_Name(outcome.result()), "HTTP_RESPONSE") << trailer;
      EXPECT_EQ(outcome.content_type(), "application/json") << trailer;
      EXPECT_EQ(outcome.body(), "{}") << trailer;
    }
  }
}

TEST(Service, MayNotEndWithinItsTrailers) {
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n";
  for (const std::string rest : {"X-Che", "X-Checked: yes\r\n"}) {
    FaultServer server(behaves::answering(head + rest));
    EXPECT_EQ(ending({.url = server.url()}), "HTTP_SHORT_BODY") << rest;
  }
}

TEST(Service, WithTrailersWithoutEndIsCutOff) {
  FaultServer server([](Call& call) {
    call.read_request();
    call.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n");
    for (int i = 0; i < 2'000; ++i) call.send("X-More: " + std::string(100, 'x') + "\r\n");
    call.send("\r\n");
  });
  EXPECT_EQ(ending({.url = server.url()}), "HTTP_TOO_LARGE");
}

TEST(Service, RefusesWhereNobodyListens) {
  EXPECT_EQ(ending({.url = "http://127.0.0.1:" + std::to_string(closed_port()) + "/"}), "HTTP_REFUSED");
}

TEST(Service, IsOutOfReachWhereNoRouteLeads) {
  // The system itself refuses to connect to everybody; nothing leaves the machine.
  EXPECT_EQ(ending({.url = "http://255.255.255.255/"}), "HTTP_NO_ROUTE");
}

TEST(Service, IsAbsentWhereNobodyAnswers) {
  const SilentPort silent;
  const v1::HttpOutcome outcome = fetch({.url = "http://" + silent.address() + "/", .within_ns = kShort_ns});
  EXPECT_EQ(v1::HttpResult_Name(outcome.result()), "HTTP_CONNECT_TIMEOUT");
  EXPECT_GE(outcome.took_ns(), kShort_ns);
  EXPECT_EQ(ending({.url = "https://" + silent.address() + "/", .within_ns = kShort_ns}), "HTTP_CONNECT_TIMEOUT");
}

TEST(Service, Hangs) {
  FaultServer server(behaves::hanging());
  const v1::HttpOutcome outcome = fetch({.url = server.url(), .within_ns = kShort_ns});
  EXPECT_EQ(outcome.result(), v1::HTTP_RESPONSE_TIMEOUT);
  EXPECT_GE(outcome.took_ns(), kShort_ns);
  EXPECT_LT(outcome.took_ns(), kShort_ns + 5 * kSecond_ns);
  EXPECT_EQ(server.calls(), 1);
}

TEST(Service, HangsWithinItsAnswer) {
  FaultServer server([](Call& call) {
    call.read_request();
    call.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{");
    call.hang();
  });
  EXPECT_EQ(ending({.url = server.url(), .within_ns = kShort_ns}), "HTTP_RESPONSE_TIMEOUT");
}

TEST(Service, TruncatesItsAnswer) {
  const std::string cut[] = {
      "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",                     // before the announced length
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",         // within a chunk
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",     // before the last chunk
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno number\r\n",  // no chunk
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConte",          // within the headers
      "HTTP/1.1 100 Continue\r\n\r\n",                                       // before the real answer
  };
  for (const std::string& answer : cut) {
    FaultServer server(behaves::answering(answer));
    EXPECT_EQ(ending({.url = server.url()}), "HTTP_SHORT_BODY") << answer;
    EXPECT_EQ(server.calls(), 1);
  }
}

TEST(Service, ResetsWithinItsAnswer) {
  FaultServer server([](Call& call) {
    call.read_request();
    call.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{");
    static_cast<void>(call.connection().readable(200));  // the client has time to take what was sent
    call.reset();
  });
  EXPECT_EQ(ending({.url = server.url()}), "HTTP_SHORT_BODY");
}

TEST(Service, AbortsBeforeItsAnswer) {
  FaultServer closes([](Call& call) { call.read_request(); });
  EXPECT_EQ(ending({.url = closes.url()}), "HTTP_EMPTY_REPLY");
  EXPECT_EQ(closes.calls(), 1) << "nothing is tried again";
  FaultServer resets([](Call& call) {
    call.read_request();
    call.reset();
  });
  EXPECT_EQ(ending({.url = resets.url()}), "HTTP_EMPTY_REPLY");
  EXPECT_EQ(resets.calls(), 1);
}

TEST(Service, TalksGarbage) {
  for (const std::string garbage : {"SSH-2.0-OpenSSH_9.2\r\n", "\x01\x02\x03\x04\x05\x06\x07\x08\x09", "{}\r\n\r\n",
                                    "HTTP/9.9 200 OK\r\n\r\n", "HTTP/1.1 abc\r\n\r\n"}) {
    FaultServer server(behaves::answering(garbage));
    EXPECT_EQ(ending({.url = server.url()}), "HTTP_MALFORMED") << garbage;
  }
}

TEST(Service, MaySendAsMuchAsIsAllowed) {
  FaultServer exact(behaves::json(std::string(100, 'x')));
  EXPECT_EQ(fetch({.url = exact.url(), .body_bytes_max = 100}).body().size(), 100U);
  EXPECT_EQ(ending({.url = exact.url(), .body_bytes_max = 99}), "HTTP_TOO_LARGE");
  FaultServer empty(behaves::json(""));
  EXPECT_EQ(ending({.url = empty.url(), .body_bytes_max = 0}), "HTTP_RESPONSE");
}

TEST(Service, SendsTooMuch) {
  FaultServer body([](Call& call) {
    call.read_request();
    call.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    call.send_for_ever("5\r\nxxxxx\r\n");
  });
  EXPECT_EQ(ending({.url = body.url()}), "HTTP_TOO_LARGE");
  FaultServer no_length([](Call& call) {
    call.read_request();
    call.send("HTTP/1.0 200 OK\r\n\r\n");
    call.send_for_ever("xxxxx");
  });
  EXPECT_EQ(ending({.url = no_length.url()}), "HTTP_TOO_LARGE");
  FaultServer headers([](Call& call) {
    call.read_request();
    call.send("HTTP/1.1 200 OK\r\n");
    call.send_for_ever("X-Filler: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n");
  });
  EXPECT_EQ(ending({.url = headers.url()}), "HTTP_TOO_LARGE");
  FaultServer line([](Call& call) {
    call.read_request();
    call.send("HTTP/1.1 200 OK\r\nX-Filler: ");
    call.send_for_ever("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
  });
  EXPECT_EQ(ending({.url = line.url()}), "HTTP_TOO_LARGE");
  FaultServer interim([](Call& call) {
    call.read_request();
    call.send_for_ever("HTTP/1.1 102 Processing\r\n\r\n");
  });
  EXPECT_EQ(ending({.url = interim.url()}), "HTTP_TOO_LARGE");
}

TEST(Service, MayCloseInsteadOfAnnouncingALength) {
  FaultServer server(behaves::answering("HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{}"));
  EXPECT_EQ(fetch({.url = server.url()}).body(), "{}");
}

TEST(Service, GetsANewConnectionForEachRequest) {
  FaultServer server([](Call& call) {
    // Would serve any number of requests over one connection.
    while (!call.read_request().empty()) call.send(behaves::response("200 OK", "application/json", "{}"));
  });
  Client client;
  for (std::uint64_t id = 1; id <= 3; ++id) {
    client.ask(id, {.url = server.url()});
    EXPECT_EQ(client.outcome().result(), v1::HTTP_RESPONSE);
  }
  EXPECT_EQ(server.calls(), 3);
}

}  // namespace
}  // namespace holdfast
