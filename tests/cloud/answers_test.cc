#include "cloud/answers.h"

#include <gtest/gtest.h>

#include <string>

#include "engine/text/hex.h"
#include "tests/cloud/temporary_store.h"

namespace holdfast::cloud {
namespace {

TEST(Sha256Text, IsSixtyFourDigitsOfEitherCase) {
  EXPECT_EQ(hex_of(*sha256_of_text(std::string(64, 'A'))), std::string(64, 'a'));
  for (const std::string& wrong : {std::string(), std::string(63, 'a'), std::string(65, 'a'), std::string(64, 'g')}) {
    EXPECT_EQ(sha256_of_text(wrong), std::nullopt) << wrong;
  }
}

TEST(Answers, KnowTheirPaths) {
  EXPECT_EQ(endpoint_of("/v1/safe/" + kHash), Endpoint::kSafe);
  EXPECT_EQ(endpoint_of("/v1/prevalence/x"), Endpoint::kPrevalence);
  EXPECT_EQ(endpoint_of("/healthz"), Endpoint::kHealth);
  EXPECT_EQ(endpoint_of("/metrics"), Endpoint::kMetrics);
  for (const char* path : {"", "/", "/v1/safe", "/healthz/", "/v1/", "/V1/safe/", "/v2/safe/x"}) {
    EXPECT_EQ(endpoint_of(path), Endpoint::kNone) << path;
  }
}

TEST(Answers, TellWhatIsKnown) {
  const TemporaryStore temporary;
  Store store = temporary.with({{kHash, {v1::SafeSoftwareAnswer::MALICIOUS, 12, kToday - 3}}});
  EXPECT_EQ(answer("/v1/safe/" + kHash, kToday, store).body, R"({"sha256":")" + kHash + R"(","verdict":"MALICIOUS"})");
  EXPECT_EQ(answer("/v1/prevalence/" + kHash, kToday, store).body,
            R"({"sha256":")" + kHash + R"(","detections":"12","ageDays":3})");
}

TEST(Answers, OfWhatIsNotKnownSaySo) {
  const TemporaryStore temporary;
  Store store = temporary.with({});
  EXPECT_EQ(answer("/v1/safe/" + kHash, kToday, store).body, R"({"sha256":")" + kHash + R"(","verdict":"UNKNOWN"})");
  EXPECT_EQ(answer("/v1/prevalence/" + kHash, kToday, store).body, R"({"sha256":")" + kHash + R"(","detections":"0"})");
}

TEST(Answers, CanBeKeptByAnyCache) {
  const TemporaryStore temporary;
  Store store = temporary.with({{kHash, safe()}});
  const Answered known = answer("/v1/safe/" + kHash, kToday, store);
  const Answered unknown = answer("/v1/safe/" + std::string(64, 'b'), kToday, store);
  EXPECT_GT(known.max_age_s, unknown.max_age_s);
  EXPECT_GT(unknown.max_age_s, 0U);
  EXPECT_NE(known.etag, unknown.etag);
  EXPECT_EQ(known.etag, answer("/v1/safe/" + kHash, kToday, store).etag);
}

TEST(Answers, RefuseWhatIsNoHash) {
  const TemporaryStore temporary;
  Store store = temporary.with({});
  for (const std::string& hash : {std::string(), std::string("abc"), std::string(64, 'z'), kHash + "/"}) {
    EXPECT_EQ(answer("/v1/safe/" + hash, kToday, store).status, 400U) << hash;
    EXPECT_EQ(answer("/v1/prevalence/" + hash, kToday, store).status, 400U) << hash;
  }
}

TEST(Answers, AnAgeNeverRunsBackwards) {
  const TemporaryStore temporary;
  Store store = temporary.with({{kHash, {{}, 1, kToday + 5}}});
  EXPECT_NE(answer("/v1/prevalence/" + kHash, kToday, store).body.find("\"ageDays\":0"), std::string::npos);
}

}  // namespace
}  // namespace holdfast::cloud
