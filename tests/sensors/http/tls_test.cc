// HTTPS: who is trusted, and what becomes of those who are not.
#include <gtest/gtest.h>

#include <string>

#include "tests/sensors/http/fault_server.h"
#include "tests/sensors/http/fetch.h"
#include "tests/sensors/http/tls_server.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

class Certificates : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!kTlsServerExists) {
      GTEST_SKIP() << "no TLS server in this build: what is seen on Linux of certificates was not tried here";
    }
    certificate_ = self_signed("IP:127.0.0.1");
    folder_.write("trusted.pem", certificate_.certificate_pem);
    trusting_.ca_file = folder_.path("trusted.pem");
  }

  TemporaryFolder folder_;
  TestCertificate certificate_;
  Client::Options trusting_;
  const std::string answer_ = behaves::response("200 OK", "application/json", "{}");
};

TEST_F(Certificates, ThatAreTrustedLetTheAnswerIn) {
  FaultServer server(encrypted(certificate_, answer_));
  const v1::HttpOutcome outcome = fetch({.url = server.url("https")}, trusting_);
  EXPECT_EQ(outcome.result(), v1::HTTP_RESPONSE);
  EXPECT_EQ(outcome.body(), "{}");
}

TEST_F(Certificates, ThatNobodyTrustsEndTheAttempt) {
  FaultServer server(encrypted(certificate_, answer_));
  EXPECT_EQ(ending({.url = server.url("https")}), "HTTP_TLS_FAILURE");
  EXPECT_EQ(server.calls(), 1);
}

TEST_F(Certificates, MustBearTheNameOfTheService) {
  const TestCertificate other = self_signed("DNS:other.test");
  folder_.write("trusted.pem", other.certificate_pem);
  FaultServer server(encrypted(other, answer_));
  EXPECT_EQ(ending({.url = server.url("https")}, trusting_), "HTTP_TLS_FAILURE");
}

TEST_F(Certificates, AreCheckedByTheFileOfTheOptionsAlone) {
  FaultServer server(encrypted(certificate_, answer_));
  EXPECT_EQ(ending({.url = server.url("https")}, {.ca_file = folder_.path("missing.pem")}), "HTTP_TLS_FAILURE");
  folder_.write("nonsense.pem", "no certificate");
  EXPECT_EQ(ending({.url = server.url("https")}, {.ca_file = folder_.path("nonsense.pem")}), "HTTP_TLS_FAILURE");
}

TEST_F(Certificates, AreCheckedThroughAProxyToo) {
  FaultServer server(encrypted(certificate_, answer_));
  FaultServer proxy([&](Call& call) {
    if (!call.read_request().starts_with("CONNECT 127.0.0.1:")) return;
    call.send("HTTP/1.1 200 Connection established\r\n\r\n");
    call.relay(server.port());
  });
  EXPECT_EQ(fetch({.url = server.url("https"), .proxy = proxy.address()}, trusting_).body(), "{}");
  EXPECT_EQ(ending({.url = server.url("https"), .proxy = proxy.address()}), "HTTP_TLS_FAILURE");
}

TEST_F(Certificates, DoNotHideWhatTheServiceDoes) {
  const auto result = [&](const FaultServer::Behaviour& behaviour) {
    FaultServer server(behaviour);
    return ending({.url = server.url("https")}, trusting_);
  };
  EXPECT_EQ(result(encrypted(certificate_, "")), "HTTP_EMPTY_REPLY");
  EXPECT_EQ(result(encrypted(certificate_, "SSH-2.0-OpenSSH_9.2\r\n")), "HTTP_MALFORMED");
  EXPECT_EQ(result(encrypted(certificate_, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")), "HTTP_SHORT_BODY");
  // Without a length the end of the connection ends the body. Whether TLS called it the end, the transfer library does
  // not tell: what is cut short then is no JSON.
  for (const TlsEnd end : {TlsEnd::kOrderly, TlsEnd::kAborted}) {
    EXPECT_EQ(result(encrypted(certificate_, "HTTP/1.1 200 OK\r\n\r\n{}", end)), "HTTP_RESPONSE");
  }
}

TEST(Handshake, WithAServiceThatDoesNotSpeakTlsFails) {
  FaultServer answers_anything([](Call& call) {
    static_cast<void>(call.connection().receive());
    call.send("HTTP/1.1 400 Bad Request\r\n\r\n");
  });
  EXPECT_EQ(ending({.url = answers_anything.url("https")}), "HTTP_TLS_FAILURE");
}

TEST(Handshake, ThatTheServiceBreaksOffFails) {
  FaultServer closes([](Call& call) { static_cast<void>(call.connection().receive()); });
  FaultServer resets([](Call& call) {
    static_cast<void>(call.connection().receive());
    call.reset();
  });
  EXPECT_EQ(ending({.url = closes.url("https")}), "HTTP_TLS_FAILURE");
  EXPECT_EQ(ending({.url = resets.url("https")}), "HTTP_TLS_FAILURE");
}

TEST(Handshake, ThatNeverEndsIsNamedAsOne) {
  FaultServer server(behaves::hanging());
  const v1::HttpOutcome outcome = fetch({.url = server.url("https"), .within_ns = kShort_ns});
  EXPECT_EQ(v1::HttpResult_Name(outcome.result()), "HTTP_TLS_FAILURE");
  EXPECT_GE(outcome.took_ns(), kShort_ns);
}

TEST(Handshake, ThroughATunnelThatLeadsNowhereFails) {
  FaultServer proxy([](Call& call) {
    call.read_request();
    call.send("HTTP/1.1 200 Connection established\r\n\r\n");
    static_cast<void>(call.connection().receive());
  });
  EXPECT_EQ(ending({.url = "https://service.test/", .proxy = proxy.address()}), "HTTP_TLS_FAILURE");
}

}  // namespace
}  // namespace holdfast
