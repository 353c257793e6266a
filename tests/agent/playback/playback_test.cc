#include "agent/playback/playback.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "agent/playback/differing_fields.h"
#include "tests/agent/flight/story_of_an_agent.h"

namespace holdfast {
namespace {

// A recording in memory: every input with its outputs, and a snapshot after each hundred inputs.
std::vector<v1::Record> recorded(const ScenarioRun& story) {
  std::vector<v1::Record> records;
  for (std::size_t i = 0; i < story.steps.size(); ++i) {
    if (i % 100 == 0) *records.emplace_back().mutable_snapshot() = engine_after(story, i).snapshot();
    *records.emplace_back().mutable_input() = story.steps[i].input;
    for (const v1::Output& output : story.steps[i].outputs) *records.emplace_back().mutable_output() = output;
  }
  return records;
}

struct Played {
  std::vector<PlaybackDifference> differences;
  Playback playback;
};

Played play(const std::vector<v1::Record>& records, const engine::Tables& tables = engine::default_tables()) {
  Played played{.differences = {}, .playback = Playback(tables)};
  for (const v1::Record& record : records) {
    auto difference = played.playback.take(record);
    EXPECT_TRUE(difference);
    if (difference && *difference) played.differences.push_back(**difference);
  }
  if (auto last = played.playback.end()) played.differences.push_back(*last);
  return played;
}

// The records with `change` made to the first that it takes.
std::vector<v1::Record> changed(std::vector<v1::Record> records, const std::function<bool(v1::Record&)>& change) {
  for (v1::Record& record : records) {
    if (change(record)) break;
  }
  return records;
}

TEST(Playback, SaysAgainWhatWasRecorded) {
  const ScenarioRun story = story_of_an_agent();
  const Played played = play(recorded(story));
  EXPECT_TRUE(played.differences.empty());
  EXPECT_EQ(played.playback.fidelity().inputs, story.steps.size());
  EXPECT_GT(played.playback.fidelity().outputs, 50U);
  EXPECT_EQ(played.playback.fidelity().equal_outputs, played.playback.fidelity().outputs);
  EXPECT_GT(played.playback.fidelity().states, 2U);
  EXPECT_EQ(played.playback.fidelity().equal(), played.playback.fidelity().compared());
  EXPECT_TRUE(played.playback.began_with_snapshot());
}

TEST(Playback, MayBeginAtAnySnapshot) {
  const ScenarioRun story = story_of_an_agent();
  std::vector<v1::Record> records = recorded(story);
  std::size_t second = 1;
  while (!records[second].has_snapshot()) ++second;
  records.erase(records.begin(), records.begin() + static_cast<std::ptrdiff_t>(second));
  const Played played = play(records);
  EXPECT_TRUE(played.differences.empty());
  EXPECT_EQ(played.playback.fidelity().inputs, story.steps.size() - 100);
}

TEST(Playback, FindsAChangedOutput) {
  const ScenarioRun story = story_of_an_agent();
  const Played played = play(changed(recorded(story), [](v1::Record& record) {
    if (!record.output().has_verdict()) return false;
    record.mutable_output()->mutable_verdict()->set_held_ns(17);
    return true;
  }));
  ASSERT_EQ(played.differences.size(), 1U);
  EXPECT_EQ(played.differences[0].recorded->verdict().held_ns(), 17U);
  EXPECT_NE(played.differences[0].replayed->verdict().held_ns(), 17U);
  EXPECT_EQ(played.differences[0].fields, std::vector<std::string>{"verdict.held_ns"});
  EXPECT_EQ(played.playback.fidelity().equal_outputs + 1, played.playback.fidelity().outputs);
}

TEST(Playback, FindsAnOutputThatIsMissing) {
  std::vector<v1::Record> records = recorded(story_of_an_agent());
  while (!records.back().has_output()) records.pop_back();
  const v1::Output last = records.back().output();
  records.pop_back();
  const Played played = play(records);
  ASSERT_EQ(played.differences.size(), 1U);
  EXPECT_FALSE(played.differences[0].recorded.has_value());
  EXPECT_EQ(played.differences[0].replayed->SerializeAsString(), last.SerializeAsString());
  EXPECT_EQ(played.playback.fidelity().equal() + 1, played.playback.fidelity().compared());
}

TEST(Playback, FindsAnOutputTooMany) {
  std::vector<v1::Record> records = recorded(story_of_an_agent());
  records.emplace_back().mutable_output()->mutable_warning();
  const Played played = play(records);
  ASSERT_EQ(played.differences.size(), 1U);
  EXPECT_TRUE(played.differences[0].recorded->has_warning());
  EXPECT_FALSE(played.differences[0].replayed.has_value());
}

TEST(Playback, FindsAnotherStateAtALaterSnapshot) {
  std::vector<v1::Record> records = recorded(story_of_an_agent());
  while (!records.back().has_snapshot()) records.pop_back();
  records.back().mutable_snapshot()->set_next_violation_id(99);
  const Played played = play(records);
  ASSERT_EQ(played.differences.size(), 1U);
  EXPECT_FALSE(played.differences[0].recorded.has_value());
  EXPECT_FALSE(played.differences[0].replayed.has_value());
  EXPECT_EQ(played.differences[0].fields, std::vector<std::string>{"next_violation_id"});
  EXPECT_EQ(played.playback.fidelity().equal_states + 1, played.playback.fidelity().states);
}

// Otherwise one difference would make everything different that follows, and a share of what is equal would mean
// nothing.
TEST(Playback, GoesOnFromTheRecordedStateAfterADifference) {
  const Played played = play(changed(recorded(story_of_an_agent()), [](v1::Record& record) {
    if (!record.input().has_agent_started()) return false;
    record.mutable_input()->mutable_agent_started()->mutable_settings()->mutable_event_monitoring()->set_enabled(false);
    return true;
  }));
  ASSERT_GT(played.differences.size(), 2U);
  for (const PlaybackDifference& difference : played.differences) EXPECT_LE(difference.sequence, 100U);
  const Fidelity& fidelity = played.playback.fidelity();
  EXPECT_GT(fidelity.equal_outputs, 50U);
  EXPECT_EQ(fidelity.equal_states + 1, fidelity.states);
}

TEST(Playback, CountsInputsThatWereLostAndComparesNoStateBehindThem) {
  std::vector<v1::Record> records = recorded(story_of_an_agent());
  std::size_t snapshot = 1;
  while (!records[snapshot].has_snapshot()) ++snapshot;
  std::size_t first_lost = snapshot;
  while (!records[first_lost].has_input() || records[first_lost].input().sequence() != 91) --first_lost;
  const Fidelity whole = play(records).playback.fidelity();
  records.erase(records.begin() + static_cast<std::ptrdiff_t>(first_lost),
                records.begin() + static_cast<std::ptrdiff_t>(snapshot));
  const Played played = play(records);
  EXPECT_TRUE(played.differences.empty());
  EXPECT_EQ(played.playback.fidelity().inputs_lost, 10U);
  EXPECT_EQ(played.playback.fidelity().inputs + 10, whole.inputs);
  EXPECT_EQ(played.playback.fidelity().states + 1, whole.states);
}

TEST(Playback, FindsAnotherEngine) {
  engine::Tables other = engine::default_tables();
  other.cloud.attempt_timeout_ms = 5'000;
  EXPECT_FALSE(play(recorded(story_of_an_agent()), other).differences.empty());
}

TEST(DifferingFields, AreNamedByTheirPathAndNoMoreThanWanted) {
  v1::Output recorded;
  recorded.mutable_verdict()->add_reason()->set_number(1);
  v1::Output now = recorded;
  EXPECT_TRUE(differing_fields(recorded, now, 1).empty());
  now.mutable_verdict()->mutable_reason(0)->set_number(2);
  now.mutable_verdict()->add_reason();
  now.mutable_verdict()->set_logged(true);
  using Names = std::vector<std::string>;
  EXPECT_EQ(differing_fields(recorded, now, 3),
            (Names{"verdict.reason[0].number", "verdict.reason[1]", "verdict.logged"}));
  EXPECT_EQ(differing_fields(recorded, now, 1), (Names{"verdict.reason[0].number", "…"}));
  now.mutable_warning();
  EXPECT_EQ(differing_fields(recorded, now, 3), (Names{"verdict", "warning"}));
}

TEST(Playback, RefusesASnapshotThatNoEngineCanBeginWith) {
  v1::Record record;
  record.mutable_snapshot()->set_version(99);
  Playback playback;
  const auto refused = playback.take(record);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().field, "version");
}

}  // namespace
}  // namespace holdfast
