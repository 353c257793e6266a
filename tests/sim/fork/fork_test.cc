// A fork that changes nothing is the recording again; one that changes something keeps what can still happen.
#include "sim/fork/fork.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "engine/core/engine.h"
#include "reports/timeline.h"
#include "sensors/recording/recording.h"
#include "sim/replay/recorded_run.h"
#include "sim/text/duration.h"
#include "sim/text/text_file.h"
#include "tests/sim/text/scenario_text.h"
#include "tests/support/effort.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Expected<void> append(void* whom, std::string_view lines) {
  static_cast<std::string*>(whom)->append(lines);
  return {};
}

struct Forked {
  ForkReport report;
  std::string log;
  std::vector<std::string> marks;  // "suppressed registry_set: why" of every input that is not as recorded
};

std::string kind_of(const v1::Input& input) {
  const auto* kind =
      input.GetReflection()->GetOneofFieldDescriptor(input, input.GetDescriptor()->FindOneofByName("kind"));
  return std::string(input.has_operation() ? operation_name(input.operation()) : kind->name());
}

Forked forked(const std::string& path, std::uint64_t at_ns, const ForkWish& wish) {
  Forked result;
  const auto fork = Fork::open({.path = path});
  EXPECT_TRUE(fork) << (fork ? "" : fork.error().text());
  if (!fork) return result;
  const auto change = fork->change(at_ns, wish);
  EXPECT_TRUE(change) << (change ? "" : change.error().text());
  if (!change) return result;
  DecisionLog log(append, &result.log);
  const auto report = fork->run(*change, {&log}, [&](ForkMark mark, const v1::Input& input, const std::string& why) {
    if (mark == ForkMark::kKept || mark == ForkMark::kRecorded) return;
    result.marks.push_back(std::string(mark_name(mark)) + ' ' + kind_of(input) + (why.empty() ? "" : ": " + why));
  });
  EXPECT_TRUE(report) << (report ? "" : report.error().text());
  if (report) result.report = *report;
  EXPECT_TRUE(log.finish());
  return result;
}

std::string recorded(const TemporaryFolder& folder, const ScenarioRun& run) {
  const std::string path = folder.path("a.hfr");
  EXPECT_TRUE(write_recording(run, "a test", path));
  return path;
}

constexpr std::string_view kPolicy = R"(
settings { event_monitoring { enabled: true policy { event: NEW_STARTUP_PROGRAM do: ASK_WHEN_NECESSARY } } }
)";
// setup.exe wants to start with Windows and is asked about; what it starts does the same.
constexpr std::string_view kStory = R"(
at { t: "1s" process_start { pid: 7 image: "C:\\Users\\user\\setup.exe" } }
at { t: "2s" by: 7 registry_set { key: "HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run" value: "One" data: "x" } }
at { t: "20s" by: 7 process_start { pid: 8 image: "C:\\Users\\user\\helper.exe" } }
at { t: "21s" by: 8 registry_set { key: "HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run" value: "Two" data: "x" } }
at { t: "30s" by: 7 process_exit {} }
)";
constexpr std::string_view kAllows = R"(world { user { answers { kind: ALLOW after: "3s" } } })";
constexpr std::string_view kDenies = R"(world { user { answers { kind: DENY after: "3s" } } })";

std::string story(std::string_view person) { return std::string(kPolicy) + std::string(kStory) + std::string(person); }

std::string recorded(const TemporaryFolder& folder, std::string_view person) {
  return recorded(folder, run_file(good_scenario(story(person))));
}

TEST(Fork, ThatChangesNothingIsTheRecordingAgainWhereverItBegins) {
  const auto files = find_text_files("scenarios", ".txtpb", 10'000);
  ASSERT_TRUE(files);
  ASSERT_GT(files->size(), 0U);
  const TemporaryFolder folder;
  std::size_t forks = 0;
  for (const std::string& path : test::some_of(*files)) {
    const auto file = load_scenario(path);
    ASSERT_TRUE(file) << file.error().text();
    if (!file->scenario.runs_for().empty()) continue;  // cut off before its timers: they would fire
    const auto run = run_scenario(file->scenario);
    ASSERT_TRUE(run) << path;
    if (run->steps.empty()) continue;
    const auto fork = Fork::open({.path = recorded(folder, *run)});
    ASSERT_TRUE(fork) << path << fork.error().text();
    const std::uint64_t last_ns = fork->reference().last_at_ns();
    for (const std::uint64_t at_ns : {std::uint64_t{0}, last_ns / 3, last_ns / 2, last_ns}) {
      const auto change = fork->change(at_ns, {});
      ASSERT_TRUE(change) << path << change.error().text();
      DecisionLog log;
      const auto report = fork->run(*change, {&log});
      ASSERT_TRUE(report) << path << report.error().text();
      EXPECT_EQ(log.sha256(), run->log_sha256) << path << " from " << at_ns;
      EXPECT_EQ(report->of(ForkMark::kSuppressed), 0U) << path;
      EXPECT_EQ(report->of(ForkMark::kDelayed), 0U) << path;
      EXPECT_EQ(report->of(ForkMark::kModelled), 0U) << path;
      EXPECT_EQ(report->changed + report->gone + report->added, 0U) << path;
      ++forks;
    }
  }
  EXPECT_GT(forks, 1'000U / test::kOneIn);
}

// ---- programs

TEST(Fork, SuppressesWhatAStoppedProgramAndItsDescendantsDidLater) {
  const TemporaryFolder folder;
  // The exception list ends a blocked program at its first monitored act after the fork.
  const Forked blocked =
      forked(recorded(folder, kAllows), 10 * kSecond_ns, {.blocked = {"C:\\Users\\user\\helper.exe"}});
  EXPECT_THAT(blocked.marks, ElementsAre("change settings_changed",
                                         "suppressed registry_set: pid 8 was denied its start at 00:00:20.000",
                                         "suppressed prompt_answer: the prompt it answers is another one here"));
  EXPECT_THAT(blocked.log, HasSubstr("because=ON_BLOCKED_LIST"));
  EXPECT_EQ(blocked.report.runs_on, 0U);
  EXPECT_EQ(blocked.report.gone, 1U) << "the verdict about what helper.exe did";
}

TEST(Fork, EndsAProgramThatIsTerminatedHereAndSuppressesItsRecordedEnd) {
  const TemporaryFolder folder;
  const std::string path = recorded(folder, kAllows);
  const Forked terminated = forked(path, 1'500'000'000, {.what_if = {"settings.event_monitoring.policy[0].do=DENY"}});
  EXPECT_THAT(terminated.log, HasSubstr("because=ACTION_IS_DENY"));
  EXPECT_EQ(terminated.report.of(ForkMark::kKept), 3U) << "the agent and the person start, and setup.exe does";
  EXPECT_EQ(terminated.report.changed, 2U);
}

TEST(Fork, SaysThatNobodyKnowsWhatAProgramDoesThatWasStoppedThen) {
  const TemporaryFolder folder;
  // Recorded: helper.exe is blocked, so nothing of it is there but its start.
  const std::string path = recorded(folder, run_file(good_scenario(std::string(R"(
    settings {
      event_monitoring { enabled: true policy { event: NEW_STARTUP_PROGRAM do: ASSESS } }
      exceptions { blocked { path: "C:\\Users\\user\\helper.exe" } }
    })") + std::string(kStory))));
  v1::Settings settings;
  settings.mutable_event_monitoring()->set_enabled(true);
  const Forked allowed = forked(path, 10 * kSecond_ns, {.settings = settings});
  EXPECT_THAT(allowed.marks, ElementsAre("change settings_changed"));
  EXPECT_EQ(allowed.report.runs_on, 1U);
  EXPECT_EQ(allowed.report.changed, 1U);
}

// A program whose start waits for the cloud: recorded with an answer after 1 s.
constexpr std::string_view kSlow = R"(
settings {
  event_monitoring { enabled: true policy { event: NEW_STARTUP_PROGRAM do: DENY } }
  certified_safe_software { enabled: true service_url: "https://csss.example" }
}
world { service { latency: "100ms" knows { sha256: "the SHA-256 of setup.exe........" verdict: SAFE } } }
at { t: "1s" process_start { pid: 7 image: "C:\\Users\\user\\setup.exe" sha256: "the SHA-256 of setup.exe........" } }
at { t: "2s" by: 7 registry_set { key: "HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run" value: "One" data: "x" } }
at { t: "3s" by: 7 registry_set { key: "HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run" value: "Two" data: "x" } }
)";

TEST(Fork, AsksTheChangedNetworkAndDropsTheRecordedAnswer) {
  const TemporaryFolder folder;
  const ScenarioRun run = run_file(good_scenario(std::string(kSlow)));
  EXPECT_THAT(run.log, HasSubstr("CERTIFIED_SAFE"));
  const std::string path = recorded(folder, run);
  const Forked slow = forked(path, 0, {.what_if = {"service.latency=200ms"}});
  EXPECT_THAT(slow.marks, testing::Contains("modelled http_outcome"));
  EXPECT_THAT(slow.marks, testing::Contains("suppressed http_outcome: the request it answers is another one here"));
  EXPECT_EQ(slow.report.changed, 0U) << "the answer is late, and the same";
  const Forked dead = forked(path, 0, {.what_if = {"service.behaviour=SERVICE_REFUSES"}});
  EXPECT_GT(dead.report.changed, 0U);
  EXPECT_THAT(dead.log, HasSubstr("ACTION_IS_DENY"));
  // What was answered before the fork stays known.
  EXPECT_EQ(forked(path, 2'500'000'000, {.what_if = {"service.behaviour=SERVICE_REFUSES"}}).report.changed, 0U);
}

// A downloaded program that the person lets start after 1 s, and that starts another one a second later.
constexpr std::string_view kDownloaded = R"(
agent { platform: WINDOWS_10_X64  web_reputation_enabled: true }
settings {
  event_monitoring { enabled: true policy { event: NEW_STARTUP_PROGRAM do: DENY } }
  newly_encountered { enabled: true }
  certified_safe_software { service_url: "https://reputation.example" }
}
world {
  service { knows { sha256: "the SHA-256 of setup.exe........"  detections: 5  age_days: 30 } }
  user { answers { kind: ALLOW after: "1s" } }
}
at {
  t: "1s"  by: 5
  download {
    channel: CHANNEL_HTTP  url: "http://downloads.example/setup.exe"
    path: "C:\\Users\\user\\Downloads\\setup.exe"  sha256: "the SHA-256 of setup.exe........"
  }
}
at { t: "5s"  process_start { pid: 10  image: "C:\\Users\\user\\Downloads\\setup.exe"  sha256: "the SHA-256 of setup.exe........" } }
at { t: "7s"  by: 10  process_start { pid: 11  image: "C:\\Users\\user\\helper.exe" } }
at { t: "8s"  by: 11  registry_set { key: "HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run" value: "One" data: "x" } }
at { t: "9s"  by: 10  process_exit {} }
)";

TEST(Fork, DelaysWhatAProgramDidUntilItsStartIsAllowed) {
  const TemporaryFolder folder;
  const std::string path = recorded(folder, run_file(good_scenario(std::string(kDownloaded))));
  const Forked slow = forked(path, 4 * kSecond_ns, {.person = ReplayUser::kAllow, .answers_after_ns = 20 * kSecond_ns});
  EXPECT_THAT(slow.marks, ElementsAre("suppressed prompt_answer: the prompt it answers is another one here",
                                      "modelled prompt_answer", "delayed process_start", "delayed registry_set",
                                      "delayed process_exit"));
  EXPECT_EQ(slow.report.changed, 0U);
  // Recorded: allowed at 6.02 s; here at 25.02 s, so that everything comes 19 s later.
  EXPECT_THAT(slow.log, HasSubstr("00:00:26.000000000\tverdict\toperation=3"));
  EXPECT_THAT(slow.log, HasSubstr("00:00:27.000000000\tverdict\toperation=4"));
  const Forked never = forked(path, 4 * kSecond_ns, {.person = ReplayUser::kDeny});
  EXPECT_EQ(never.report.of(ForkMark::kSuppressed), 4U) << "the answer, and all that setup.exe and helper.exe did";
  EXPECT_EQ(never.report.gone, 2U);
}

TEST(Fork, AnswersARequestThatWasCancelledThenAndIsNotNow) {
  const TemporaryFolder folder;
  // Recorded: the settings change while the service is still asked, and the request is cancelled.
  std::string text(kSlow);
  text.replace(text.find("100ms"), 5, "800ms");
  const std::string path = recorded(folder, run_file(good_scenario(text + R"(
    at { t: "2.3s" settings_changed { event_monitoring { enabled: true policy { event: NEW_STARTUP_PROGRAM do: DENY } } } })")));
  v1::Settings kept;
  kept.mutable_event_monitoring()->set_enabled(true);
  auto& policy = *kept.mutable_event_monitoring()->add_policy();
  policy.set_event(v1::NEW_STARTUP_PROGRAM);
  policy.set_do_(v1::MonitoredEventPolicy::DENY);
  kept.mutable_certified_safe_software()->set_enabled(true);
  kept.mutable_certified_safe_software()->set_service_url("https://csss.example");
  kept.set_name("kept");
  const Forked asked = forked(path, kSecond_ns, {.settings = kept});
  EXPECT_THAT(asked.marks, testing::Contains("suppressed settings_changed: the fork says which settings hold"));
  EXPECT_THAT(asked.marks, testing::Contains("modelled http_outcome"));
}

// ---- people

TEST(Fork, LetsAnotherPersonAnswerAlsoWhatWasOpenAtTheFork) {
  const TemporaryFolder folder;
  const std::string path = recorded(folder, kAllows);
  const Forked denied = forked(path, 3 * kSecond_ns, {.person = ReplayUser::kDeny, .answers_after_ns = kSecond_ns});
  EXPECT_THAT(
      denied.marks,
      ElementsAre("modelled prompt_answer", "suppressed prompt_answer: the prompt it answers is another one here",
                  "modelled prompt_answer", "suppressed prompt_answer: the prompt it answers is another one here"));
  EXPECT_THAT(denied.log, HasSubstr("USER_DENIED"));
  EXPECT_THAT(denied.log, Not(HasSubstr("USER_ALLOWED")));
  const Forked away = forked(path, 10 * kSecond_ns, {.person = ReplayUser::kAway});
  EXPECT_THAT(away.marks, testing::Contains("change session_changed"));
  EXPECT_THAT(away.log, HasSubstr("NO_USER_LOGGED_ON"));
}

TEST(Fork, KeepsTheRecordedAnswersWhereTheSameIsAsked) {
  const TemporaryFolder folder;
  const Forked other = forked(recorded(folder, kDenies), 0, {.approved = {"C:\\elsewhere.exe"}});
  EXPECT_THAT(other.marks, ElementsAre("change settings_changed"));
  EXPECT_EQ(other.report.changed, 0U);
  EXPECT_EQ(other.report.of(ForkMark::kModelled), 0U);
}

// ---- what it is held against

struct Held {
  ForkReport report;
  std::string different;
  std::vector<std::string> marks;
  std::string error;  // not empty: it was refused
};

// As `holdfast fork` does it: with and without the what-if.
Held held(const ReplayOptions& recording, const ForkWish& wish,
          std::uint64_t longer_by_ns = ForkComparison::kLongerByNs) {
  Held held;
  const auto fork = Fork::open(recording);
  if (!fork) return {.report = {}, .different = {}, .marks = {}, .error = fork.error().text()};
  const auto change = fork->change(0, wish);
  if (!change) return {.report = {}, .different = {}, .marks = {}, .error = change.error().text()};
  const auto without = fork->without(0, wish);
  EXPECT_TRUE(without) << (without ? "" : without.error().text());
  if (!without) return held;
  const auto marked = [&held](ForkMark mark, const v1::Input& input, const std::string& why) {
    if (mark == ForkMark::kSuppressed) held.marks.push_back(kind_of(input) + ": " + why);
  };
  const auto report = fork->run(*change, {}, marked, {.without = without->get(), .longer_by_ns = longer_by_ns});
  EXPECT_TRUE(report) << (report ? "" : report.error().text());
  if (report) held.report = *report;
  // The names of the settings live as long as what they were taken from.
  for (ForkedDecision& decision : held.report.listed) {
    if (decision.without) decision.without->program = {};
    if (decision.recorded) decision.recorded->program = decision.recorded->settings = {};
    if (decision.without) held.different += std::string(decision.without->settings) + ' ';
    if (decision.without) decision.without->settings = {};
  }
  return held;
}

// What a log would tell of the story: operations that nobody held.
std::string observed(const TemporaryFolder& folder, const ScenarioRun& run) {
  v1::RecordingHeader header;
  header.set_origin(v1::RecordingHeader::IMPORTED);
  header.mutable_profile()->set_platform(v1::WINDOWS_10_X64);
  header.set_started_wall_ns(1'600'571'100'000'000'000);
  const std::string path = folder.path("log.hfr");
  auto writer = RecordingWriter::create(path, header);
  EXPECT_TRUE(writer);
  std::uint64_t sequence = 0;
  for (const Step& step : run.steps) {
    if (!step.input.has_operation()) continue;
    v1::Input input = step.input;
    input.set_sequence(++sequence);
    input.mutable_operation()->set_hold(v1::HOLD_CAPABILITY_NONE);
    EXPECT_TRUE(writer->write(input));
  }
  EXPECT_TRUE(writer->close());
  return path;
}

std::string observed(const TemporaryFolder& folder) {
  return observed(folder, run_file(good_scenario(story(kAllows))));
}

v1::Settings asking(v1::MonitoredEventPolicy::Action action = v1::MonitoredEventPolicy::ASK_WHEN_NECESSARY) {
  v1::Settings settings;
  settings.set_name("asking");
  settings.mutable_event_monitoring()->set_enabled(true);
  auto& policy = *settings.mutable_event_monitoring()->add_policy();
  policy.set_event(v1::NEW_STARTUP_PROGRAM);
  policy.set_do_(action);
  return settings;
}

TEST(ForkComparison, OfALogIsWithTheSameSettingsAndNobodySaysRecorded) {
  const TemporaryFolder folder;
  const ReplayOptions log{.path = observed(folder), .settings = asking()};
  const Held nothing = held(log, {});
  EXPECT_EQ(nothing.report.changed + nothing.report.added + nothing.report.gone, 0U);
  const Held approved = held(log, {.approved = {"C:\\Users\\user\\helper.exe"}});
  ASSERT_EQ(approved.report.listed.size(), 1U) << "what helper.exe sets";
  for (const ForkedDecision& decision : approved.report.listed) {
    EXPECT_EQ(decision.here.because(), v1::ON_APPROVED_LIST);
    EXPECT_EQ(decision.settings, "asking");
    EXPECT_FALSE(decision.recorded);
    EXPECT_FALSE(decision.without_is_recorded);
  }
  EXPECT_EQ(approved.different, "asking ");
  EXPECT_EQ(approved.report.listed[0].without->because, v1::NOBODY_ANSWERED);
}

// The settings are on both sides as soon as anything else is asked about; alone they are what is asked about.
TEST(ForkComparison, OfAnAgentsRecordingSharesSettingsAndPerson) {
  const TemporaryFolder folder;
  const std::string path = recorded(folder, kAllows);
  const v1::Settings denying = asking(v1::MonitoredEventPolicy::DENY);
  const Held alone = held({.path = path}, {.settings = denying});
  EXPECT_EQ(alone.report.changed + alone.report.gone, 2U) << "what setup.exe and helper.exe set";
  EXPECT_TRUE(alone.report.listed.at(0).without_is_recorded);
  const Held shared = held({.path = path}, {.settings = denying, .approved = {"C:\\elsewhere.exe"}});
  EXPECT_EQ(shared.report.changed + shared.report.gone + shared.report.added, 0U);
}

TEST(ForkComparison, SaysRecordedOnlyOfWhatWasRecorded) {
  const TemporaryFolder folder;
  ScenarioRun run = run_file(good_scenario(story(kAllows)));
  for (Step& step : run.steps) {
    for (v1::Output& output : step.outputs) {  // an engine of the field that decided otherwise
      if (output.has_verdict()) output.mutable_verdict()->set_because(v1::CERTIFIED_SAFE);
    }
  }
  const Held other = held({.path = recorded(folder, run)}, {.blocked = {"C:\\Users\\user\\helper.exe"}});
  ASSERT_FALSE(other.report.listed.empty());
  EXPECT_EQ(other.report.same_as_recorded, 0U);
  for (const ForkedDecision& decision : other.report.listed) {
    EXPECT_FALSE(decision.without_is_recorded);
    ASSERT_TRUE(decision.recorded);
    EXPECT_EQ(decision.recorded->because, v1::CERTIFIED_SAFE);
  }
}

TEST(ForkComparison, AWaitThatGrewByTheThresholdIsADifference) {
  const TemporaryFolder folder;
  const std::string path = recorded(folder, run_file(good_scenario(std::string(kSlow))));
  const ForkWish slower{.what_if = {"service.latency=1500ms"}};
  const Held longer = held({.path = path}, slower);
  EXPECT_EQ(longer.report.changed, 0U);
  EXPECT_EQ(longer.report.longer, 1U);
  ASSERT_EQ(longer.report.listed.size(), 1U);
  EXPECT_EQ(longer.report.listed[0].here.because(), v1::CERTIFIED_SAFE);
  EXPECT_EQ(longer.report.waits.longest_program, "C:\\Users\\user\\setup.exe");
  EXPECT_EQ(longer.report.waits.longest_ns - longer.report.waits_without.longest_ns, 1'400'000'000U);
  EXPECT_EQ(held({.path = path}, slower, 1'400'000'000).report.longer, 1U);
  EXPECT_EQ(held({.path = path}, slower, 1'400'000'001).report.longer, 0U);
  EXPECT_EQ(held({.path = path}, {}, 0).report.longer, 0U) << "the same wait is no longer one";
}

// ---- logs

TEST(ForkOfALog, SuppressesWhatABlockedProgramDidIfItsSensorCouldHaveHeld) {
  const TemporaryFolder folder;
  const std::string path = observed(folder);
  const ForkWish wish{.blocked = {"C:\\Users\\user\\helper.exe"}};
  const Held could = held({.path = path, .settings = asking(), .assume_hold = true}, wish);
  EXPECT_THAT(could.marks, ElementsAre("registry_set: pid 8 was denied its start at 00:00:20.000"));
  EXPECT_EQ(could.report.changed, 1U);
  EXPECT_EQ(could.report.gone, 1U);
  EXPECT_THAT(held({.path = path, .settings = asking()}, wish).marks, IsEmpty()) << "it only observed";
}

// The same log of two computers, told by pids only; on the other one another program has the pid of the blocked one.
std::string observed_on_two_computers(const TemporaryFolder& folder) {
  ScenarioRun run = run_file(good_scenario(story(kAllows)));
  std::vector<Step> both;
  for (const Step& step : run.steps) {
    if (!step.input.has_operation()) continue;
    for (const char* endpoint : {"", "PC-2"}) {
      v1::Operation& operation = *both.emplace_back(step).input.mutable_operation();
      operation.set_id(both.size());
      operation.set_endpoint(endpoint);
      operation.mutable_actor()->clear_start_ns();
      if (!operation.has_process_start()) continue;
      operation.mutable_process_start()->clear_start_ns();
      if (!operation.endpoint().empty()) operation.mutable_process_start()->set_image("C:\\Users\\user\\other.exe");
    }
  }
  run.steps = std::move(both);
  return observed(folder, run);
}

TEST(ForkOfALog, StopsAProgramOnItsOwnComputerOnly) {
  const TemporaryFolder folder;
  const ReplayOptions log{.path = observed_on_two_computers(folder), .settings = asking(), .assume_hold = true};
  EXPECT_THAT(held(log, {.blocked = {"C:\\Users\\user\\helper.exe"}}).marks,
              ElementsAre("registry_set: pid 8 was denied its start at 00:00:20.000"));
}

// Also what the settings themselves stop does not go on, on either side.
TEST(ForkOfALog, TakesTheLogForWhatHappenedAndNotForWhatWasAllowed) {
  const TemporaryFolder folder;
  v1::Settings blocking = asking();
  blocking.mutable_exceptions()->add_blocked()->set_path("C:\\Users\\user\\helper.exe");
  const Held same = held({.path = observed(folder), .settings = blocking, .assume_hold = true}, {});
  EXPECT_THAT(same.marks, ElementsAre("registry_set: pid 8 was denied its start at 00:00:20.000"));
  EXPECT_EQ(same.report.changed + same.report.gone + same.report.added, 0U);
}

TEST(ForkOfALog, AloneCanBeTakenAsHeld) {
  const TemporaryFolder folder;
  EXPECT_THAT(held({.path = recorded(folder, kAllows), .assume_hold = true}, {}).error, HasSubstr("--assume-hold"));
}

TEST(ForkOfALog, BeginsInAWorldWithTheServicesAndProxiesThatItsSettingsName) {
  const TemporaryFolder folder;
  v1::Settings settings = asking(v1::MonitoredEventPolicy::DENY);
  settings.mutable_certified_safe_software()->set_enabled(true);
  settings.mutable_certified_safe_software()->set_service_url("https://csss.example");
  const std::string path = observed(folder, run_file(good_scenario(std::string(kSlow))));
  EXPECT_THAT(held({.path = path, .settings = settings}, {.what_if = {"proxy.behaviour=PROXY_REFUSES"}}).error,
              HasSubstr("has no proxy"));
  settings.mutable_proxy()->set_mode(v1::ProxySettings::EXPLICIT);
  settings.mutable_proxy()->set_host("proxy.example");
  settings.mutable_proxy()->set_port(8080);
  const ReplayOptions log{.path = path, .settings = settings, .assume_hold = true};
  EXPECT_EQ(held(log, {}).report.changed, 0U);
  const Held refused = held(log, {.what_if = {"proxy.behaviour=PROXY_REFUSES"}});
  EXPECT_EQ(refused.error, "");
  EXPECT_GT(refused.report.same, 0U) << "the services answer, that they do not know the program";
  const Held slow = held(log, {.what_if = {"service.latency=1500ms"}});
  EXPECT_EQ(slow.report.longer, 1U);
}

TEST(ForkOfALog, CanBeOfAnotherEndpoint) {
  const TemporaryFolder folder;
  v1::Settings settings = asking();
  settings.mutable_newly_encountered()->set_enabled(true);
  settings.mutable_certified_safe_software()->set_service_url("https://reputation.example");
  const ReplayOptions log{.path = observed(folder, run_file(good_scenario(std::string(kDownloaded)))),
                          .settings = settings,
                          .assume_hold = true};
  const Held reputation = held(log, {.what_if = {"agent.web_reputation_enabled=true"}});
  EXPECT_EQ(reputation.error, "");
  ASSERT_FALSE(reputation.report.listed.empty());
  EXPECT_EQ(reputation.report.listed[0].here.event(), v1::NEWLY_ENCOUNTERED_PROGRAM);
}

// ---- input

TEST(Fork, RefusesWhatMakesNoSense) {
  const TemporaryFolder folder;
  const auto fork = Fork::open({.path = recorded(folder, kAllows)});
  ASSERT_TRUE(fork);
  EXPECT_THAT(fork->change(999 * kSecond_ns, {}).error().text(), HasSubstr("is after its end"));
  EXPECT_THAT(fork->change(0, {.what_if = {"service.latency=soon"}}).error().text(), HasSubstr("service.latency"));
  EXPECT_THAT(fork->change(0, {.what_if = {"nothing=1"}}).error().text(), HasSubstr("has no field \"nothing\""));
  EXPECT_THAT(fork->change(0, {.what_if = {"seed=5"}}).error().text(), HasSubstr("stays as it was recorded"));
  const auto change = fork->change(0, {.approved = {"not a path"}});
  ASSERT_TRUE(change);
  const auto report = fork->run(*change, {});
  ASSERT_FALSE(report) << "the engine refuses such settings";
  EXPECT_THAT(report.error().text(), HasSubstr("exceptions.approved[0].path"));
  EXPECT_FALSE(Fork::open({.path = folder.path("missing.hfr")}));
}

TEST(Fork, OfADumpGoesOnFromItsState) {
  const TemporaryFolder folder;
  const ScenarioRun run = run_file(good_scenario(story(kAllows)));
  for (std::size_t first = 2; first < run.steps.size(); ++first) {
    engine::Engine engine;
    std::vector<v1::Output> outputs;
    auto writer = RecordingWriter::create(folder.path("dump.hfr"), {});
    ASSERT_TRUE(writer);
    for (std::size_t i = 0; i < run.steps.size(); ++i) {
      if (i == first) {
        ASSERT_TRUE(writer->write(engine.snapshot()));
      }
      if (i >= first) {
        ASSERT_TRUE(writer->write(run.steps[i].input));
      }
      engine.step(run.steps[i].input, outputs);
    }
    ASSERT_TRUE(writer->close());
    const Forked same = forked(folder.path("dump.hfr"), 0, {});
    EXPECT_THAT(same.marks, IsEmpty()) << first;
    EXPECT_TRUE(run.log.ends_with(same.log)) << first;
  }
}

}  // namespace
}  // namespace holdfast
