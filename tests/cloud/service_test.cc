// The service on real sockets, asked by the agent's own HTTP actuator and read by the engine's own reader.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "cloud/server.h"
#include "engine/lookups/answer_reader.h"
#include "tests/cloud/temporary_store.h"
#include "tests/sensors/http/fetch.h"
#include "tests/sensors/http/tls_server.h"

namespace holdfast::cloud {
namespace {

using testing::HasSubstr;

const std::string kHash(64, 'f');
constexpr auto kSafe = v1::HttpRequest::CERTIFIED_SAFE_SOFTWARE;
constexpr auto kPrevalence = v1::HttpRequest::PREVALENCE;

class Service : public ::testing::Test {
 protected:
  Service() {
    options_.data = temporary_.path();
    options_.listen = {"127.0.0.1:0"};
    temporary_.with({{kHash, {v1::SafeSoftwareAnswer::SAFE, 3, today() - 2}}});
  }
  Server start() const {
    auto server = Server::start(options_);
    EXPECT_TRUE(server) << server.error().text();
    return std::move(*server);
  }
  TemporaryStore temporary_;
  ServeOptions options_;
};

TEST_F(Service, IsUnderstoodByTheEngine) {
  const Server server = start();
  const std::string sha256 = *sha256_of_text(kHash);
  engine::AnswerReader reader;
  const auto safe_one = reader.read(fetch({.url = server.urls()[0] + "/v1/safe/" + kHash}), kSafe, sha256);
  ASSERT_TRUE(safe_one) << v1::LookupFailure_Name(safe_one.error());
  EXPECT_EQ(safe_one->verdict, v1::SafeSoftwareAnswer::SAFE);
  const auto met = reader.read(fetch({.url = server.urls()[0] + "/v1/prevalence/" + kHash}), kPrevalence, sha256);
  ASSERT_TRUE(met) << v1::LookupFailure_Name(met.error());
  EXPECT_EQ(met->detections, 3U);
  EXPECT_EQ(met->age_days, 2U);
  const std::string other(64, '0');
  const auto never =
      reader.read(fetch({.url = server.urls()[0] + "/v1/prevalence/" + other}), kPrevalence, *sha256_of_text(other));
  ASSERT_TRUE(never);
  EXPECT_EQ(never->detections, 0U);
  EXPECT_EQ(never->age_days, std::nullopt);
}

TEST_F(Service, SpeaksTls) {
  const TestCertificate certificate = self_signed("IP:127.0.0.1");
  options_.certificate = temporary_.write("certificate.pem", certificate.certificate_pem);
  options_.key = temporary_.write("key.pem", certificate.key_pem);
  const Server server = start();
  EXPECT_THAT(server.urls()[0], testing::StartsWith("https://"));
  const std::string url = server.urls()[0] + "/v1/safe/" + kHash;
  EXPECT_THAT(fetch({.url = url}, {.ca_file = options_.certificate}).body(), HasSubstr("SAFE"));
  EXPECT_EQ(ending({.url = url}), "HTTP_TLS_FAILURE");
}

TEST_F(Service, LimitsTheRate) {
  options_.rate_limit = 2;
  const Server server = start();
  std::vector<std::uint32_t> statuses;
  for (int i = 0; i < 5; ++i) statuses.push_back(fetch({.url = server.urls()[0] + "/v1/safe/" + kHash}).status());
  EXPECT_THAT(statuses, testing::Contains(429U));
  EXPECT_EQ(statuses[0], 200U);
  EXPECT_EQ(fetch({.url = server.urls()[0] + "/healthz"}).status(), 200U) << "who watches the service is not limited";
}

TEST_F(Service, RefusesInTheSameForm) {
  const Server server = start();
  for (const auto& [path, status] : std::vector<std::pair<std::string, std::uint32_t>>{
           {"/", 404}, {"/v1/safe/abc", 400}, {"/v1/safe/" + std::string(7'000, 'a'), 400}}) {
    const v1::HttpOutcome refused = fetch({.url = server.urls()[0] + path});
    EXPECT_EQ(refused.status(), status) << path;
    EXPECT_EQ(refused.content_type(), "application/json");
    EXPECT_THAT(refused.body(), testing::StartsWith("{\"error\":\""));
  }
}

TEST_F(Service, AnswersManyAtOnce) {
  options_.threads = 2;
  const Server server = start();
  std::vector<std::thread> askers;
  std::atomic<int> answered = 0;
  for (int i = 0; i < 4; ++i) {
    askers.emplace_back([&] {
      for (int k = 0; k < 50; ++k) {
        if (fetch({.url = server.urls()[0] + "/v1/safe/" + kHash}).status() == 200) ++answered;
      }
    });
  }
  for (std::thread& asker : askers) asker.join();
  EXPECT_EQ(answered, 200);
  EXPECT_THAT(fetch({.url = server.urls()[0] + "/metrics"}).body(),
              HasSubstr("holdfast_requests_total{endpoint=\"safe\",status=\"200\"} 200"));
}

TEST_F(Service, SaysWhyItCannotStart) {
  const auto refused = [&](auto spoil) {
    ServeOptions options = options_;
    spoil(options);
    const auto server = Server::start(options);
    return server ? std::string() : server.error().text();
  };
  EXPECT_EQ(refused([](ServeOptions&) {}), "");
  EXPECT_THAT(refused([](ServeOptions& o) { o.data += ".missing"; }), HasSubstr("cannot open"));
  for (const char* address : {"localhost:80", "127.0.0.1", "127.0.0.1:x", ":80x"}) {
    EXPECT_THAT(refused([&](ServeOptions& o) { o.listen = {address}; }), HasSubstr("--listen")) << address;
  }
  EXPECT_THAT(refused([](ServeOptions& o) { o.key = "key.pem"; }), HasSubstr("--certificate"));
  EXPECT_THAT(refused([](ServeOptions& o) { o.certificate = o.key = "/no/such/file"; }), HasSubstr("/no/such/file"));
}

}  // namespace
}  // namespace holdfast::cloud
