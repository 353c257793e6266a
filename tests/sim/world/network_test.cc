#include "sim/world/network.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/schema/cloud.pb.h"
#include "sim/text/complaints.h"
#include "sim/text/duration.h"
#include "sim/world/attempt.h"
#include "sim/world/world_check.h"

namespace holdfast {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// The program of all these questions: 32 times 0xAB.
const std::string kHash = [] {
  std::string digits;
  for (int i = 0; i < 32; ++i) digits += "ab";
  return digits;
}();
const std::string kKnows = [] {
  std::string text = "knows { sha256: '";
  for (int i = 0; i < 32; ++i) text += "\\xab";
  return text + "' verdict: SAFE detections: 12345 age_days: 40 }";
}();

v1::World world_of(const std::string& text) {
  v1::World world;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &world)) << text;
  const TextLocations nowhere("world");
  const auto good = check_world(world, Complaints(nowhere));
  EXPECT_TRUE(good) << good.error().text();
  return world;
}

struct Asked {
  std::string url = "https://csss.example/v1/safe/" + kHash;
  std::string proxy = {};
  v1::AddressFamily family = v1::ADDRESS_FAMILY_UNSPECIFIED;
  std::string credentials = {};
  std::uint64_t within_ns = 2 * kSecond_ns;
  std::uint32_t body_bytes_max = 65'536;
};

Asked plain_http() { return {.url = "http://csss.example/v1/safe/" + kHash}; }

class Net {
 public:
  explicit Net(const std::string& world, std::uint64_t seed = 1)
      : world_(world_of(world)), network_(world_, seed, order_) {}

  Network& operator*() { return network_; }
  void asks(std::uint64_t at_ns, const Asked& asked = {}, std::uint64_t id = 1) {
    v1::Output output;
    v1::HttpRequest& request = *output.mutable_http_request();
    request.set_request_id(id);
    request.set_url(asked.url);
    request.set_proxy(asked.proxy);
    request.set_family(asked.family);
    request.set_credentials(asked.credentials);
    request.set_deadline_ns(at_ns + asked.within_ns);
    request.set_body_bytes_max(asked.body_bytes_max);
    network_.carry_out(at_ns, output);
  }
  void cancels(std::uint64_t at_ns, std::uint64_t id = 1) {
    v1::Output output;
    output.mutable_http_cancel()->set_request_id(id);
    network_.carry_out(at_ns, output);
  }
  void has(const std::string& state) {
    v1::Input change;
    v1::NetworkState& message = *change.mutable_network_changed()->mutable_state();
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(state, &message)) << state;
    ASSERT_TRUE(network_.on_step(change, {}));
  }

  // Everything that is under way, in order.
  std::vector<v1::HttpOutcome> outcomes() {
    std::vector<v1::HttpOutcome> outcomes;
    while (network_.due()) {
      v1::Input input;
      EXPECT_TRUE(network_.take(input));
      outcomes.push_back(input.http_outcome());
    }
    return outcomes;
  }
  // The same in words: "20ms HTTP_RESPONSE 200 application/json".
  std::vector<std::string> happens() {
    std::vector<std::string> lines;
    while (const auto due = network_.due()) {
      v1::Input input;
      EXPECT_TRUE(network_.take(input));
      const v1::HttpOutcome& outcome = input.http_outcome();
      std::string line = duration_text(due->at_ns) + " " + v1::HttpResult_Name(outcome.result());
      if (outcome.result() == v1::HTTP_RESPONSE) {
        line += " " + std::to_string(outcome.status()) + " " + outcome.content_type();
      }
      lines.push_back(line);
    }
    return lines;
  }

 private:
  PlanningOrder order_{0};
  v1::World world_;
  Network network_;
};

std::string body_of(const std::string& world, const Asked& asked) {
  Net net(world);
  net.asks(0, asked);
  const std::vector<v1::HttpOutcome> outcomes = net.outcomes();
  EXPECT_THAT(outcomes, SizeIs(1));
  return outcomes.empty() ? "" : outcomes.front().body();
}

// ---------------------------------------------------------------- every rule: world, request, outcome

struct Rule {
  std::string_view name;
  std::string world;
  Asked asked;
  std::string outcome;
};

class NetworkRule : public ::testing::TestWithParam<Rule> {};

TEST_P(NetworkRule, GivesItsOutcome) {
  Net net(GetParam().world);
  net.asks(0, GetParam().asked);
  EXPECT_THAT(net.happens(), ElementsAre(GetParam().outcome));
}

std::string service(const std::string& behaviour) { return "service { behaviour: " + behaviour + " } "; }
std::string proxy(const std::string& more) { return "proxy { address: 'proxy.example:3128' " + more + " } "; }
Asked through_proxy(Asked asked = {}) {
  asked.proxy = "proxy.example:3128";
  return asked;
}
Asked over(v1::AddressFamily family) { return {.family = family}; }
Asked with_credentials(const std::string& credentials) {
  Asked asked = through_proxy();
  asked.credentials = credentials;
  return asked;
}
Asked within(std::uint64_t ns, Asked asked = {}) {
  asked.within_ns = ns;
  return asked;
}

constexpr const char* kOnlyIpv6 = "network { has_ipv6: true } ";
constexpr const char* kBoth = "network { has_ipv4: true has_ipv6: true } ";
constexpr const char* kAnswer = "20ms HTTP_RESPONSE 200 application/json";
constexpr const char* kAnswerThroughProxy = "21ms HTTP_RESPONSE 200 application/json";
constexpr const char* kProxyPage503 = "1ms HTTP_RESPONSE 503 text/html";

const Rule kServiceBehaviours[] = {
    {"AnswersUnlessTheScenarioSaysOtherwise", "", {}, kAnswer},
    {"Answers", service("SERVICE_ANSWERS"), {}, kAnswer},
    {"NameUnknown", service("SERVICE_NAME_UNKNOWN"), {}, "0s HTTP_DNS_FAILURE"},
    {"NameUnanswered", service("SERVICE_NAME_UNANSWERED"), {}, "2s HTTP_DNS_FAILURE"},
    {"Refuses", service("SERVICE_REFUSES"), {}, "0s HTTP_REFUSED"},
    {"Absent", service("SERVICE_ABSENT"), {}, "2s HTTP_CONNECT_TIMEOUT"},
    {"Hangs", service("SERVICE_HANGS"), {}, "2s HTTP_RESPONSE_TIMEOUT"},
    {"Truncates", service("SERVICE_TRUNCATES"), {}, "20ms HTTP_SHORT_BODY"},
    {"Aborts", service("SERVICE_ABORTS"), {}, "20ms HTTP_EMPTY_REPLY"},
    {"TalksGarbage", service("SERVICE_TALKS_GARBAGE"), {}, "20ms HTTP_MALFORMED"},
    {"SendsPage", service("SERVICE_SENDS_PAGE"), {}, "20ms HTTP_RESPONSE 200 text/html"},
    {"Unavailable", service("SERVICE_UNAVAILABLE"), {}, "20ms HTTP_RESPONSE 503 text/html"},
    {"SendsWrongSchema", service("SERVICE_SENDS_WRONG_SCHEMA"), {}, kAnswer},
    {"SendsOtherHash", service("SERVICE_SENDS_OTHER_HASH"), {}, kAnswer},
    {"SendsTooMuch", service("SERVICE_SENDS_TOO_MUCH"), {}, "20ms HTTP_TOO_LARGE"},
    {"BadCertificate", service("SERVICE_BAD_CERTIFICATE"), {}, "20ms HTTP_TLS_FAILURE"},
    {"BadCertificateThatNobodyLooksAt", service("SERVICE_BAD_CERTIFICATE"), plain_http(), kAnswer},
    {"Redirects", service("SERVICE_REDIRECTS"), {}, "20ms HTTP_RESPONSE 302 text/html"},
    {"KnowsNoOtherPath", "", {.url = "https://csss.example/v2/safe/" + kHash}, "20ms HTTP_RESPONSE 404 text/html"},
    {"KnowsNoPathBehindTheHash",
     "",
     {.url = "https://csss.example/v1/safe/" + kHash + "/x"},
     "20ms HTTP_RESPONSE 404 text/html"},
    {"KnowsNoHashThatIsNone",
     "",
     {.url = "https://csss.example/v1/safe/zz" + kHash.substr(2)},
     "20ms HTTP_RESPONSE 404 text/html"},
    {"AnswersBelowAnyPath", "", {.url = "http://csss.example:8080/api/v1/prevalence/" + kHash}, kAnswer},
    {"MoreThanTheRequestTakes", "", {.body_bytes_max = 10}, "20ms HTTP_TOO_LARGE"},
};

const Rule kDirectRoutes[] = {
    {"Ipv4", "", over(v1::IPV4), kAnswer},
    {"Ipv6BetweenTwoThatHaveIt", std::string(kOnlyIpv6) + "service { has_ipv6: true }", over(v1::IPV6), kAnswer},
    {"Ipv6WithoutAnAddress", "service { has_ipv6: true }", over(v1::IPV6), "0s HTTP_NO_ROUTE"},
    {"Ipv4WithoutAnAddress", std::string(kOnlyIpv6) + "service { has_ipv6: true }", over(v1::IPV4), "0s HTTP_NO_ROUTE"},
    {"Ipv6ToAnIpv4Service", kBoth, over(v1::IPV6), "0s HTTP_NO_ROUTE"},
    {"PureIpv6", kOnlyIpv6, {}, "0s HTTP_NO_ROUTE"},
    {"NoAddressAtAll", "network {}", {}, "0s HTTP_NO_ROUTE"},
    {"AnyFamilyThatBothHave", std::string(kOnlyIpv6) + "service { has_ipv6: true }", {}, kAnswer},
    {"AnyFamilyIsIpv4WhereTheServiceHasNoOther", kBoth, {}, kAnswer},
    {"BlackHole", std::string(kBoth) + "service { has_ipv6: true ipv6_black_hole: true }", over(v1::IPV6),
     "2s HTTP_CONNECT_TIMEOUT"},
    {"BlackHoleOverIpv4", std::string(kBoth) + "service { has_ipv6: true ipv6_black_hole: true }", over(v1::IPV4),
     kAnswer},
    {"UnknownNameBeforeAnyRoute", kOnlyIpv6 + service("SERVICE_NAME_UNKNOWN"), {}, "0s HTTP_DNS_FAILURE"},
    {"NoAddressBeforeAnyName", "network {} " + service("SERVICE_NAME_UNANSWERED"), {}, "0s HTTP_NO_ROUTE"},
};

const Rule kProxyRules[] = {
    {"Works", proxy(""), through_proxy(), kAnswerThroughProxy},
    {"WorksOverHttp", proxy(""), through_proxy(plain_http()), kAnswerThroughProxy},
    {"InOtherLetters", proxy(""), {.proxy = "PROXY.Example:3128"}, kAnswerThroughProxy},
    {"NotNamed", "", through_proxy(), "0s HTTP_DNS_FAILURE"},
    {"OnAnotherPort", proxy(""), {.proxy = "proxy.example:8080"}, "0s HTTP_DNS_FAILURE"},
    {"NameUnknown", proxy("behaviour: PROXY_NAME_UNKNOWN"), through_proxy(), "0s HTTP_DNS_FAILURE"},
    {"Refuses", proxy("behaviour: PROXY_REFUSES"), through_proxy(), "0s HTTP_PROXY_UNREACHABLE"},
    {"BlackHole", proxy("behaviour: PROXY_BLACK_HOLE"), through_proxy(), "2s HTTP_CONNECT_TIMEOUT"},
    {"Swallows", proxy("behaviour: PROXY_SWALLOWS"), through_proxy(), "2s HTTP_RESPONSE_TIMEOUT"},
    {"WantsCredentials", proxy("behaviour: PROXY_WANTS_CREDENTIALS credentials: 'office'"), through_proxy(),
     "1ms HTTP_PROXY_NEEDS_CREDENTIALS"},
    {"GetsCredentials", proxy("behaviour: PROXY_WANTS_CREDENTIALS credentials: 'office'"), with_credentials("office"),
     kAnswerThroughProxy},
    {"GetsWrongCredentials", proxy("behaviour: PROXY_WANTS_CREDENTIALS credentials: 'office'"),
     with_credentials("home"), "1ms HTTP_PROXY_NEEDS_CREDENTIALS"},
    {"Answers401ToWrongCredentials", proxy("credentials: 'office' wrong_credentials_status: 401"),
     with_credentials("home"), "1ms HTTP_PROXY_REJECTED"},
    {"Answers407ToNoneEvenThen", proxy("credentials: 'office' wrong_credentials_status: 401"), through_proxy(),
     "1ms HTTP_PROXY_NEEDS_CREDENTIALS"},
    {"AcceptsNoCredentials", proxy("behaviour: PROXY_WANTS_CREDENTIALS"), with_credentials("office"),
     "1ms HTTP_PROXY_NEEDS_CREDENTIALS"},
    {"NamesTheOnlyCredentials", proxy("credentials: 'office'"), with_credentials("home"),
     "1ms HTTP_PROXY_NEEDS_CREDENTIALS"},
    {"TakesAnyCredentialsWhereItWantsNone", proxy(""), with_credentials("home"), kAnswerThroughProxy},
    {"RejectsOverHttps", proxy("behaviour: PROXY_REJECTS"), through_proxy(), "1ms HTTP_PROXY_REJECTED"},
    {"RejectsOverHttp", proxy("behaviour: PROXY_REJECTS"), through_proxy(plain_http()),
     "1ms HTTP_RESPONSE 403 text/html"},
    {"AddsItsLatency", proxy("latency: '300ms'") + "service { latency: '1s' }", through_proxy(),
     "1.3s HTTP_RESPONSE 200 application/json"},
    {"WithoutAnyAddress", "network {} " + proxy(""), through_proxy(), "0s HTTP_NO_ROUTE"},
    {"OverAFamilyThatTheAgentLacks", proxy(""), through_proxy(over(v1::IPV6)), "0s HTTP_NO_ROUTE"},

    {"ConvertsForAnIpv6Agent", kOnlyIpv6 + proxy("converts: true"), through_proxy(), kAnswerThroughProxy},
    {"ConvertsNotOverHttps", kOnlyIpv6 + proxy(""), through_proxy(), "1ms HTTP_PROXY_REJECTED"},
    {"ConvertsNotOverHttp", kOnlyIpv6 + proxy(""), through_proxy(plain_http()), kProxyPage503},
    {"NeedNotConvertForAnIpv6Service", std::string(kOnlyIpv6) + "service { has_ipv6: true } " + proxy(""),
     through_proxy(), kAnswerThroughProxy},
    {"BeforeABlackHole", std::string(kOnlyIpv6) + "service { has_ipv6: true ipv6_black_hole: true } " + proxy(""),
     through_proxy(), "2s HTTP_RESPONSE_TIMEOUT"},
    {"AvoidsABlackHole",
     std::string(kOnlyIpv6) + "service { has_ipv6: true ipv6_black_hole: true } " + proxy("converts: true"),
     through_proxy(), kAnswerThroughProxy},

    {"ServiceRefusesOverHttp", proxy("") + service("SERVICE_REFUSES"), through_proxy(plain_http()), kProxyPage503},
    {"ServiceRefusesOverHttps", proxy("") + service("SERVICE_REFUSES"), through_proxy(), "1ms HTTP_PROXY_REJECTED"},
    {"ServiceUnknownOverHttp", proxy("") + service("SERVICE_NAME_UNKNOWN"), through_proxy(plain_http()), kProxyPage503},
    {"ServiceUnknownOverHttps", proxy("") + service("SERVICE_NAME_UNKNOWN"), through_proxy(),
     "1ms HTTP_PROXY_REJECTED"},
    {"ServiceAbsent", proxy("") + service("SERVICE_ABSENT"), through_proxy(plain_http()), "2s HTTP_RESPONSE_TIMEOUT"},
    {"ServiceAbsentForPatientPeopleOverHttp", proxy("") + service("SERVICE_ABSENT"),
     within(90 * kSecond_ns, through_proxy(plain_http())), "60.001s HTTP_RESPONSE 503 text/html"},
    {"ServiceAbsentForPatientPeopleOverHttps", proxy("") + service("SERVICE_ABSENT"),
     within(90 * kSecond_ns, through_proxy()), "60.001s HTTP_PROXY_REJECTED"},
    {"ServiceAbsentBehindAProxyThatSoonGivesUp", proxy("connect_timeout: \"1s\"") + service("SERVICE_ABSENT"),
     through_proxy(plain_http()), "1.001s HTTP_RESPONSE 503 text/html"},
    {"ServiceNameUnanswered", proxy("") + service("SERVICE_NAME_UNANSWERED"), through_proxy(plain_http()),
     "2s HTTP_RESPONSE_TIMEOUT"},
    {"ServiceHangs", proxy("") + service("SERVICE_HANGS"), through_proxy(), "2s HTTP_RESPONSE_TIMEOUT"},
    {"ServiceTruncates", proxy("") + service("SERVICE_TRUNCATES"), through_proxy(), "21ms HTTP_SHORT_BODY"},
    {"ServiceHasABadCertificate", proxy("") + service("SERVICE_BAD_CERTIFICATE"), through_proxy(),
     "21ms HTTP_TLS_FAILURE"},
};

Asked at_address(const std::string& host, v1::AddressFamily family = v1::ADDRESS_FAMILY_UNSPECIFIED) {
  return {.url = "http://" + host + "/v1/safe/" + kHash, .family = family};
}
Asked through_address(const std::string& address, Asked asked = {}) {
  asked.proxy = address;
  return asked;
}

// Hosts that are written as addresses: the family is theirs, and nobody looks a name up.
const Rule kAddresses[] = {
    {"Ipv6", kOnlyIpv6, at_address("[2001:db8::1]:8080"), kAnswer},
    {"Ipv6OverIpv6", kBoth, at_address("[2001:db8::1]", v1::IPV6), kAnswer},
    {"Ipv6OverIpv4", kBoth, at_address("[2001:db8::1]", v1::IPV4), "0s HTTP_NO_ROUTE"},
    {"Ipv6FromAnIpv4Agent", "", at_address("[2001:db8::1]"), "0s HTTP_NO_ROUTE"},
    {"Ipv6InABlackHole", std::string(kBoth) + "service { has_ipv6: true ipv6_black_hole: true }",
     at_address("[2001:db8::1]"), "2s HTTP_CONNECT_TIMEOUT"},
    {"Ipv4", kBoth, at_address("192.0.2.1", v1::IPV4), kAnswer},
    {"Ipv4OverIpv6", std::string(kBoth) + "service { has_ipv6: true }", at_address("192.0.2.1", v1::IPV6),
     "0s HTTP_NO_ROUTE"},
    {"Ipv4FromAnIpv6Agent", std::string(kOnlyIpv6) + "service { has_ipv6: true }", at_address("192.0.2.1"),
     "0s HTTP_NO_ROUTE"},
    {"Ipv4InIpv6", "", at_address("[::ffff:192.0.2.1]", v1::IPV6), kAnswer},
    {"Ipv4InIpv6FromAnIpv6Agent", kOnlyIpv6, at_address("[::ffff:192.0.2.1]", v1::IPV6), "0s HTTP_NO_ROUTE"},
    {"ThisMachine", "network {}", at_address("127.0.0.1:8080", v1::IPV4), kAnswer},
    {"ThisMachineInOctal", kOnlyIpv6, at_address("0177.1", v1::IPV4), kAnswer},
    {"ThisMachineOverIpv6", "network {}", at_address("[::1]", v1::IPV6), kAnswer},
    {"ThisMachineByName", "network {}", at_address("localhost", v1::IPV4), kAnswer},
    {"HasNoNameToLookUp", service("SERVICE_NAME_UNKNOWN"), at_address("192.0.2.1"), kAnswer},
    {"Proxy", "proxy { address: '[2001:db8::2]:3128' converts: true } " + std::string(kOnlyIpv6),
     through_address("[2001:db8::2]:3128"), kAnswerThroughProxy},
    {"ProxyFromAnIpv4Agent", "proxy { address: '[2001:db8::2]:3128' converts: true }",
     through_address("[2001:db8::2]:3128"), "0s HTTP_NO_ROUTE"},
    {"ProxyOnThisMachine", "network {} proxy { address: '127.0.0.1:3128' converts: true }",
     through_address("127.0.0.1:3128"), kAnswerThroughProxy},
    {"ProxyWhereNobodyListens", "", through_address("192.0.2.2:3128"), "0s HTTP_PROXY_UNREACHABLE"},
    {"ProxyHasNoNameToLookUp", "proxy { address: '192.0.2.2:3128' behaviour: PROXY_NAME_UNKNOWN }",
     through_address("192.0.2.2:3128"), kAnswerThroughProxy},
    {"Ipv6ThroughAProxyWithoutIt", proxy(""), through_proxy(at_address("[2001:db8::1]")), kProxyPage503},
    {"Ipv6ThroughAProxyThatConverts", proxy("converts: true"), through_proxy(at_address("[2001:db8::1]")),
     kAnswerThroughProxy},
    {"Ipv4ThroughAProxyWithoutIt", kOnlyIpv6 + proxy("") + "service { has_ipv6: true }",
     through_proxy(at_address("192.0.2.1")), kProxyPage503},
};

const Rule kDeadlines[] = {
    {"JustInTime", "service { latency: '2s' }", {}, "2s HTTP_RESPONSE 200 application/json"},
    {"WhileWaitingForTheResponse", "service { latency: '2001ms' }", {}, "2s HTTP_RESPONSE_TIMEOUT"},
    {"WhileWaitingForTheHandshake",
     "service { behaviour: SERVICE_BAD_CERTIFICATE latency: '3s' }",
     {},
     "2s HTTP_TLS_FAILURE"},
    {"WhileWaitingForTheProxy", proxy("behaviour: PROXY_REJECTS latency: '3s'"), through_proxy(),
     "2s HTTP_RESPONSE_TIMEOUT"},
    {"WhileWaitingForTheProxyAndTheService", proxy("latency: '1s'") + "service { latency: '1001ms' }", through_proxy(),
     "2s HTTP_RESPONSE_TIMEOUT"},
    {"WithoutAnyTime", "", within(0), "0s HTTP_RESPONSE_TIMEOUT"},
    {"WithoutAnyTimeForWhatTakesNone", service("SERVICE_REFUSES"), within(0), "0s HTTP_REFUSED"},
    {"LostOnTheWay", "service { loss_percent: 100 }", {}, "2s HTTP_RESPONSE_TIMEOUT"},
    {"LostBehindTheProxy", "service { loss_percent: 100 } " + proxy(""), through_proxy(), "2s HTTP_RESPONSE_TIMEOUT"},
    {"NotLostWhereNothingIsSent", "service { loss_percent: 100 behaviour: SERVICE_REFUSES }", {}, "0s HTTP_REFUSED"},
};

std::string rule_name(const ::testing::TestParamInfo<Rule>& instance) { return std::string(instance.param.name); }

INSTANTIATE_TEST_SUITE_P(Service, NetworkRule, ::testing::ValuesIn(kServiceBehaviours), rule_name);
INSTANTIATE_TEST_SUITE_P(Direct, NetworkRule, ::testing::ValuesIn(kDirectRoutes), rule_name);
INSTANTIATE_TEST_SUITE_P(Address, NetworkRule, ::testing::ValuesIn(kAddresses), rule_name);
INSTANTIATE_TEST_SUITE_P(Proxy, NetworkRule, ::testing::ValuesIn(kProxyRules), rule_name);
INSTANTIATE_TEST_SUITE_P(Deadline, NetworkRule, ::testing::ValuesIn(kDeadlines), rule_name);

TEST(NetworkRules, HaveATestForEveryBehaviour) {
  std::string worlds;
  for (const Rule& rule : kServiceBehaviours) worlds += rule.world;
  for (const Rule& rule : kProxyRules) worlds += rule.world;
  for (const auto* names : {v1::ServiceBehaviour_descriptor(), v1::ProxyBehaviour_descriptor()}) {
    for (int i = 1; i < names->value_count(); ++i) {
      if (names->value(i)->number() == v1::PROXY_WORKS && names == v1::ProxyBehaviour_descriptor()) continue;
      EXPECT_THAT(worlds, ::testing::HasSubstr(names->value(i)->name()));
    }
  }
}

// ---------------------------------------------------------------- what is sent

TEST(Service, SaysWhatItKnowsOfAProgram) {
  EXPECT_EQ(body_of("service { " + kKnows + " }", {}), R"({"sha256":")" + kHash + R"(","verdict":"SAFE"})");
  EXPECT_EQ(body_of("service { " + kKnows + " }", {.url = "https://csss.example/v1/prevalence/" + kHash}),
            R"({"sha256":")" + kHash + R"(","detections":"12345","ageDays":40})");
}

TEST(Service, KnowsNothingOfAllOtherPrograms) {
  EXPECT_EQ(body_of("", {}), R"({"sha256":")" + kHash + R"(","verdict":"UNKNOWN"})");
  EXPECT_EQ(body_of("", {.url = "https://csss.example/v1/prevalence/" + kHash}),
            R"({"sha256":")" + kHash + R"(","detections":"0"})");
}

TEST(Service, UnderstandsAHashInCapitals) {
  std::string capitals = "https://csss.example/v1/safe/";
  for (int i = 0; i < 32; ++i) capitals += "AB";
  EXPECT_EQ(body_of("service { " + kKnows + " }", {.url = capitals}),
            R"({"sha256":")" + kHash + R"(","verdict":"SAFE"})");
}

TEST(Service, CanAnswerAQuestionAboutAnotherProgram) {
  EXPECT_EQ(body_of("service { behaviour: SERVICE_SENDS_OTHER_HASH " + kKnows + " }", {}),
            R"({"sha256":"0)" + kHash.substr(1) + R"(","verdict":"SAFE"})");
}

TEST(Service, SpeaksTheJsonMappingOfItsMessages) {
  v1::SafeSoftwareAnswer safe;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(body_of("service { " + kKnows + " }", {}), &safe).ok());
  EXPECT_EQ(safe.sha256(), kHash);
  EXPECT_EQ(safe.verdict(), v1::SafeSoftwareAnswer::SAFE);
  v1::PrevalenceAnswer prevalence;
  const std::string json =
      body_of("service { " + kKnows + " }", {.url = "https://csss.example/v1/prevalence/" + kHash});
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(json, &prevalence).ok());
  EXPECT_EQ(prevalence.sha256(), kHash);
  EXPECT_EQ(prevalence.detections(), 12'345U);
  EXPECT_EQ(prevalence.age_days(), 40U);
}

TEST(Service, CanSpeakAJsonThatIsNoneOfItsMessages) {
  v1::SafeSoftwareAnswer safe;
  EXPECT_FALSE(
      google::protobuf::util::JsonStringToMessage(body_of(service("SERVICE_SENDS_WRONG_SCHEMA"), {}), &safe).ok());
}

TEST(Network, NamesTheRequestAndHowLongItTook) {
  Net net("service { latency: '70ms' }");
  net.asks(kSecond_ns, {}, 42);
  const std::vector<v1::HttpOutcome> outcomes = net.outcomes();
  ASSERT_THAT(outcomes, SizeIs(1));
  EXPECT_EQ(outcomes[0].request_id(), 42U);
  EXPECT_EQ(outcomes[0].took_ns(), 70 * kMillisecond_ns);
}

TEST(Network, SendsNothingBesideAResultThatIsNoResponse) {
  for (const char* behaviour : {"SERVICE_TRUNCATES", "SERVICE_SENDS_TOO_MUCH", "SERVICE_HANGS"}) {
    Net net(service(behaviour));
    net.asks(0);
    const std::vector<v1::HttpOutcome> outcomes = net.outcomes();
    ASSERT_THAT(outcomes, SizeIs(1));
    EXPECT_EQ(outcomes[0].status(), 0U);
    EXPECT_THAT(outcomes[0].content_type(), IsEmpty());
    EXPECT_THAT(outcomes[0].body(), IsEmpty());
  }
}

// ---------------------------------------------------------------- several, cancelled, changed

TEST(Network, BringsOutcomesInTheOrderInWhichTheyAreDue) {
  Net net("proxy { address: 'slow:1' latency: '500ms' }");
  net.asks(0, {.proxy = "slow:1"}, 1);
  net.asks(kMillisecond_ns, {}, 2);
  net.asks(kMillisecond_ns, {}, 3);
  std::vector<std::uint64_t> ids;
  for (const v1::HttpOutcome& outcome : net.outcomes()) ids.push_back(outcome.request_id());
  EXPECT_THAT(ids, ElementsAre(2, 3, 1));
}

TEST(Network, BringsNothingOfACancelledRequest) {
  Net net("");
  net.asks(0, {}, 1);
  net.asks(0, {}, 2);
  net.cancels(kMillisecond_ns, 1);
  const std::vector<v1::HttpOutcome> outcomes = net.outcomes();
  ASSERT_THAT(outcomes, SizeIs(1));
  EXPECT_EQ(outcomes[0].request_id(), 2U);
}

TEST(Network, AnOutcomeOfTheVeryMomentOfCancellingIsUnderWay) {
  Net net("");
  net.asks(0);
  net.cancels(20 * kMillisecond_ns);
  EXPECT_THAT(net.happens(), ElementsAre(kAnswer));
}

TEST(Network, CaresNotForTheCancellingOfWhatIsNotUnderWay) {
  Net net("");
  net.cancels(0, 7);
  net.asks(0);
  EXPECT_THAT(net.happens(), ElementsAre(kAnswer));
  net.cancels(kSecond_ns);
  EXPECT_FALSE((*net).due());
}

TEST(Network, IsTheOneThatTheAgentHasNow) {
  Net net("");
  net.has("");
  net.asks(0, {}, 1);
  net.has("has_ipv4: true");
  net.asks(0, {}, 2);
  EXPECT_THAT(net.happens(), ElementsAre("0s HTTP_NO_ROUTE", kAnswer));
}

TEST(Network, AChangeMakesNoDifferenceToARequestThatIsUnderWay) {
  Net net("");
  net.asks(0);
  net.has("");
  EXPECT_THAT(net.happens(), ElementsAre(kAnswer));
}

// ---------------------------------------------------------------- phases

std::vector<std::string> asked_every_second(const std::string& world, std::uint64_t seconds, const Asked& asked = {}) {
  Net net(world);
  std::vector<std::string> results;
  for (std::uint64_t second = 0; second < seconds; ++second) {
    net.asks(second * kSecond_ns, asked, second);
    for (const v1::HttpOutcome& outcome : net.outcomes()) {
      results.push_back(v1::HttpResult_Name(outcome.result()).substr(5) + " " + duration_text(outcome.took_ns()));
    }
  }
  return results;
}

TEST(Phase, LastsFromItsBeginningUntilBeforeItsEnd) {
  EXPECT_THAT(asked_every_second("phase { from: '1s' until: '3s' service: SERVICE_REFUSES }", 4),
              ElementsAre("RESPONSE 20ms", "REFUSED 0s", "REFUSED 0s", "RESPONSE 20ms"));
}

TEST(Phase, LastsForEverWithoutAnEnd) {
  EXPECT_THAT(asked_every_second("phase { from: '1s' service: SERVICE_REFUSES }", 3),
              ElementsAre("RESPONSE 20ms", "REFUSED 0s", "REFUSED 0s"));
}

TEST(Phase, BeginsAgainWithItsPeriod) {
  EXPECT_THAT(
      asked_every_second("phase { from: '1s' until: '2s' every: '3s' service: SERVICE_REFUSES }", 6),
      ElementsAre("RESPONSE 20ms", "REFUSED 0s", "RESPONSE 20ms", "RESPONSE 20ms", "REFUSED 0s", "RESPONSE 20ms"));
}

TEST(Phase, LaterOnesWinFieldByField) {
  EXPECT_THAT(asked_every_second("phase { until: '3s' service: SERVICE_TRUNCATES latency: '5ms' }"
                                 "phase { from: '1s' until: '2s' service: SERVICE_ABORTS }"
                                 "phase { from: '2s' latency: '7ms' }",
                                 4),
              ElementsAre("SHORT_BODY 5ms", "EMPTY_REPLY 5ms", "SHORT_BODY 7ms", "RESPONSE 7ms"));
}

TEST(Phase, ChangesEveryProxyOfTheWorldAndNoOther) {
  const std::string world = proxy("behaviour: PROXY_REFUSES") + "phase { from: '1s' proxy: PROXY_WORKS }";
  EXPECT_THAT(asked_every_second(world, 2, through_proxy()), ElementsAre("PROXY_UNREACHABLE 0s", "RESPONSE 21ms"));
  EXPECT_THAT(asked_every_second(world, 2, {.proxy = "other:1"}), ElementsAre("DNS_FAILURE 0s", "DNS_FAILURE 0s"));
}

// ---------------------------------------------------------------- what varies

std::vector<std::string> twenty(std::uint64_t seed) {
  Net net("service { latency: '10ms' latency_at_most: '1s' loss_percent: 30 }", seed);
  for (std::uint64_t i = 0; i < 20; ++i) net.asks(i * 10 * kSecond_ns, {}, i);
  return net.happens();
}

TEST(Seed, DecidesWhateverVaries) {
  EXPECT_EQ(twenty(5), twenty(5));
  EXPECT_NE(twenty(5), twenty(6));
}

TEST(Seed, IsOneWhereTheScenarioSaysNothing) { EXPECT_EQ(twenty(0), twenty(1)); }

TEST(Seed, SpreadsLatencyEvenlyBetweenItsBounds) {
  Net net("service { latency: '10ms' latency_at_most: '20ms' }", 9);
  for (std::uint64_t i = 0; i < 1'000; ++i) net.asks(i * kSecond_ns, {}, i);
  int lower_half = 0;
  for (const v1::HttpOutcome& outcome : net.outcomes()) {
    ASSERT_GE(outcome.took_ns(), 10 * kMillisecond_ns);
    ASSERT_LE(outcome.took_ns(), 20 * kMillisecond_ns);
    lower_half += outcome.took_ns() < 15 * kMillisecond_ns ? 1 : 0;
  }
  EXPECT_GT(lower_half, 440);
  EXPECT_LT(lower_half, 560);
}

TEST(Seed, LosesTheShareOfRequestsThatTheScenarioSays) {
  Net net("service { loss_percent: 30 }", 9);
  for (std::uint64_t i = 0; i < 1'000; ++i) net.asks(i * kSecond_ns, {}, i);
  int lost = 0;
  for (const v1::HttpOutcome& outcome : net.outcomes()) lost += outcome.result() == v1::HTTP_RESPONSE_TIMEOUT ? 1 : 0;
  EXPECT_GT(lost, 250);
  EXPECT_LT(lost, 350);
}

// Whatever becomes of one request, the numbers that the next one draws are the same.
TEST(Seed, GivesARequestTheSameLuckWhateverBecameOfTheOneBefore) {
  const auto second_took = [](const std::string& phase) {
    Net net("service { latency: '10ms' latency_at_most: '1s' } " + phase, 7);
    net.asks(0, {}, 1);
    net.asks(10 * kSecond_ns, {}, 2);
    return net.outcomes().back().took_ns();
  };
  EXPECT_EQ(second_took(""), second_took("phase { until: '1s' service: SERVICE_REFUSES }"));
}

// ---------------------------------------------------------------- over 10,000 seeds

v1::World any_world(Random& random) {
  v1::World world;
  if (random.percent_chance(80)) {
    world.mutable_network()->set_has_ipv4(random.percent_chance(60));
    world.mutable_network()->set_has_ipv6(random.percent_chance(50));
  }
  v1::ServiceModel& service = *world.mutable_service();
  service.set_behaviour(static_cast<v1::ServiceBehaviour>(random.below(v1::ServiceBehaviour_ARRAYSIZE)));
  service.set_latency(duration_text(random.below(3 * kSecond_ns)));
  service.set_latency_at_most(duration_text(3 * kSecond_ns + random.below(kSecond_ns)));
  service.set_has_ipv6(random.percent_chance(50));
  service.set_ipv6_black_hole(service.has_ipv6() && random.percent_chance(30));
  service.set_loss_percent(static_cast<std::uint32_t>(random.below(101)));
  for (int i = 0; i < 2; ++i) {
    v1::ProxyModel& proxy = *world.add_proxy();
    proxy.set_address("proxy" + std::to_string(i) + ":3128");
    proxy.set_behaviour(static_cast<v1::ProxyBehaviour>(random.below(v1::ProxyBehaviour_ARRAYSIZE)));
    proxy.set_latency(duration_text(random.below(3 * kSecond_ns)));
    proxy.set_converts(random.percent_chance(50));
    if (random.percent_chance(30)) proxy.set_credentials("office");
  }
  v1::Phase& phase = *world.add_phase();
  phase.set_until("2s");
  phase.set_every(duration_text(2 * kSecond_ns + random.below(5 * kSecond_ns)));
  phase.set_service(static_cast<v1::ServiceBehaviour>(random.below(v1::ServiceBehaviour_ARRAYSIZE)));
  phase.set_latency(duration_text(random.below(5 * kSecond_ns)));
  return world;
}

v1::HttpRequest any_request(Random& random, std::uint64_t id, std::uint64_t at_ns) {
  v1::HttpRequest request;
  request.set_request_id(id);
  request.set_url((random.percent_chance(50) ? "https" : "http") + std::string("://csss.example/v1/safe/") + kHash);
  if (random.percent_chance(60)) request.set_proxy("proxy" + std::to_string(random.below(3)) + ":3128");
  if (random.percent_chance(30)) request.set_credentials("office");
  request.set_family(static_cast<v1::AddressFamily>(random.below(v1::AddressFamily_ARRAYSIZE)));
  request.set_deadline_ns(at_ns + random.below(5 * kSecond_ns));
  request.set_body_bytes_max(static_cast<std::uint32_t>(random.below(1'000)));
  return request;
}

// A request's life: what was promised, and what came.
struct Life {
  std::uint64_t asked_ns = 0;
  std::uint64_t deadline_ns = 0;
  std::uint64_t cancelled_ns = UINT64_MAX;
  int outcomes = 0;
};

TEST(NetworkProperty, EveryRequestEndsOnceAndInTime) {
  for (std::uint64_t seed = 1; seed <= 10'000; ++seed) {
    Random random(seed);
    const v1::World world = any_world(random);
    PlanningOrder order(0);
    Network network(world, seed, order);
    std::map<std::uint64_t, Life> lives;
    std::uint64_t now_ns = 0;
    // Hands out what is due until the time, as the host would.
    const auto advance = [&](std::uint64_t until_ns) {
      while (network.due() && network.due()->at_ns <= until_ns) {
        const std::uint64_t at_ns = network.due()->at_ns;
        ASSERT_GE(at_ns, now_ns) << "seed " << seed;
        now_ns = at_ns;
        v1::Input input;
        ASSERT_TRUE(network.take(input));
        const v1::HttpOutcome& outcome = input.http_outcome();
        Life& life = lives.at(outcome.request_id());
        ++life.outcomes;
        ASSERT_NE(outcome.result(), v1::HTTP_RESULT_UNSPECIFIED) << "seed " << seed;
        ASSERT_EQ(outcome.took_ns(), at_ns - life.asked_ns) << "seed " << seed;
        ASSERT_LE(at_ns, life.deadline_ns) << "seed " << seed;
        ASSERT_LE(at_ns, life.cancelled_ns) << "seed " << seed;
      }
    };
    for (std::uint64_t id = 1; id <= 8; ++id) {
      const std::uint64_t next_ns = now_ns + random.below(2 * kSecond_ns);
      advance(next_ns);
      now_ns = next_ns;
      v1::Output output;
      if (id > 1 && random.percent_chance(20)) {
        const std::uint64_t victim = 1 + random.below(id - 1);
        output.mutable_http_cancel()->set_request_id(victim);
        network.carry_out(now_ns, output);
        if (lives.at(victim).outcomes == 0) lives.at(victim).cancelled_ns = now_ns;
      }
      *output.mutable_http_request() = any_request(random, id, now_ns);
      lives[id] = {.asked_ns = now_ns, .deadline_ns = output.http_request().deadline_ns()};
      network.carry_out(now_ns, output);
    }
    advance(UINT64_MAX);
    for (const auto& [id, life] : lives) {
      const bool cancelled = life.cancelled_ns != UINT64_MAX;
      ASSERT_TRUE(life.outcomes == 1 || (cancelled && life.outcomes == 0)) << "seed " << seed << " request " << id;
    }
  }
}

}  // namespace
}  // namespace holdfast
