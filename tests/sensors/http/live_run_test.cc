// Whole stories against real sockets: the live host, with programs that are planned and a network that is there.
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <vector>

#include "sim/scenario/scenario_run.h"
#include "tests/sensors/http/fault_server.h"
#include "tests/sensors/http/fetch.h"
#include "tests/sim/scenario/said_again.h"
#include "tests/sim/text/scenario_text.h"

namespace holdfast {
namespace {

const std::string kSafe =
    R"({"sha256":"746865205348412d323536206f662073657475702e6578652e2e2e2e2e2e2e2e","verdict":"SAFE"})";

struct Around {
  std::string service_url;
  int attempt_timeout_ms = 10'000;  // far beyond what any answer takes
  std::string more_settings = {};
  HttpActuator::Credentials credentials = {};
};

ScenarioRun run_live(const Around& around) {
  const ScenarioFile story = good_scenario(
      "settings { event_monitoring { enabled: true policy { event: NEW_STARTUP_PROGRAM do: DENY } }"
      " certified_safe_software { enabled: true attempts_max: 1"
      " attempt_timeout_ms: " +
      std::to_string(around.attempt_timeout_ms) + " service_url: \"" + around.service_url + "\" } " +
      around.more_settings + " }" + R"(
    at { t: "10ms" process_start { pid: 10 image: "C:\\setup.exe" sha256: "the SHA-256 of setup.exe........" } }
    at { t: "20ms" by: 10 registry_set { key: "HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run" value: "U" } }
    at { t: "30ms" by: 10 registry_set { key: "HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run" value: "V" } }
  )");
  const LiveClock clock;
  HttpActuator http({.clock = clock, .credentials = [&around](const std::string&) { return around.credentials; }});
  Expected<ScenarioRun> run =
      run_scenario_on({.clock = clock, .requests = http, .outcomes = http}, story.scenario, &story.locations);
  EXPECT_TRUE(run.has_value());
  for (const Failure& failure : run->failures) ADD_FAILURE() << failure.expected << ": " << failure.actual;
  return *std::move(run);
}

std::vector<v1::Verdict> registry_verdicts(const ScenarioRun& run) {
  std::vector<v1::Verdict> verdicts;
  for (const Step& step : run.steps) {
    for (const v1::Output& output : step.outputs) {
      if (output.has_verdict() && output.verdict().event() == v1::NEW_STARTUP_PROGRAM) {
        verdicts.push_back(output.verdict());
      }
    }
  }
  return verdicts;
}

TEST(LiveRun, AsksARealServiceAndLetsASafeProgramPass) {
  FaultServer server(behaves::json(kSafe));
  const ScenarioRun run = run_live({.service_url = "http://" + server.address()});
  const std::vector<v1::Verdict> verdicts = registry_verdicts(run);
  ASSERT_EQ(verdicts.size(), 2U);
  for (const v1::Verdict& verdict : verdicts) EXPECT_EQ(verdict.because(), v1::CERTIFIED_SAFE);
  EXPECT_EQ(server.calls(), 1) << "the second operation joined the question, or knew the answer";
}

// Without service_has_ipv6 in the settings, and on whatever network this machine has.
TEST(LiveRun, AsksAServiceThatIsNamedByItsAddressOverTheFamilyOfThatAddress) {
  FaultServer ipv6(behaves::json(kSafe), Loopback::Family::kIPv6);
  if (!ipv6.listens()) GTEST_SKIP() << "this machine has no IPv6";
  FaultServer ipv4(behaves::json(kSafe));
  std::vector<std::string> urls = {"http://" + ipv6.address(), "http://127.1:" + std::to_string(ipv4.port()),
                                   "http://0x7f000001:" + std::to_string(ipv4.port())};
#ifndef _WIN32  // where an IPv6 socket speaks no IPv4
  urls.push_back("http://[::ffff:127.0.0.1]:" + std::to_string(ipv4.port()));
#endif
  for (const std::string& url : urls) {
    const std::vector<v1::Verdict> verdicts = registry_verdicts(run_live({.service_url = url}));
    ASSERT_EQ(verdicts.size(), 2U);
    for (const v1::Verdict& verdict : verdicts) EXPECT_EQ(verdict.because(), v1::CERTIFIED_SAFE) << url;
  }
}

TEST(LiveRun, HoldsNobodyBeyondTheDeadlineOfASilentService) {
  FaultServer server(behaves::hanging());
  const ScenarioRun run = run_live({.service_url = "http://" + server.address(), .attempt_timeout_ms = 300});
  const std::vector<v1::Verdict> verdicts = registry_verdicts(run);
  ASSERT_EQ(verdicts.size(), 2U);
  for (const v1::Verdict& verdict : verdicts) {
    EXPECT_EQ(verdict.decision(), v1::Verdict::DENY);
    EXPECT_GE(verdict.held_ns(), 250 * kMillisecond_ns);
    EXPECT_LE(verdict.held_ns(), 600 * kMillisecond_ns) << "the actuator, or else the engine's own bound, ends it";
  }
}

// Secrets stand in the agent's store, and nowhere in what a recording, a log or a report is made of.
TEST(LiveRun, TellsNobodyTheCredentialsOfAProxy) {
  const std::string secret = "s3cr3t-of-the-proxy";
  const std::string in_base64 = "YWdlbnQ6czNjcjN0LW9mLXRoZS1wcm94eQ==";  // "agent:" and the secret
  std::atomic<bool> heard = false;
  FaultServer proxy([&](Call& call) {
    if (call.read_request().contains(in_base64)) {
      heard = true;
      call.send(behaves::response("200 OK", "application/json", kSafe));
    } else {
      call.send("HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 0\r\n\r\n");
    }
  });
  const ScenarioRun run =
      run_live({.service_url = "http://service.test",
                .more_settings = "proxy { mode: EXPLICIT host: \"127.0.0.1\" port: " + std::to_string(proxy.port()) +
                                 " credentials: \"branch office\" }",
                .credentials = {.user = "agent", .password = secret}});
  ASSERT_TRUE(heard);
  std::string told = run.log;
  for (const Step& step : run.steps) {
    told += step.input.SerializeAsString();
    for (const v1::Output& output : step.outputs) told += output.SerializeAsString();
  }
  for (const std::string& line : story_lines(run, 0, run.steps.size())) told += line;
  EXPECT_TRUE(told.contains("branch office")) << "their name may be told";
  EXPECT_FALSE(told.contains(secret));
  EXPECT_FALSE(told.contains(in_base64));
}

// Whatever happened outside, the recorded inputs give the same decisions again.
TEST(LiveRun, IsReplayedByteForByte) {
  FaultServer server(behaves::json(kSafe));
  const ScenarioRun run = run_live({.service_url = "http://" + server.address()});
  EXPECT_FALSE(run.log.empty());
  EXPECT_TRUE(is_said_again(run));
}

}  // namespace
}  // namespace holdfast
