// The chain as a table: the page that explains it is true, and the order of any two neighbours matters.
#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <sstream>

#include "engine/judgement/judge.h"
#include "engine/text/check.h"
#include "tests/support/repository.h"

namespace holdfast::engine {
namespace {

std::string_view in_words(Stage::When when) {
  switch (when) {
    case Stage::When::kOpen: return "open";
    case Stage::When::kPassing: return "passing";
    case Stage::When::kAsking: return "asking";
  }
  return "";
}

TEST(Chain, IsAsItsPageSays) {
  std::ifstream page(in_repository("docs/decisions/017-parts.md"));
  std::string line;
  std::vector<std::string> rows;
  bool in_table = false;
  while (std::getline(page, line)) {
    if (line.starts_with("| stage |")) in_table = true;
    if (in_table && !line.starts_with("|")) break;
    if (in_table && !line.starts_with("| stage |") && !line.starts_with("|---")) {
      rows.push_back(line.substr(0, line.find('|', line.find('|', 1) + 1) + 1));
    }
  }
  std::vector<std::string> stages;
  for (const Stage& stage : chain_of_judgement()) {
    stages.push_back("| " + std::string(stage.name) + " | " + std::string(in_words(stage.when)) + " |");
  }
  EXPECT_EQ(rows, stages);
}

// Everything that a matter needs, and what to change of it.
class Bench {
 public:
  explicit Bench(const v1::Settings& settings) : law(make(settings)), reputation(lookups, step, &found) {
    step.begin(first(), outputs);
    program.key = {.start_ns = 7, .pid = 7};
    program.signature = v1::SIGNATURE_STATUS_NONE;
    set_image("C:\\Downloads\\setup.exe");
    operation.set_hold(v1::HOLD_CAPABILITY_PRE_EXECUTION);
    operation.mutable_registry_set()->set_key("HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run");
    operation.mutable_registry_set()->set_value("Updater");
  }

  void set_image(const std::string& path) {
    program.set_image(std::make_shared<const WindowsPath>(law.paths->normalise(path)));
  }

  // The judgement as text, under a chain.
  std::string judged(std::span<const Stage> chain) {
    Judge judge(chain);
    const Judgement& judgement = judge.judge({.operation = operation,
                                              .program = program,
                                              .creator = nullptr,
                                              .law = law,
                                              .tables = default_tables(),
                                              .downloads = downloads,
                                              .reputation = reputation,
                                              .remembered = remembered});
    std::ostringstream text;
    text << static_cast<int>(judgement.outcome) << ' ' << static_cast<int>(judgement.grounds) << ' ' << judgement.event;
    for (const v1::Reason& reason : judgement.reasons) text << ' ' << v1::ReasonCode_Name(reason.code());
    return text.str();
  }

  Law law;
  Step step;
  Lookups lookups;
  FindingStates found;
  Reputation reputation;
  DownloadLedger downloads;
  RememberedAnswers remembered;
  ProcessRow program;
  v1::Operation operation;

 private:
  static Law make(const v1::Settings& settings) {
    v1::AgentProfile profile;
    profile.set_platform(v1::WINDOWS_10_X64);
    profile.set_web_reputation_enabled(true);
    auto law = make_law(settings, profile, true, default_tables());
    check(law.has_value(), "the settings of a test are good");
    return std::move(*law);
  }
  static v1::Input first() {
    v1::Input input;
    input.set_sequence(1);
    return input;
  }
  std::vector<v1::Output> outputs;
};

v1::Settings settings(v1::MonitoredEventPolicy::Action action) {
  v1::Settings settings;
  settings.mutable_event_monitoring()->set_enabled(true);
  v1::MonitoredEventPolicy& policy = *settings.mutable_event_monitoring()->add_policy();
  policy.set_event(v1::NEW_STARTUP_PROGRAM);
  policy.set_do_(action);
  return settings;
}

// Cases in which one stage after the other has something to say.
std::vector<std::unique_ptr<Bench>> benches() {
  std::vector<std::unique_ptr<Bench>> all;
  const auto add = [&](const v1::Settings& with) -> Bench& { return *all.emplace_back(std::make_unique<Bench>(with)); };
  const auto ask = settings(v1::MonitoredEventPolicy::ASK_WHEN_NECESSARY);
  v1::Settings off;
  add(off);
  add(ask);
  auto listed = ask;
  listed.mutable_exceptions()->add_blocked()->set_path("C:\\Downloads\\setup.exe");
  listed.mutable_exceptions()->add_approved()->set_path("C:\\Downloads\\*");
  add(listed);
  add(listed).operation.mutable_process_start()->set_pid(7);
  auto approved = ask;
  approved.mutable_exceptions()->add_approved()->set_path("C:\\Downloads\\*");
  add(approved).program.signature = v1::SIGNATURE_STATUS_VALID;
  auto certified = ask;
  certified.mutable_certified_safe_software()->set_enabled(true);
  certified.mutable_certified_safe_software()->set_service_url("https://csss.example");
  Bench& known = add(certified);
  known.program.sha256 = std::string(32, 'x');
  known.found.Add()->set_purpose(v1::HttpRequest::CERTIFIED_SAFE_SOFTWARE);
  known.found.Mutable(0)->set_verdict(v1::SafeSoftwareAnswer::SAFE);
  Bench& known_and_signed = add(certified);
  known_and_signed.program.sha256 = known.program.sha256;
  *known_and_signed.found.Add() = known.found.Get(0);
  known_and_signed.program.signature = v1::SIGNATURE_STATUS_VALID;
  add(settings(v1::MonitoredEventPolicy::DENY)).program.signature = v1::SIGNATURE_STATUS_VALID;
  auto newly = ask;
  newly.mutable_newly_encountered()->set_enabled(true);
  newly.mutable_certified_safe_software()->set_service_url("https://csss.example");
  Bench& start = add(newly);
  start.operation.mutable_process_start()->set_pid(7);
  v1::Download download;
  download.set_path("C:\\Downloads\\setup.exe");
  download.set_channel(v1::Download::CHANNEL_HTTP);
  download.set_sha256(std::string(32, 'x'));
  start.downloads.add(download, 0, *start.law.paths);
  start.found.Add()->set_purpose(v1::HttpRequest::PREVALENCE);
  Bench& copy_of_system_file = add(newly);
  copy_of_system_file.set_image("C:\\Downloads\\svchost.exe");
  copy_of_system_file.operation.Clear();
  copy_of_system_file.operation.mutable_process_start()->set_image("C:\\Downloads\\svchost.exe");
  download.set_path("C:\\Downloads\\svchost.exe");
  copy_of_system_file.downloads.add(download, 0, *copy_of_system_file.law.paths);
  download.set_path("C:\\Downloads\\setup.exe");
  Bench& answered = add(newly);
  answered.operation = start.operation;
  // No setting lets an answer about such a program be remembered; a later one may.
  answered.law.effective.newly_encountered.policy.remember = v1::REMEMBER_UNTIL_EXIT;
  answered.downloads.add(download, 0, *answered.law.paths);
  *answered.found.Add() = start.found.Get(0);
  v1::EngineState state;
  state.add_remembered()->set_event(v1::NEWLY_ENCOUNTERED_PROGRAM);
  state.mutable_remembered(0)->mutable_process()->set_pid(7);
  state.mutable_remembered(0)->mutable_process()->set_start_ns(7);
  check(answered.remembered.load(state, 10).has_value(), "a test's answer is a good one");
  return all;
}

TEST(Chain, ComesOutOtherwiseInEveryOtherOrderOfTwoNeighbours) {
  const auto chain = chain_of_judgement();
  const auto all = benches();
  std::vector<std::string> right;
  for (const auto& bench : all) right.push_back(bench->judged(chain));
  for (std::size_t first = 0; first + 1 < chain.size(); ++first) {
    std::vector<Stage> exchanged(chain.begin(), chain.end());
    std::swap(exchanged[first], exchanged[first + 1]);
    bool noticed = false;
    for (std::size_t i = 0; i < all.size(); ++i) noticed = noticed || all[i]->judged(exchanged) != right[i];
    EXPECT_TRUE(noticed) << chain[first].name << " and " << chain[first + 1].name;
  }
}

}  // namespace
}  // namespace holdfast::engine
