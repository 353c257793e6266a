#include "sensors/http/attempt_end.h"

#include <curl/curl.h>
#include <gtest/gtest.h>

#include <cerrno>

namespace holdfast {
namespace {

AttemptEnd unconnected(long system_error, bool proxied) {
  return {.code = CURLE_COULDNT_CONNECT,
          .stage = AttemptStage::kConnection,
          .proxied = proxied,
          .system_error = system_error};
}

AttemptEnd answered(long status) {
  return {.code = CURLE_OK, .stage = AttemptStage::kRest, .status = status, .header_section_ended = true};
}

TEST(AttemptEnd, IsAResponseWhateverItsStatus) {
  for (const long status : {200L, 204L, 302L, 401L, 404L, 407L, 503L}) {
    EXPECT_EQ(result_of(answered(status)), v1::HTTP_RESPONSE) << status;
  }
}

TEST(AttemptEnd, IsAShortBodyWhereTheHeadersDoNotEnd) {
  AttemptEnd end = answered(200);
  end.header_section_ended = false;
  EXPECT_EQ(result_of(end), v1::HTTP_SHORT_BODY);
  EXPECT_EQ(result_of(answered(100)), v1::HTTP_SHORT_BODY) << "an interim response only";
}

TEST(AttemptEnd, AtTheDeadlineTellsWhatWasWaitedFor) {
  const std::pair<AttemptStage, v1::HttpResult> expected[] = {
      {AttemptStage::kName, v1::HTTP_DNS_FAILURE},        {AttemptStage::kConnection, v1::HTTP_CONNECT_TIMEOUT},
      {AttemptStage::kTunnel, v1::HTTP_RESPONSE_TIMEOUT}, {AttemptStage::kHandshake, v1::HTTP_TLS_FAILURE},
      {AttemptStage::kAnswer, v1::HTTP_RESPONSE_TIMEOUT}, {AttemptStage::kRest, v1::HTTP_RESPONSE_TIMEOUT},
  };
  for (const auto& [stage, result] : expected) {
    EXPECT_EQ(result_of({.code = CURLE_OPERATION_TIMEDOUT, .stage = stage}), result) << static_cast<int>(stage);
    EXPECT_EQ(result_of({.code = CURLE_OPERATION_TIMEDOUT, .stage = stage, .proxied = true}), result);
  }
}

TEST(AttemptEnd, WithoutAConnectionIsNamedByTheSystemsError) {
  // Linux' numbers and Windows' own.
  for (const long refused : {long{ECONNREFUSED}, long{ECONNRESET}, 10061L, 10054L}) {
    EXPECT_EQ(result_of(unconnected(refused, false)), v1::HTTP_REFUSED) << refused;
    EXPECT_EQ(result_of(unconnected(refused, true)), v1::HTTP_PROXY_UNREACHABLE) << refused;
  }
  for (const long unreachable :
       {long{ENETUNREACH}, long{EHOSTUNREACH}, long{EADDRNOTAVAIL}, long{EACCES}, 10051L, 10065L, 10049L, 10013L, 0L}) {
    EXPECT_EQ(result_of(unconnected(unreachable, false)), v1::HTTP_NO_ROUTE) << unreachable;
    EXPECT_EQ(result_of(unconnected(unreachable, true)), v1::HTTP_NO_ROUTE) << unreachable;
  }
  EXPECT_EQ(result_of(unconnected(ETIMEDOUT, false)), v1::HTTP_CONNECT_TIMEOUT);
  EXPECT_EQ(result_of(unconnected(10060, true)), v1::HTTP_CONNECT_TIMEOUT);
}

TEST(AttemptEnd, OfAConnectionDependsOnWhoHeldItAndWhen) {
  for (const CURLcode code : {CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR}) {
    const auto result = [&](AttemptStage stage, bool proxied, bool tunnelled) {
      return result_of({.code = code, .stage = stage, .proxied = proxied, .tunnelled = tunnelled});
    };
    EXPECT_EQ(result(AttemptStage::kAnswer, false, false), v1::HTTP_EMPTY_REPLY);
    EXPECT_EQ(result(AttemptStage::kRest, false, false), v1::HTTP_SHORT_BODY);
    EXPECT_EQ(result(AttemptStage::kAnswer, true, false), v1::HTTP_PROXY_UNREACHABLE);
    EXPECT_EQ(result(AttemptStage::kRest, true, false), v1::HTTP_SHORT_BODY);
    EXPECT_EQ(result(AttemptStage::kTunnel, true, true), v1::HTTP_PROXY_UNREACHABLE);
    EXPECT_EQ(result(AttemptStage::kAnswer, true, true), v1::HTTP_EMPTY_REPLY) << "the service, through the tunnel";
  }
}

TEST(AttemptEnd, TakesTheProxysWordOverTheLibrarysCode) {
  AttemptEnd tunnel{.code = CURLE_RECV_ERROR, .stage = AttemptStage::kTunnel, .proxied = true, .tunnelled = true};
  tunnel.connect_status = 407;
  EXPECT_EQ(result_of(tunnel), v1::HTTP_PROXY_NEEDS_CREDENTIALS);
  tunnel.connect_status = 403;
  EXPECT_EQ(result_of(tunnel), v1::HTTP_PROXY_REJECTED);
  tunnel.connect_status = 503;
  EXPECT_EQ(result_of(tunnel), v1::HTTP_PROXY_REJECTED);
  tunnel.connect_status = 200;
  tunnel.stage = AttemptStage::kHandshake;
  tunnel.code = CURLE_SSL_CONNECT_ERROR;
  EXPECT_EQ(result_of(tunnel), v1::HTTP_TLS_FAILURE);

  AttemptEnd forwarded = answered(407);
  forwarded.proxied = true;
  EXPECT_EQ(result_of(forwarded), v1::HTTP_PROXY_NEEDS_CREDENTIALS);
  forwarded.too_large = true;
  forwarded.code = CURLE_WRITE_ERROR;
  EXPECT_EQ(result_of(forwarded), v1::HTTP_PROXY_NEEDS_CREDENTIALS) << "however long the page beside it";
  AttemptEnd through_tunnel = answered(407);
  through_tunnel.proxied = through_tunnel.tunnelled = true;
  through_tunnel.connect_status = 200;
  EXPECT_EQ(result_of(through_tunnel), v1::HTTP_RESPONSE) << "the service said that, not the proxy";
}

TEST(AttemptEnd, NamesLimits) {
  EXPECT_EQ(result_of({.code = CURLE_WRITE_ERROR, .stage = AttemptStage::kRest, .status = 200, .too_large = true}),
            v1::HTTP_TOO_LARGE);
  EXPECT_EQ(result_of({.code = CURLE_OUT_OF_MEMORY, .stage = AttemptStage::kAnswer}), v1::HTTP_TOO_LARGE);
}

TEST(AttemptEnd, OfEveryCodeHasAName) {
  for (int code = CURLE_OK; code < CURL_LAST; ++code) {
    for (int stage = 0; stage <= static_cast<int>(AttemptStage::kRest); ++stage) {
      const v1::HttpResult result =
          result_of({.code = static_cast<CURLcode>(code), .stage = static_cast<AttemptStage>(stage)});
      EXPECT_NE(result, v1::HTTP_RESULT_UNSPECIFIED) << code;
      EXPECT_NE(result, v1::HTTP_RESPONSE) << code << ": nothing came";
    }
  }
}

}  // namespace
}  // namespace holdfast
