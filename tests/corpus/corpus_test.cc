// Real recordings through the importer and the production engine, with every event set to Assess.
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/engine.h"
#include "sensors/import/import.h"
#include "tests/corpus/corpus_table.h"

namespace holdfast {
namespace {

namespace fs = std::filesystem;

fs::path corpus() { return fs::path(HOLDFAST_SOURCE_DIR).parent_path() / "shared" / "corpus"; }

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

// Plays a recording as it is imported, and keeps what the test asks about.
class Played final : public ImportSink {
 public:
  Expected<void> begin(const v1::RecordingHeader& header) override {
    v1::Input input;
    input.set_sequence(1);
    v1::AgentStarted& started = *input.mutable_agent_started();
    *started.mutable_profile() = header.profile();
    *started.mutable_settings() = assess_everything();
    started.set_wall_ns(header.started_wall_ns());
    step(input);
    return {};
  }

  Expected<void> take(const v1::Input& imported) override {
    v1::Input input = imported;
    input.set_sequence(imported.sequence() + 1);
    const v1::Operation& operation = imported.operation();
    if (operation.has_file_stream_create()) streams.push_back(operation.file_stream_create().path());
    ++actors[lower(operation.actor_image())];
    if (operation.actor().start_ns() != 0) ++with_start;
    check_start(operation);
    step(input);
    return {};
  }

  std::vector<v1::Violation> violations;
  std::vector<v1::Verdict> settled;  // a rule saw the operation, and nothing was logged
  std::vector<std::string> streams;
  std::map<std::string, std::uint64_t> actors;
  std::uint64_t with_start = 0;  // operations whose actor's start is known: only Sysmon tells it
  std::uint64_t ignored = 0;     // inputs that the engine called senseless
  std::string first_ignored;
  std::uint64_t starts = 0;          // process starts with a GUID
  std::uint64_t starts_on_time = 0;  // whose GUID tells the second of the event, or the one before

  static bool is_settled(const v1::Verdict& verdict) {
    const bool rule_matched = std::ranges::any_of(
        verdict.reason(), [](const v1::Reason& reason) { return reason.code() == v1::MONITORED_EVENT_SEEN; });
    return rule_matched && !verdict.logged() && verdict.decision() == v1::Verdict::ALLOW;
  }

 private:
  void step(const v1::Input& input) {
    outputs_.clear();
    engine_.step(input, outputs_);
    for (const v1::Output& output : outputs_) {
      if (output.has_violation()) violations.push_back(output.violation());
      if (output.has_verdict() && is_settled(output.verdict())) settled.push_back(output.verdict());
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

  engine::Engine engine_;
  std::vector<v1::Output> outputs_;
};

class Corpus : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(corpus() / "README.md")) {
      GTEST_SKIP() << "\n*** THE CORPUS OF REAL RECORDINGS IS NOT HERE (" << corpus()
                   << "): NOTHING OF IT WAS TESTED ***";
    }
  }

  // Each file is played once, however many rows name it.
  static const Played* play(const std::string& file) {
    static std::map<std::string, std::unique_ptr<Played>> cache;
    std::unique_ptr<Played>& played = cache[file];
    if (played == nullptr) {
      played = std::make_unique<Played>();
      const auto report = import_events({(corpus() / file).string()}, *played, {});
      if (!report) {
        ADD_FAILURE() << report.error().text();
        return nullptr;
      }
    }
    return played.get();
  }

  // Of a violation or a verdict.
  template <typename Output>
  static bool matches(const Output& output, const CorpusRow& row) {
    return output.event() == row.event && contains(output.program(), row.program) &&
           contains(output.target(), row.target);
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
    for (const v1::Verdict& verdict : played.settled) {
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

// A JSON event file of the collections that publish JSON.
std::vector<std::string> json_files() {
  std::vector<std::string> files;
  for (const char* collection : {"OTRF+Security-Datasets", "SigmaHQ+sigma"}) {
    for (const auto& entry :
         fs::recursive_directory_iterator(corpus() / collection, fs::directory_options::follow_directory_symlink)) {
      const std::string extension = entry.path().extension().string();
      if (entry.is_regular_file() &&
          (extension == ".json" || extension == ".jsoncls" || extension == ".zip" || extension == ".gz"))
        files.push_back(entry.path().string());
    }
  }
  std::ranges::sort(files);
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
  std::uint64_t json_bytes = 0;
  for (const std::string& file : files) {
    Played played;
    const auto report = import_events({file}, played, {});
    ASSERT_TRUE(report) << report.error().text();
    EXPECT_EQ(report->summary.malformed(), 0U)
        << file << ": " << (report->malformed.empty() ? "" : report->malformed.front().text());
    EXPECT_EQ(played.ignored, 0U) << file << ": " << played.first_ignored;
    for (const v1::UnmappedEvent& kind : report->summary.unmapped_event()) {
      const bool operation =
          kind.event_id() >= 1 && kind.event_id() <= 29 && kind.event_id() != 4 && kind.event_id() != 16;
      if (kind.provider() == "Microsoft-Windows-Sysmon" && operation) sysmon_unmapped += kind.events();
    }
    sysmon_mapped += played.with_start;
    starts += played.starts;
    starts_on_time += played.starts_on_time;
    events += report->summary.events();
    json_bytes += report->json_bytes;
  }
  std::printf(
      "  %zu files, %llu MB of JSON, %llu events; Sysmon events 1-29 without meaning: %llu; GUIDs that tell the start: "
      "%llu of %llu\n",
      files.size(), static_cast<unsigned long long>(json_bytes / 1'000'000), static_cast<unsigned long long>(events),
      static_cast<unsigned long long>(sysmon_unmapped), static_cast<unsigned long long>(starts_on_time),
      static_cast<unsigned long long>(starts));
  EXPECT_LE(sysmon_unmapped * 100, sysmon_mapped) << "at least 99 % of Sysmon's events are mapped";
  EXPECT_GE(starts_on_time * 100, starts * 99);
}

TEST_F(Corpus, ShowsWhatTheTableSays) {
  std::size_t checked = 0;
  for (const CorpusRow& row : corpus_table()) {
    if (row.expectation == Expectation::kNeedsEvtx) continue;
    ++checked;
    const Played* played = play(std::string(row.file));
    if (played == nullptr) continue;
    const std::string what = v1::MonitoredEvent_Name(row.event) + " by \"" + std::string(row.program) + "\" on \"" +
                             std::string(row.target) + "\" in " + std::string(row.file);
    const auto found = std::ranges::count_if(played->violations,
                                             [&](const v1::Violation& violation) { return matches(violation, row); });
    switch (row.expectation) {
      case Expectation::kLogged: EXPECT_GT(found, 0) << "not seen: " << what << "\n" << seen(*played); break;
      case Expectation::kSettled:
        EXPECT_EQ(found, 0) << "logged though trusted: " << what << "\n" << seen(*played);
        EXPECT_TRUE(
            std::ranges::any_of(played->settled, [&](const v1::Verdict& verdict) { return matches(verdict, row); }))
            << "no rule saw it: " << what << "\n"
            << seen(*played);
        break;
      case Expectation::kNotLogged: {
        const bool there =
            std::ranges::any_of(played->actors, [&](const auto& actor) { return contains(actor.first, row.program); });
        EXPECT_TRUE(there) << "the benign program is not in the recording: " << what;
        EXPECT_EQ(found, 0) << "seen though benign: " << what << "\n" << seen(*played);
        break;
      }
      case Expectation::kRecorded:
        EXPECT_TRUE(std::ranges::any_of(played->streams, [&](const std::string& path) {
          return contains(path, row.target);
        })) << what;
        break;
      case Expectation::kNeedsEvtx: break;
    }
  }
  EXPECT_GE(checked, 25U);
}

TEST_F(Corpus, SaysLoudlyWhatNeedsTheEvtxReader) {
  std::size_t waiting = 0;
  for (const CorpusRow& row : corpus_table()) {
    if (row.expectation != Expectation::kNeedsEvtx) continue;
    ++waiting;
    EXPECT_TRUE(fs::exists(corpus() / row.file)) << row.file;
    std::printf("  needs the EVTX reader: %s\n", std::string(row.file).c_str());
  }
  std::printf("  *** %zu ROWS OF THE TABLE NEED THE EVTX READER AND WERE NOT TESTED ***\n", waiting);
  EXPECT_GT(waiting, 0U) << "nothing waits any more: drop this test";
}

}  // namespace
}  // namespace holdfast
