#include "agent/playback.h"

#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "tests/agent/story_of_an_agent.h"

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
  EXPECT_EQ(played.playback.inputs(), story.steps.size());
  EXPECT_GT(played.playback.outputs(), 50U);
  EXPECT_EQ(played.playback.equal_outputs(), played.playback.outputs());
  EXPECT_GT(played.playback.snapshots(), 3U);
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
  EXPECT_EQ(played.playback.inputs(), story.steps.size() - 100);
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
  EXPECT_EQ(played.playback.equal_outputs() + 1, played.playback.outputs());
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
  std::uint64_t snapshots = 0;
  const Played played = play(changed(recorded(story_of_an_agent()), [&](v1::Record& record) {
    if (!record.has_snapshot() || ++snapshots != 2) return false;
    record.mutable_snapshot()->set_next_violation_id(99);
    return true;
  }));
  ASSERT_EQ(played.differences.size(), 1U);
  EXPECT_FALSE(played.differences[0].recorded.has_value());
  EXPECT_FALSE(played.differences[0].replayed.has_value());
}

TEST(Playback, FindsAnotherEngine) {
  engine::Tables other = engine::default_tables();
  other.cloud.attempt_timeout_ms = 5'000;
  EXPECT_FALSE(play(recorded(story_of_an_agent()), other).differences.empty());
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
