// Real recordings through the importer and the production engine, with every event set to Assess.
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/core/engine.h"
#include "engine/monitoring/operation_target.h"
#include "engine/path/registry_path.h"
#include "engine/path/windows_path.h"
#include "sensors/import/import.h"
#include "tests/corpus/corpus_files.h"
#include "tests/corpus/corpus_table.h"
#include "tests/corpus/timeline.h"

namespace holdfast {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
  return result;
}

bool contains(std::string_view text, std::string_view part) {
  return lower(text).find(lower(part)) != std::string::npos;
}

v1::Settings assess_everything() {
  v1::Settings settings;
  settings.set_name("assess everything");
  settings.mutable_event_monitoring()->set_enabled(true);
  return settings;
}

v1::Settings signatures_settle_questions_only() {
  v1::Settings settings = assess_everything();
  settings.set_signature_settles(v1::ASK_ONLY);
  return settings;
}

v1::Settings approving(const std::string& path) {
  v1::Settings settings = assess_everything();
  settings.mutable_exceptions()->add_approved()->set_path(path);
  return settings;
}

// Plays a recording as it is imported, and keeps what the test asks about.
class Played final : public ImportSink {
 public:
  explicit Played(v1::Settings settings = assess_everything()) : settings_(std::move(settings)) {}

  Expected<void> begin(const v1::RecordingHeader& header) override {
    v1::Input input;
    input.set_sequence(1);
    v1::AgentStarted& started = *input.mutable_agent_started();
    *started.mutable_profile() = header.profile();
    *started.mutable_settings() = settings_;
    started.set_wall_ns(header.started_wall_ns());
    step(input);
    return {};
  }

  Expected<void> take(const v1::Input& imported) override {
    v1::Input input = imported;
    input.set_sequence(imported.sequence() + 1);
    const v1::Operation& operation = imported.operation();
    engine::describe_target(operation, paths_, path_, key_, target_);
    acts.emplace(lower(operation.actor_image()), lower(target_));
    timeline.take(operation);
    if (operation.actor().start_ns() != 0) ++with_start;
    check_start(operation);
    step(input);
    return {};
  }

  std::vector<v1::Violation> violations;
  std::vector<v1::Verdict> seen;                       // some rule saw the operation
  std::set<std::pair<std::string, std::string>> acts;  // program and target of every operation, in lower case
  v1::ImportSummary summary;
  RecordedTimeline timeline;
  std::uint64_t with_start = 0;  // operations whose actor's start is known: only Sysmon tells it
  std::uint64_t ignored = 0;     // inputs that the engine called senseless
  std::string first_ignored;
  std::uint64_t starts = 0;          // process starts with a GUID
  std::uint64_t starts_on_time = 0;  // whose GUID tells the second of the event, or the one before

  static bool is_settled(const v1::Verdict& verdict) {
    return !verdict.logged() && verdict.decision() == v1::Verdict::ALLOW;
  }
  static bool names(const v1::Verdict& verdict, v1::MonitoredEvent event) {
    return std::ranges::any_of(verdict.reason(), [&](const v1::Reason& reason) {
      return reason.code() == v1::MONITORED_EVENT_SEEN && reason.number() == event;
    });
  }
  bool did(std::string_view program, std::string_view target) const {
    return std::ranges::any_of(
        acts, [&](const auto& act) { return contains(act.first, program) && contains(act.second, target); });
  }

 private:
  void step(const v1::Input& input) {
    outputs_.clear();
    engine_.step(input, outputs_);
    for (const v1::Output& output : outputs_) {
      if (output.has_violation()) violations.push_back(output.violation());
      if (output.has_verdict() && output.verdict().event() != v1::MONITORED_EVENT_UNSPECIFIED)
        seen.push_back(output.verdict());
      if (output.has_input_ignored() && ignored++ == 0)
        first_ignored = output.input_ignored().what() + ": " + output.input_ignored().reason();
    }
  }

  void check_start(const v1::Operation& operation) {
    if (!operation.has_process_start() || operation.process_start().start_ns() == 0) return;
    ++starts;
    const std::uint64_t event_s = operation.wall_ns() / 1'000'000'000;
    const std::uint64_t guid_s = operation.process_start().start_ns() / 1'000'000'000;
    if (guid_s <= event_s + 1 && event_s <= guid_s + 2) ++starts_on_time;
  }

  v1::Settings settings_;
  engine::Engine engine_;
  std::vector<v1::Output> outputs_;
  engine::PathNormaliser paths_{v1::AgentProfile()};
  engine::WindowsPath path_;
  engine::RegistryPath key_;
  std::string target_;
};

// Of a violation or a verdict.
template <typename Output>
bool matches(const Output& output, const CorpusRow& row) {
  return output.event() == row.event && contains(output.program(), row.program) &&
         contains(output.target(), row.target);
}

class Corpus : public ::testing::Test {
 protected:
  static std::unique_ptr<Played> play(const std::string& file, const v1::Settings& settings) {
    auto played = std::make_unique<Played>(settings);
    const auto report = import_events({(corpus_folder() / file).string()}, *played, {});
    if (!report) {
      ADD_FAILURE() << report.error().text();
      return nullptr;
    }
    played->summary = report->summary;
    return played;
  }

  // With everything set to Assess; each file is played once, however many rows name it.
  static const Played* play(const std::string& file) {
    static std::map<std::string, std::unique_ptr<Played>> cache;
    std::unique_ptr<Played>& played = cache[file];
    if (played == nullptr) played = play(file, assess_everything());
    return played.get();
  }

  static std::string seen(const Played& played) {
    std::map<std::string, std::uint64_t> lines;
    for (const v1::Violation& violation : played.violations) {
      ++lines[v1::MonitoredEvent_Name(violation.event()) + " " + violation.rule() + " " + violation.program() + " -> " +
              violation.target()];
    }
    std::string text;
    std::size_t shown = 0;
    for (const auto& [line, count] : lines) {
      if (++shown > 40) break;
      text += "  " + std::to_string(count) + " x " + line + "\n";
    }
    if (text.empty()) text = "  nothing was logged\n";
    lines.clear();
    for (const v1::Verdict& verdict : played.seen) {
      if (!Played::is_settled(verdict)) continue;
      ++lines[v1::MonitoredEvent_Name(verdict.event()) + " " + verdict.program() + " -> " + verdict.target() +
              " because " + v1::ReasonCode_Name(verdict.because())];
    }
    for (const auto& [line, count] : lines) {
      if (++shown > 80) break;
      text += "  settled: " + std::to_string(count) + " x " + line + "\n";
    }
    return text;
  }
};

// The JSON event files of the collections that publish JSON.
std::vector<std::string> json_files() {
  std::vector<std::string> files;
  for (const char* collection : {"OTRF+Security-Datasets", "SigmaHQ+sigma"})
    std::ranges::copy(files_with(corpus_folder() / collection, {".json", ".jsoncls", ".zip", ".gz"}),
                      std::back_inserter(files));
  return files;
}

TEST_F(Corpus, EveryJsonFileImportsAndReplays) {
  const std::vector<std::string> files = json_files();
  EXPECT_GE(files.size(), 180U);
  std::uint64_t sysmon_mapped = 0;
  std::uint64_t sysmon_unmapped = 0;
  std::uint64_t starts = 0;
  std::uint64_t starts_on_time = 0;
  std::uint64_t events = 0;
  std::uint64_t event_bytes = 0;
  for (const std::string& file : files) {
    Played played;
    const auto report = import_events({file}, played, {});
    if (file.find("auditd") != std::string::npos) {  // Linux: none of its events is Windows'
      EXPECT_FALSE(report);
      continue;
    }
    ASSERT_TRUE(report) << report.error().text();
    EXPECT_EQ(report->summary.malformed(), 0U)
        << file << ": " << (report->malformed.empty() ? "" : report->malformed.front().text());
    EXPECT_EQ(played.ignored, 0U) << file << ": " << played.first_ignored;
    expect_timeline(file, played.timeline);
    for (const v1::UnmappedEvent& kind : report->summary.unmapped_event()) {
      const bool operation =
          kind.event_id() >= 1 && kind.event_id() <= 29 && kind.event_id() != 4 && kind.event_id() != 16;
      if (kind.provider() == "Microsoft-Windows-Sysmon" && operation) sysmon_unmapped += kind.events();
    }
    sysmon_mapped += played.with_start;
    starts += played.starts;
    starts_on_time += played.starts_on_time;
    events += report->summary.events();
    event_bytes += report->event_bytes;
  }
  std::printf(
      "  %zu files, %llu MB of JSON, %llu events; Sysmon events 1-29 without meaning: %llu; GUIDs that tell the start: "
      "%llu of %llu\n",
      files.size(), static_cast<unsigned long long>(event_bytes / 1'000'000), static_cast<unsigned long long>(events),
      static_cast<unsigned long long>(sysmon_unmapped), static_cast<unsigned long long>(starts_on_time),
      static_cast<unsigned long long>(starts));
  expect_long_recordings_met({".json", ".jsoncls", ".zip", ".gz"});
  EXPECT_LE(sysmon_unmapped * 100, sysmon_mapped) << "at least 99 % of Sysmon's events are mapped";
  EXPECT_GE(starts_on_time * 100, starts * 99);
}

// The violations that a row speaks of.
std::vector<const v1::Violation*> violations_of(const Played& played, const CorpusRow& row) {
  std::vector<const v1::Violation*> found;
  for (const v1::Violation& violation : played.violations) {
    if (matches(violation, row)) found.push_back(&violation);
  }
  return found;
}

void expect_row(const CorpusRow& row, const Played& played,
                const std::function<std::unique_ptr<Played>(const v1::Settings&)>& again) {
  const std::vector<const v1::Violation*> logged = violations_of(played, row);
  const auto settled = [&](const v1::Verdict& verdict) { return matches(verdict, row) && Played::is_settled(verdict); };
  switch (row.expectation) {
    case Expectation::kLogged: EXPECT_FALSE(logged.empty()) << "not seen"; break;
    case Expectation::kNotLogged:
      EXPECT_TRUE(played.did(row.program, row.target)) << "the benign operation is not in the recording";
      EXPECT_TRUE(logged.empty()) << "seen though benign";
      break;
    case Expectation::kSettled:
      EXPECT_TRUE(logged.empty()) << "logged though trusted";
      EXPECT_TRUE(std::ranges::any_of(played.seen, settled)) << "no rule saw it";
      break;
    case Expectation::kSettledBySignature: {
      EXPECT_TRUE(logged.empty()) << "logged though signed";
      EXPECT_TRUE(std::ranges::any_of(played.seen, settled)) << "no rule saw it";
      const auto strict = again(signatures_settle_questions_only());
      ASSERT_NE(strict, nullptr);
      EXPECT_FALSE(violations_of(*strict, row).empty()) << "not logged though signatures settle questions only";
      break;
    }
    case Expectation::kNamedBeside:
      EXPECT_TRUE(std::ranges::any_of(played.seen, [&](const v1::Verdict& verdict) {
        return contains(verdict.program(), row.program) && contains(verdict.target(), row.target) &&
               verdict.event() != row.event && Played::names(verdict, row.event);
      })) << "no chain of reasons names it beside another event";
      break;
    case Expectation::kQuietOnceApproved: {
      ASSERT_FALSE(logged.empty()) << "not seen";
      const auto approved = again(approving(logged.front()->program()));
      ASSERT_NE(approved, nullptr);
      EXPECT_TRUE(violations_of(*approved, row).empty()) << "logged though approved: " << logged.front()->program();
      break;
    }
    case Expectation::kNoProgramTold:
      EXPECT_FALSE(logged.empty()) << "not seen";
      for (const v1::Violation* violation : logged) EXPECT_EQ(violation->program(), "") << violation->target();
      break;
    case Expectation::kRecorded: EXPECT_TRUE(played.did(row.program, row.target)) << "not recorded"; break;
  }
}

TEST_F(Corpus, ShowsWhatTheTableSays) {
  for (const CorpusRow& row : corpus_table()) {
    const std::string file(row.file);
    const Played* played = play(file);
    if (played == nullptr) continue;
    SCOPED_TRACE(v1::MonitoredEvent_Name(row.event) + " by \"" + std::string(row.program) + "\" on \"" +
                 std::string(row.target) + "\" in " + file + "\n" + seen(*played));
    expect_row(row, *played, [&](const v1::Settings& settings) { return play(file, settings); });
  }
  EXPECT_GE(corpus_table().size(), 58U);
}

}  // namespace
}  // namespace holdfast
