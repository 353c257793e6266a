// The power goes at any moment, on disks that tear writes, store pages in another order, are full or slow. Each point
// ends an agent at a random moment, lets the simulated disk decide what is left, and recovers from that.
//
// Compared with what the test itself knows: the engine's state after each input, which inputs a finished sync covered,
// and when each was handed to the system.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/flight/flight_recorder.h"
#include "agent/flight/recovery.h"
#include "engine/text/units.h"
#include "sensors/recording/recording.h"
#include "sim/world/random.h"
#include "tests/agent/flight/story_of_an_agent.h"
#include "tests/support/effort.h"
#include "tests/support/simulated_disk.h"

namespace holdfast {
namespace {

constexpr const char* kFolder = "ring";
constexpr std::uint32_t kPointsPerStep = test::kOneIn == 1 ? 7 : 2;
constexpr std::uint32_t kLives = HOLDFAST_LIVES;  // of each mode; each lives through the whole story

struct Mode {
  const char* name;
  PowerCut kind;
  std::uint64_t sync_ns_min;
  std::uint64_t sync_ns_max;
  std::uint64_t sync_after_ns;
  bool fills_up;
};

constexpr Mode kModes[] = {
    {"torn", PowerCut::kTorn, 5 * kMillisecond_ns, 150 * kMillisecond_ns, kSecond_ns, false},
    {"reordered", PowerCut::kReordered, 5 * kMillisecond_ns, 150 * kMillisecond_ns, kSecond_ns, false},
    {"full", PowerCut::kReordered, 5 * kMillisecond_ns, 150 * kMillisecond_ns, kSecond_ns, true},
    {"slow", PowerCut::kReordered, 100 * kMillisecond_ns, 2 * kSecond_ns, kSecond_ns / 2, false},
};

std::string state_of(const engine::Engine& engine) { return engine.snapshot().SerializeAsString(); }

// What happened, and what the engine knew after each of its inputs.
struct Story {
  ScenarioRun run = story_of_an_agent();
  std::vector<std::string> states;                // by inputs taken
  std::vector<std::vector<std::string>> told_by;  // violations, by inputs taken

  Story() {
    engine::Engine engine;
    states.push_back(state_of(engine));
    told_by.emplace_back();
    for (const Step& step : run.steps) {
      std::vector<v1::Output> outputs;
      engine.step(step.input, outputs);
      states.push_back(state_of(engine));
      std::vector<std::string>& told = told_by.emplace_back(told_by.back());
      for (const v1::Output& output : outputs) {
        if (output.has_violation()) told.push_back(output.violation().SerializeAsString());
      }
    }
  }
  std::size_t size() const { return run.steps.size(); }
  const v1::Input& input(std::size_t i) const { return run.steps[i].input; }
  std::uint64_t at_ns(std::size_t i) const { return input(i).at_ns(); }
};

const Story& story() {
  static const Story told;
  return told;
}

struct Figures {
  std::uint64_t points = 0;
  std::uint64_t recovered = 0;
  std::uint64_t torn = 0;
  std::uint64_t events_lost_max = 0;
  std::uint64_t lost_ns_max = 0;      // the longest that anything lost had been with the system
  std::uint64_t violations_lost = 0;  // that somebody had been told
  std::uint64_t violations_new = 0;   // told by the next agent
  std::uint64_t inputs_refused = 0;   // by the full disk
  std::uint64_t syncs = 0;
  std::uint64_t syncs_late = 0;
  std::uint64_t power_cuts_survived = 0;  // by one life
};

// An agent with its disk and its syncing thread, as one sequence of moments.
class Life {
 public:
  Life(const Mode& mode, std::uint64_t seed, Figures& figures)
      : mode_(mode), figures_(figures), random_(seed), disk_(512ULL << random_.below(4)) {
    options_ = {.folder = kFolder,
                .bytes_max = 16'000,
                .segment_bytes_max = random_.between(1'000, 5'000),
                .segment_ns_max = random_.between(3, 9) * kSecond_ns,
                .unflushed_ns_max = random_.below(2) * kSecond_ns,
                .retry_after_ns = kSecond_ns,
                .sync_after_ns = mode.sync_after_ns,
                .snapshot_part_bytes = 700};  // most snapshots are longer
    begin(engine::Engine(), 0);
  }

  void run() {
    for (std::size_t i = 0; i < story().size() && !::testing::Test::HasFatalFailure(); ++i) {
      live_through(i);
      const std::uint64_t until_ns = i + 1 < story().size() ? story().at_ns(i + 1) + behind_ns_ : now_ns_ + kSecond_ns;
      for (std::uint32_t point = 0; point < kPointsPerStep; ++point) {
        advance_to(random_.between(now_ns_, until_ns));
        power_cut();
      }
      if (random_.below(60) == 0 && !is_full_) i = survive_power_cut() - 1;
    }
    count_syncs();
  }

 private:
  struct Handed {
    std::uint64_t at_ns = 0;
    std::size_t inputs = 0;
  };

  void begin(engine::Engine engine, std::size_t inputs) {
    engine_ = std::move(engine);
    auto recorder = FlightRecorder::create(engine_, header_of_an_agent(), options_, disk_);
    ASSERT_TRUE(recorder) << recorder.error().text();
    recorder_.emplace(std::move(*recorder));
    inputs_ = inputs;
    handed_ = {{.at_ns = now_ns_, .inputs = inputs}};
    job_.reset();
    stored_bytes_.clear();
    longest_sync_ns_ = 0;
    born_ns_ = now_ns_;
  }

  void live_through(std::size_t i) {
    advance_to(story().at_ns(i) + behind_ns_);
    fill_up_or_free();
    const FlightRecorder::Status before = recorder_->status();
    const std::uint64_t appended = disk_.appended_bytes();
    const std::uint64_t syncs = disk_.syncs();
    std::vector<v1::Output> outputs;
    engine_.step(story().input(i), outputs);
    ASSERT_TRUE(recorder_->on_step(story().input(i), outputs));
    ASSERT_EQ(disk_.syncs(), syncs) << "a held program would have waited for the medium";
    inputs_ = i + 1;
    const FlightRecorder::Status after = recorder_->status();
    const bool was_refused = after.inputs_lost != before.inputs_lost;
    const bool begun = after.segments != before.segments;
    if (begun || (!was_refused && disk_.appended_bytes() != appended)) {
      handed_.push_back({.at_ns = now_ns_, .inputs = inputs_});
    }
    figures_.inputs_refused += was_refused ? 1 : 0;
  }

  void fill_up_or_free() {
    if (!mode_.fills_up || random_.below(25) != 0) return;
    is_full_ = !is_full_;
    disk_.set_free_bytes(is_full_ ? random_.below(2'000) : UINT64_MAX);
  }

  // The syncing thread's part.
  void advance_to(std::uint64_t now_ns) {
    Syncer& syncer = recorder_->syncer();
    while (true) {
      const std::uint64_t next_ns = std::max(job_ ? disk_.idle_at_ns() : born_ns_ + syncer.due_ns(), now_ns_);
      if (next_ns > now_ns) break;
      now_ns_ = next_ns;
      disk_.advance_to(now_ns_);
      if (job_) {
        finish_sync(syncer);
      } else {
        begin_sync(syncer);
      }
    }
    now_ns_ = now_ns;
    disk_.advance_to(now_ns);
  }

  void begin_sync(Syncer& syncer) {
    job_ = syncer.take(now_ns_ - born_ns_);
    if (!job_) return;
    disk_.set_sync_ns(random_.between(mode_.sync_ns_min, mode_.sync_ns_max));
    begun_ns_ = now_ns_;
    covered_ = handed_.back().inputs;
    covered_bytes_ = contents(disk_);
    outcome_ = job_->run(disk_);
    ASSERT_FALSE(outcome_.error) << outcome_.error->text();
  }

  void finish_sync(Syncer& syncer) {
    syncer.done(*job_, outcome_, now_ns_ - born_ns_);
    job_.reset();
    stored_ = covered_;
    stored_bytes_ = std::move(covered_bytes_);
    longest_sync_ns_ = std::max(longest_sync_ns_, now_ns_ - begun_ns_);
  }

  // The age from which on everything that was handed to the system must be there: one wait for a sync to begin, and the
  // sync.
  std::uint64_t bound_ns() const {
    const std::uint64_t running_ns = job_ ? now_ns_ - begun_ns_ : 0;
    const std::uint64_t sync_ns = std::max(longest_sync_ns_, running_ns);
    return std::max(options_.sync_after_ns, sync_ns) + sync_ns;
  }

  std::size_t handed_before(std::uint64_t ns) const {
    const auto later = std::ranges::lower_bound(handed_, ns, {}, &Handed::at_ns);
    return later == handed_.begin() ? 0 : std::prev(later)->inputs;
  }

  void power_cut() {
    SimulatedDisk left = disk_.after_power_cut(mode_.kind, random_);
    auto recovered = recover(kFolder, engine::default_tables(), left);
    ASSERT_TRUE(recovered) << recovered.error().text();
    ++figures_.points;
    const std::uint64_t bound = bound_ns();
    const std::size_t certain = now_ns_ > bound ? handed_before(now_ns_ - bound) : 0;
    if (!*recovered) {
      ASSERT_FALSE(stored_) << "a snapshot was stored, and none is found";
      ASSERT_EQ(certain, 0U);
      return;
    }
    ++figures_.recovered;
    figures_.torn += (*recovered)->torn ? 1 : 0;
    const std::size_t kept = (*recovered)->next_sequence - 1;
    ASSERT_LE(kept, inputs_) << "somebody invented an input";
    ASSERT_GE(kept, stored_.value_or(0)) << "stored, and lost";
    ASSERT_GE(kept, certain) << "lost beyond the bound of " << bound / kMillisecond_ns << " ms";
    ASSERT_EQ(state_of((*recovered)->engine), story().states[kept]);
    count_loss(kept);
    check_violations(**recovered, kept);
    if (figures_.points % 8 != 0) return;
    check_segments(left);
    check_stored_bytes(left);
  }

  void count_loss(std::size_t kept) {
    figures_.events_lost_max = std::max<std::uint64_t>(figures_.events_lost_max, inputs_ - kept);
    const auto lost = std::ranges::upper_bound(handed_, kept, {}, &Handed::inputs);
    if (lost != handed_.end()) figures_.lost_ns_max = std::max(figures_.lost_ns_max, now_ns_ - lost->at_ns);
  }

  // Somebody elsewhere keeps the log, and knows a violation that comes again by its being equal.
  void check_violations(Recovered& recovered, std::size_t kept) {
    std::vector<std::string> log = story().told_by[inputs_];
    const std::size_t told = log.size();
    figures_.violations_lost += told - story().told_by[kept].size();
    if (kept == 0) return;
    const auto hear = [&](const v1::Output& output) {
      if (!output.has_violation()) return;
      std::string violation = output.violation().SerializeAsString();
      if (std::ranges::find(log, violation) == log.end()) log.push_back(std::move(violation));
    };
    std::ranges::for_each(recovered.unconfirmed, hear);
    ASSERT_EQ(log.size(), told) << "what was told comes again as it was";
    v1::Input next = blocked_service();
    next.set_sequence(recovered.next_sequence);
    next.set_at_ns(recovered.at_ns + kSecond_ns);
    next.mutable_operation()->set_id(1'000'000);
    next.mutable_operation()->set_wall_ns(next.operation().wall_ns() + 3'600 * kSecond_ns);
    std::vector<v1::Output> outputs;
    recovered.engine.step(next, outputs);
    std::ranges::for_each(outputs, hear);
    const auto violations = std::ranges::count_if(outputs, [](const v1::Output& each) { return each.has_violation(); });
    ASSERT_EQ(log.size(), told + static_cast<std::size_t>(violations)) << "a new violation is missing from the log";
    figures_.violations_new += static_cast<std::uint64_t>(violations);
  }

  static const v1::Input& blocked_service() {
    const auto tells = [](const Step& step) {
      return step.input.has_operation() && step.input.operation().has_service_install();
    };
    return std::ranges::find_if(story().run.steps, tells)->input;
  }

  // By segment, whatever its name is at the moment.
  static std::map<std::string, std::string> contents(SimulatedDisk& disk) {
    std::map<std::string, std::string> contents;
    const auto listed = disk.list(kFolder);
    for (const Disk::Entry& entry : *listed) {
      contents[entry.name.substr(0, entry.name.find('.'))] = disk.content(std::string(kFolder) + '/' + entry.name);
    }
    return contents;
  }

  // Also of segments that recovery does not need: somebody may ask for the last minutes.
  void check_stored_bytes(SimulatedDisk& left) {
    const auto here = contents(disk_);
    const auto there = contents(left);
    for (const auto& [segment, bytes] : stored_bytes_) {
      if (!here.contains(segment)) continue;  // the ring gave it up since
      ASSERT_TRUE(there.contains(segment)) << segment << " was stored, and is gone";
      ASSERT_TRUE(there.at(segment).starts_with(bytes)) << segment << " was stored, and its end is gone";
    }
  }

  // Whatever is read, in whatever segment: it was recorded so.
  void check_segments(SimulatedDisk& left) {
    const auto listed = left.list(kFolder);
    for (const Disk::Entry& entry : *listed) {
      auto reader = RecordingReader::open(std::string(kFolder) + '/' + entry.name, left);
      if (!reader) continue;
      v1::Record record;
      std::size_t next = 0;
      std::size_t output = 0;
      bool has_hole = true;
      while (true) {
        const auto read = reader->next(record);
        if (read && *read == RecordingReader::Next::kEnd) break;
        has_hole = has_hole || !read;
        if (!read) continue;
        if (record.has_snapshot()) {
          next = record.snapshot().last_sequence();
          ASSERT_EQ(record.snapshot().SerializeAsString(), story().states[next]);
          has_hole = false;
        } else if (record.has_input()) {
          if (has_hole) next = record.input().sequence() - 1;
          ASSERT_EQ(record.input().SerializeAsString(), story().input(next).SerializeAsString());
          ++next;
          output = 0;
        } else if (!has_hole) {
          ASSERT_EQ(record.output().SerializeAsString(),
                    story().run.steps[next - 1].outputs.at(output++).SerializeAsString());
        }
      }
    }
  }

  // Goes on with what is left. Gives how many inputs that is: the world then says the others again.
  std::size_t survive_power_cut() {
    SimulatedDisk left = disk_.after_power_cut(mode_.kind, random_);
    auto recovered = recover(kFolder, engine::default_tables(), left);
    if (!recovered || !*recovered || (*recovered)->next_sequence > story().size()) return inputs_;
    count_syncs();
    recorder_.reset();
    disk_ = std::move(left);
    const std::size_t kept = (*recovered)->next_sequence - 1;
    begin(std::move((*recovered)->engine), kept);
    stored_ = kept;
    behind_ns_ = now_ns_ + kSecond_ns - story().at_ns(kept);
    ++figures_.power_cuts_survived;
    return kept;
  }

  void count_syncs() {
    figures_.syncs += recorder_->syncer().status().syncs;
    figures_.syncs_late += recorder_->syncer().status().syncs_late;
  }

  const Mode& mode_;
  Figures& figures_;
  Random random_;
  SimulatedDisk disk_;
  FlightRecorder::Options options_;
  engine::Engine engine_;
  std::optional<FlightRecorder> recorder_;
  std::uint64_t now_ns_ = 0;
  std::uint64_t born_ns_ = 0;    // when the syncing thread's time began
  std::uint64_t behind_ns_ = 0;  // how much later than in the story everything happens
  std::size_t inputs_ = 0;
  bool is_full_ = false;
  std::vector<Handed> handed_;
  std::optional<Syncer::Job> job_;
  Syncer::Outcome outcome_;
  std::uint64_t begun_ns_ = 0;
  std::size_t covered_ = 0;
  std::map<std::string, std::string> covered_bytes_;
  std::map<std::string, std::string> stored_bytes_;
  std::optional<std::size_t> stored_;  // inputs that a finished sync covers; nothing: none has finished
  std::uint64_t longest_sync_ns_ = 0;
};

void print(const Mode& mode, const Figures& figures) {
  const auto number = [](std::uint64_t value) { return static_cast<unsigned long long>(value); };
  std::printf(
      "  %-9s %llu points, %llu recovered, %llu torn; lost at most %llu events, %llu ms; %llu violations told and "
      "lost; "
      "%llu syncs, %llu late; %llu inputs refused; %llu power cuts survived\n",
      mode.name, number(figures.points), number(figures.recovered), number(figures.torn),
      number(figures.events_lost_max), number(figures.lost_ns_max / kMillisecond_ns), number(figures.violations_lost),
      number(figures.syncs), number(figures.syncs_late), number(figures.inputs_refused),
      number(figures.power_cuts_survived));
}

class PowerCuts : public ::testing::TestWithParam<Mode> {};

TEST_P(PowerCuts, LeaveWhatWasStoredAndLoseNothingBeyondTheBound) {
  const Mode& mode = GetParam();
  Figures figures;
  for (std::uint64_t seed = 1; seed <= kLives && !HasFatalFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Life(mode, seed, figures).run();
  }
  print(mode, figures);
  EXPECT_GE(figures.points, kLives * kPointsPerStep * 400U);
  EXPECT_GT(figures.torn, figures.points / 10);
  EXPECT_EQ(figures.syncs_late > 0, mode.sync_ns_max > mode.sync_after_ns);
  EXPECT_EQ(figures.inputs_refused > 0, mode.fills_up);
  EXPECT_GT(figures.power_cuts_survived, 0U);
  EXPECT_GT(figures.violations_new, 0U);
}

INSTANTIATE_TEST_SUITE_P(Disks, PowerCuts, ::testing::ValuesIn(kModes),
                         [](const auto& mode) { return std::string(mode.param.name); });

}  // namespace
}  // namespace holdfast
