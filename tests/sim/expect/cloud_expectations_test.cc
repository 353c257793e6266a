// Expectations about requests, the cloud's status and answers to detections, held against runs made by hand.
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "sim/expect/expectations.h"
#include "sim/scenario/expectation_update.h"
#include "sim/story/timeline.h"
#include "sim/text/duration.h"
#include "tests/sim/text/scenario_text.h"

namespace holdfast {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Step step(std::uint64_t at_ms, const std::string& input, const std::vector<std::string>& outputs = {}) {
  Step made;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(input, &made.input)) << input;
  made.input.set_at_ns(at_ms * 1'000'000);
  for (const std::string& text : outputs) {
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &made.outputs.emplace_back())) << text;
  }
  return made;
}

// A detection is asked about: first through a proxy, which refuses, then directly, which fails with a page; prevalence
// is asked for and given up; one question is never answered.
ScenarioRun run_with_requests() {
  ScenarioRun run;
  run.steps = {
      step(1'000, "detection { detection_id: 7 }",
           {"http_request { request_id: 1 purpose: CERTIFIED_SAFE_SOFTWARE proxy: 'proxy.example:3128' }"}),
      step(1'001, "http_outcome { request_id: 1 result: HTTP_PROXY_UNREACHABLE }",
           {"http_request { request_id: 2 purpose: CERTIFIED_SAFE_SOFTWARE family: IPV4 }",
            "cloud_status { health: DEGRADED last_failure: LOOKUP_PROXY_UNREACHABLE failures: 1 "
            "route: 'proxy proxy.example:3128' }"}),
      step(2'000, "http_outcome { request_id: 2 result: HTTP_RESPONSE status: 503 }",
           {"cloud_status { health: CIRCUIT_OPEN last_failure: LOOKUP_HTTP_STATUS failures: 2 "
            "retry_at_ns: 12000000000 route: 'direct, IPv4' }",
            "detection_answer { detection_id: 7 verdict: UNKNOWN waited_ns: 1000000000 "
            "reason { code: CSSS_FAILED } reason { code: CERTIFIED_UNKNOWN } }",
            "http_request { request_id: 3 purpose: PREVALENCE }"}),
      step(2'500, "detection { detection_id: 8 }",
           {"http_cancel { request_id: 3 }", "http_request { request_id: 4 purpose: PREVALENCE family: IPV6 }",
            "detection_answer { detection_id: 8 verdict: SAFE waited_ns: 0 reason { code: CERTIFIED_SAFE } }"}),
  };
  return run;
}

ScenarioFile expecting(const std::string& expectation) {
  auto file = parse_scenario("test.txtpb",
                             "name: \"x\"\nat { t: \"1s\" detection { detection_id: 7 } }\n"
                             "at { t: \"2500ms\" detection { detection_id: 8 } }\n"
                             "expect { " +
                                 expectation + " }\n");
  EXPECT_TRUE(file) << file.error().text();
  return std::move(*file);
}

std::vector<Failure> failures_of(const ScenarioFile& file) {
  const Timeline timeline = std::move(*Timeline::compile(file.scenario, file.locations));
  return judge(timeline, run_with_requests());
}

std::string judged(const std::string& expectation) {
  const std::vector<Failure> failures = failures_of(expecting(expectation));
  return failures.empty() ? "met" : failures[0].expected + " | " + failures[0].actual;
}

struct Case {
  std::string_view name;
  std::string expectation;
  std::string verdict;  // "met", or a part of the complaint
};

class CloudExpectation : public ::testing::TestWithParam<Case> {};

TEST_P(CloudExpectation, IsJudged) {
  const std::string verdict = judged(GetParam().expectation);
  if (GetParam().verdict == "met") {
    EXPECT_EQ(verdict, "met");
  } else {
    EXPECT_THAT(verdict, HasSubstr(GetParam().verdict));
  }
}

const Case kCases[] = {
    {"Request",
     "request { purpose: CERTIFIED_SAFE_SOFTWARE family: IPV4 result: HTTP_RESPONSE status: 503 at: '1001ms' direct: "
     "true }",
     "met"},
    {"RequestThroughAProxy", "request { proxy: 'proxy.example:3128' direct: false result: HTTP_PROXY_UNREACHABLE }",
     "met"},
    {"RequestOfAnyKind", "request {}", "met"},
    {"RequestWithAnotherResult", "request { proxy: 'proxy.example:3128' result: HTTP_REFUSED }",
     "request: proxy proxy.example:3128, result HTTP_REFUSED | request for CERTIFIED_SAFE_SOFTWARE at 00:00:01.000, "
     "through proxy.example:3128: HTTP_PROXY_UNREACHABLE   (differs: result HTTP_PROXY_UNREACHABLE)"},
    {"RequestWithAnotherStatus", "request { result: HTTP_RESPONSE status: 200 }",
     "request for CERTIFIED_SAFE_SOFTWARE at 00:00:01.001, direct, IPV4: HTTP_RESPONSE 503   (differs: status 503)"},
    {"RequestAtAnotherTime", "request { purpose: CERTIFIED_SAFE_SOFTWARE direct: true at: '1s' }", "differs: "},
    {"RequestThatWasCancelled", "request { purpose: PREVALENCE at: '2s' result: HTTP_RESPONSE }",
     "request for PREVALENCE at 00:00:02.000, direct: cancelled   (differs: result never)"},
    {"RequestWithoutOutcome", "request { family: IPV6 at: '2500ms' result: HTTP_RESPONSE }",
     "request for PREVALENCE at 00:00:02.500, direct, IPV6: no outcome   (differs: result never)"},
    {"RequestWithoutOutcomeHasNoStatus", "request { family: IPV6 at: '2500ms' status: 200 }", "differs: status never"},
    {"NoRequest", "no_request { result: HTTP_NO_ROUTE }", "met"},
    {"NoRequestOfThatResultWhereNoneCame", "no_request { purpose: PREVALENCE result: HTTP_RESPONSE }", "met"},
    {"NoRequestButOne", "no_request { direct: true }",
     "no request: direct | request for CERTIFIED_SAFE_SOFTWARE at 00:00:01.001, direct, IPV4: HTTP_RESPONSE 503"},
    {"Requests", "count { requests: 4 }", "met"},
    {"OtherRequests", "count { requests: 0 }", "count: requests 0 | count requests 4"},
    {"CloudStatus",
     "cloud_status { health: CIRCUIT_OPEN last_failure: LOOKUP_HTTP_STATUS at: '2s' retry_at: '12s' route_contains: "
     "'IPv4' }",
     "met"},
    {"EarlierCloudStatus", "cloud_status { health: DEGRADED at: '1001ms' route_contains: 'proxy.example' }", "met"},
    {"OtherCloudStatus", "cloud_status { last_failure: LOOKUP_HTTP_STATUS retry_at: '13s' }",
     "cloud status: last_failure LOOKUP_HTTP_STATUS, retry_at 13s | cloud status at 00:00:02.000: CIRCUIT_OPEN after "
     "LOOKUP_HTTP_STATUS (direct, IPv4)   (differs: retry_at \"12s\")"},
    {"CloudStatusOfAnotherRoute", "cloud_status { at: '2s' health: CIRCUIT_OPEN route_contains: 'IPv6' }",
     "differs: route_contains \"direct, IPv4\""},
    {"CloudStatusThatWaitsForNothing",
     "cloud_status { at: '1001ms' last_failure: LOOKUP_PROXY_UNREACHABLE retry_at: "
     "'2s' }",
     "differs: retry_at never"},
    {"DetectionAnswer",
     "detection_answer { detection_id: 7 verdict: UNKNOWN via: CSSS_FAILED via: CERTIFIED_UNKNOWN waited_at_most: '1s' "
     "}",
     "met"},
    {"DetectionAnswerOfAnyone", "detection_answer { verdict: SAFE }", "met"},
    {"OtherDetectionAnswer", "detection_answer { detection_id: 7 verdict: SAFE }",
     "answer to a detection: detection_id 7, verdict SAFE | answer to detection 7 at 00:00:02.000: UNKNOWN   (differs: "
     "verdict UNKNOWN)"},
    {"DetectionAnswerInAnotherOrder", "detection_answer { detection_id: 7 via: CERTIFIED_UNKNOWN via: CSSS_FAILED }",
     "differs: via [CSSS_FAILED, CERTIFIED_UNKNOWN]"},
    {"DetectionAnswerThatCameTooLate", "detection_answer { detection_id: 7 waited_at_most: '999ms' }",
     "differs: waited_at_most \"1s\""},
};

INSTANTIATE_TEST_SUITE_P(Scenario, CloudExpectation, ::testing::ValuesIn(kCases),
                         [](const auto& instance) { return std::string(instance.param.name); });

TEST(CloudExpectations, OfARunWithoutAnyRequestSaySo) {
  const ScenarioFile file = expecting("request { purpose: PREVALENCE }");
  const Timeline timeline = std::move(*Timeline::compile(file.scenario, file.locations));
  const std::vector<Failure> failures = judge(timeline, ScenarioRun());
  ASSERT_THAT(failures, SizeIs(1));
  EXPECT_EQ(failures[0].expected + " | " + failures[0].actual, "request: purpose PREVALENCE | no request");
}

TEST(CloudExpectations, PointToTheStepWhereTheRequestWasMade) {
  EXPECT_EQ(failures_of(expecting("request { family: IPV4 result: HTTP_REFUSED }"))[0].step, 1U);
}

TEST(CloudExpectations, TakeTheNextOutcomeForALaterRequestOfTheSameId) {
  ScenarioRun run;
  run.steps = {step(0, "loss {}", {"http_request { request_id: 1 }"}),
               step(1, "http_outcome { request_id: 1 result: HTTP_REFUSED }", {"http_request { request_id: 1 }"}),
               step(2, "http_outcome { request_id: 1 result: HTTP_RESPONSE status: 200 }"),
               step(3, "http_outcome { request_id: 9 result: HTTP_RESPONSE status: 200 }")};
  const ScenarioFile file = expecting("request { at: '1ms' status: 200 }");
  const Timeline timeline = std::move(*Timeline::compile(file.scenario, file.locations));
  EXPECT_THAT(judge(timeline, run), IsEmpty());
}

// ---------------------------------------------------------------- what can never be judged

struct BadExpectation {
  std::string_view name;
  std::string expectation;
  std::string_view complaint;
};

class BadCloudExpectation : public ::testing::TestWithParam<BadExpectation> {};

TEST_P(BadCloudExpectation, IsRefusedWithItsPlaceAndReason) {
  const std::string text =
      "name: \"x\"\nat { t: \"1s\" detection { detection_id: 7 } }\nexpect {\n" + GetParam().expectation + "\n}\n";
  EXPECT_THAT(complaint_about(text), HasSubstr(GetParam().complaint));
}

const BadExpectation kBadExpectations[] = {
    {"TimeWithoutUnit", "request { at: \"5\" }", "test.txtpb:4: expect[0].request.at: \"5\" has no unit"},
    {"RetryTimeWithoutUnit", "cloud_status { retry_at: \"5\" }", "expect[0].cloud_status.retry_at: \"5\" has no unit"},
    {"WaitWithoutUnit", "detection_answer { waited_at_most: \"5\" }",
     "expect[0].detection_answer.waited_at_most: \"5\" has no unit"},
    {"UnknownField", "request { port: 80 }", "test.txtpb:4: port: ExpectRequest has no such field"},
    {"ProxyWithoutPort", "request { proxy: \"proxy.example\" }",
     "expect[0].request.proxy: \"proxy.example\" has no port; write host and port: \"proxy.example:3128\""},
    {"DirectThroughAProxy", "no_request { proxy: \"p:1\" direct: true }",
     "expect[0].no_request.direct: a request through a proxy is not direct; leave one of them out"},
    {"StatusWithoutAResponse", "request { result: HTTP_REFUSED status: 200 }",
     "expect[0].request.status: HTTP_REFUSED comes without a status; leave one of them out"},
    {"RetryOfACircuitThatIsClosed", "cloud_status { health: DEGRADED retry_at: \"5s\" }",
     "expect[0].cloud_status.retry_at: only an open circuit waits for a time; write health: CIRCUIT_OPEN"},
    {"DetectionThatNobodyMakes", "detection_answer { detection_id: 8 }",
     "expect[0].detection_answer.detection_id: no detection of the timeline has the detection_id 8"},
};

INSTANTIATE_TEST_SUITE_P(Scenario, BadCloudExpectation, ::testing::ValuesIn(kBadExpectations),
                         [](const auto& instance) { return std::string(instance.param.name); });

// ---------------------------------------------------------------- --update

std::vector<std::string> updated(const std::string& expectation) {
  const ScenarioFile file = expecting(expectation);
  return update_expectations(file, failures_of(file)).changed;
}

TEST(CloudExpectations, AreRewrittenWhereOneOutputWasMeant) {
  EXPECT_THAT(updated("detection_answer { detection_id: 7 verdict: SAFE }"),
              ElementsAre("test.txtpb:4: verdict: SAFE -> UNKNOWN"));
  EXPECT_THAT(updated("count { requests: 9 }"), ElementsAre("test.txtpb:4: requests: 9 -> 4"));
}

TEST(CloudExpectations, AreLeftToPeopleWhereTheyAreBoundsOrSeveralCouldBeMeant) {
  EXPECT_THAT(updated("detection_answer { detection_id: 7 waited_at_most: '1ms' }"), IsEmpty());
  EXPECT_THAT(updated("request { result: HTTP_NO_ROUTE }"), IsEmpty());
}

}  // namespace
}  // namespace holdfast
