#include "engine/lookups/answer_reader.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "tests/engine/lookups/purposes.h"

namespace holdfast::engine {
namespace {

const std::string kSha256(32, '\xab');
const std::string kHex = [] {
  std::string hex;
  for (int i = 0; i < 32; ++i) hex += "ab";
  return hex;
}();

v1::HttpOutcome response(std::string body) {
  v1::HttpOutcome outcome;
  outcome.set_result(v1::HTTP_RESPONSE);
  outcome.set_status(200);
  outcome.set_content_type("application/json");
  outcome.set_body(std::move(body));
  return outcome;
}

v1::LookupFailure failure(const v1::HttpOutcome& outcome, v1::HttpRequest::Purpose purpose = kSafe) {
  const auto answer = AnswerReader().read(outcome, purpose, kSha256);
  return answer ? v1::LOOKUP_FAILURE_UNSPECIFIED : answer.error();
}

TEST(AnswerReader, ReadsTheVerdicts) {
  for (const auto verdict :
       {v1::SafeSoftwareAnswer::SAFE, v1::SafeSoftwareAnswer::UNKNOWN, v1::SafeSoftwareAnswer::MALICIOUS}) {
    const std::string name = v1::SafeSoftwareAnswer::Verdict_Name(verdict);
    const auto answer =
        AnswerReader().read(response(R"({"sha256":")" + kHex + R"(", "verdict": ")" + name + "\"}"), kSafe, kSha256);
    ASSERT_TRUE(answer) << name;
    EXPECT_EQ(answer->verdict, verdict);
  }
}

TEST(AnswerReader, ReadsPrevalencePlainOrAsProtobufWritesIt) {
  const Answer met{.verdict = {}, .detections = 12, .age_days = 3};
  const Answer never{.verdict = {}, .detections = 0, .age_days = std::nullopt};
  EXPECT_EQ(AnswerReader().read(response(R"({"sha256":")" + kHex + R"(","detections":12,"age_days":3})"), kPrevalence,
                                kSha256),
            met);
  EXPECT_EQ(AnswerReader().read(response(R"({"ageDays":3,"detections":"12","sha256":")" + kHex + R"("})"), kPrevalence,
                                kSha256),
            met);
  EXPECT_EQ(AnswerReader().read(response(R"({"sha256":")" + kHex + R"(","detections":0})"), kPrevalence, kSha256),
            never);
}

TEST(AnswerReader, TakesTheHashInEitherCase) {
  std::string upper = kHex;
  for (char& c : upper) c = c == 'a' ? 'A' : 'B';
  EXPECT_EQ(failure(response(R"({"sha256":")" + upper + R"(","verdict":"SAFE"})")), v1::LOOKUP_FAILURE_UNSPECIFIED);
}

TEST(AnswerReader, NeverTakesAnAnswerAboutAnotherProgram) {
  std::string other = kHex;
  other.back() = 'c';
  EXPECT_EQ(failure(response(R"({"sha256":")" + other + R"(","verdict":"SAFE"})")), v1::LOOKUP_OTHER_HASH);
}

TEST(AnswerReader, IsStrictAboutTheSchema) {
  const std::string hash = R"("sha256":")" + kHex + "\"";
  for (const std::string& body : std::vector<std::string>{"",
                                                          "null",
                                                          "[]",
                                                          "\"SAFE\"",
                                                          "{",
                                                          "{}",
                                                          "{" + hash + "}",
                                                          R"({"verdict":"SAFE"})",
                                                          "{" + hash + R"(,"verdict":"GOOD"})",
                                                          "{" + hash + R"(,"verdict":"VERDICT_UNSPECIFIED"})",
                                                          "{" + hash + R"(,"verdict":1})",
                                                          "{" + hash + R"(,"verdict":"SAFE","colour":"blue"})",
                                                          "{" + hash + R"(,"verdict":"SAFE","verdict":"MALICIOUS"})",
                                                          "{" + hash + R"(,"verdict":"SAFE"} trailing)",
                                                          "{" + hash + R"(,"verdict":"SAFE",})",
                                                          "{" + hash + R"(,"verdict":["SAFE"]})",
                                                          R"({"sha256":"abab","verdict":"SAFE"})",
                                                          R"({"sha256":12,"verdict":"SAFE"})",
                                                          "{" + hash + R"(,"detections":5})",
                                                          "{" + hash + R"(,"verdict":"SAFE","detections":5})",
                                                          std::string(3'000, '['),
                                                          "{" + hash + ",\"verdict\":\"SAF\xff\"}"}) {
    EXPECT_EQ(failure(response(body)), v1::LOOKUP_WRONG_SCHEMA) << body;
  }
  for (const std::string& numbers : std::vector<std::string>{
           R"("detections":-1)", R"("detections":1.5)", R"("detections":"")", R"("detections":"1x")",
           R"("detections":true)", R"("detections":"99999999999999999999")", R"("age_days":3)",
           R"("detections":1,"age_days":4294967296)", R"("detections":1,"age_days":null)", R"("verdict":"SAFE")"}) {
    EXPECT_EQ(failure(response("{" + hash + "," + numbers + "}"), kPrevalence), v1::LOOKUP_WRONG_SCHEMA) << numbers;
  }
}

TEST(AnswerReader, ChecksStatusContentTypeAndSizeBeforeTheBody) {
  const std::string good = R"({"sha256":")" + kHex + R"(","verdict":"SAFE"})";
  v1::HttpOutcome outcome = response(good);
  ASSERT_EQ(failure(outcome), v1::LOOKUP_FAILURE_UNSPECIFIED);
  outcome.set_status(503);  // a dead origin behind a living proxy
  EXPECT_EQ(failure(outcome), v1::LOOKUP_HTTP_STATUS);
  outcome = response(good);
  outcome.set_content_type("text/html");  // a captive portal
  EXPECT_EQ(failure(outcome), v1::LOOKUP_WRONG_CONTENT_TYPE);
  outcome = response(good + std::string(kAnswerBytesMax, ' '));
  EXPECT_EQ(failure(outcome), v1::LOOKUP_TOO_LARGE);
}

TEST(AnswerReader, HasANameForEveryEndOfAnAttempt) {
  for (int result = 0; result < 100; ++result) {
    if (!v1::HttpResult_IsValid(result) || result == v1::HTTP_RESPONSE) continue;
    v1::HttpOutcome outcome;
    outcome.set_result(static_cast<v1::HttpResult>(result));
    const v1::LookupFailure named = failure(outcome);
    const std::string http = v1::HttpResult_Name(static_cast<v1::HttpResult>(result)).substr(4);
    const std::string lookup = v1::LookupFailure_Name(named).substr(6);
    EXPECT_EQ(lookup, result == 0 ? "_NO_OUTCOME" : http);
  }
}

TEST(AnswerReader, AnotherAttemptIsWorthItWhereTheWayMayRecover) {
  EXPECT_TRUE(worth_another_attempt(v1::LOOKUP_CONNECT_TIMEOUT));
  EXPECT_TRUE(worth_another_attempt(v1::LOOKUP_HTTP_STATUS));
  EXPECT_FALSE(worth_another_attempt(v1::LOOKUP_TLS_FAILURE));
  EXPECT_FALSE(worth_another_attempt(v1::LOOKUP_PROXY_NEEDS_CREDENTIALS));
  EXPECT_FALSE(worth_another_attempt(v1::LOOKUP_OTHER_HASH));
  EXPECT_FALSE(worth_another_attempt(v1::LOOKUP_PURE_IPV6));
}

}  // namespace
}  // namespace holdfast::engine
