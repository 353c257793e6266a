// The driver itself: that a seed is one life for ever, that its choices cover the menu, and that what it finds is cut
// down and written so that others can see it.
#include "sim/explore/explore.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "sim/explore/damaged_state.h"
#include "sim/explore/life.h"

namespace holdfast {
namespace {

const Material& material() {
  static const Material kMaterial = builtin_material();
  return kMaterial;
}

ExplorePlan plan(std::string_view mix = "all", std::uint64_t inputs = 1'000) {
  return {.material = &material(), .mix = find_mix(mix), .inputs = inputs, .restores = 20, .damaged_states = 10};
}

TEST(Explore, GivesTheSameLifeForTheSameSeed) {
  const SeedResult once = explore_seed(plan(), 7);
  const SeedResult again = explore_seed(plan(), 7);
  EXPECT_EQ(once.hash, again.hash);
  EXPECT_EQ(once.counts.outputs, again.counts.outputs);
  EXPECT_NE(once.hash, explore_seed(plan(), 8).hash);
}

TEST(Explore, ReportsTheSameForAnyNumberOfJobs) {
  const ExploreReport alone = explore(plan(), 1, 6, 1);
  const ExploreReport together = explore(plan(), 1, 6, 3);
  EXPECT_EQ(alone.hash, together.hash);
  EXPECT_EQ(alone.counts.inputs, together.counts.inputs);
  EXPECT_EQ(alone.failed.size(), together.failed.size());
}

TEST(Explore, TellsWhatItFoundUntilItWasInterrupted) {
  ExplorePlan interrupted = plan();
  std::uint64_t asked = 0;
  interrupted.stop = [&asked] { return ++asked > 2'500; };  // in the third life
  const ExploreReport report = explore(interrupted, 1, 6, 1);
  EXPECT_TRUE(report.interrupted);
  EXPECT_EQ(report.seeds, 2U);
  EXPECT_EQ(report.hash, explore(plan(), 1, 2, 1).hash) << "of the lives that are whole";
  EXPECT_FALSE(explore(plan(), 1, 2, 1).interrupted);
}

TEST(Explore, FindsNothingInALifeOfEachMix) {
  for (const Mix& mix : mixes()) {
    const SeedResult result = explore_seed(plan(mix.name, 2'000), 1);
    EXPECT_EQ(result.fault ? result.fault->what : "", "") << mix.name;
    EXPECT_EQ(result.counts.inputs, 2'000U);
    EXPECT_GT(result.counts.restores, 0U);
  }
}

TEST(Explore, LivesByBytesUntilTheyAreSpent) {
  std::vector<std::uint8_t> bytes(4'000);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i * 37 + i / 7);
  const SeedResult result = explore_bytes(plan(), bytes);
  EXPECT_GT(result.counts.inputs, 20U);
  EXPECT_LT(result.counts.inputs, 1'000U);
}

TEST(Mixes, HaveNamesOfTheirOwn) {
  std::set<std::string_view> names;
  for (const Mix& mix : mixes()) EXPECT_TRUE(names.insert(mix.name).second) << mix.name;
  EXPECT_EQ(find_mix("no such mix"), nullptr);
}

TEST(Swarm, LeavesOutEveryMoveInSomeSeedsAndTakesItInOthers) {
  std::set<std::size_t> left_out;
  std::set<std::size_t> taken;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Choices choices(seed);
    const Menu menu = draw_menu(*find_mix("all"), choices);
    for (std::size_t i = 0; i < kMoves; ++i) (menu.weights[i] == 0 ? left_out : taken).insert(i);
  }
  EXPECT_EQ(taken.size(), kMoves);
  EXPECT_EQ(left_out.size(), kMoves - 1) << "only operations are never left out";
}

TEST(Life, BringsEveryKindOfInput) {
  std::set<v1::Input::KindCase> kinds;
  std::set<v1::Operation::WhatCase> operations;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    std::vector<LifeEvent> events;
    explore_seed(plan("all", 2'000), seed, &events);
    for (const LifeEvent& event : events) {
      if (event.kind != LifeEvent::Kind::kInput) continue;
      kinds.insert(event.input.kind_case());
      if (event.input.has_operation()) operations.insert(event.input.operation().what_case());
    }
  }
  EXPECT_EQ(kinds.size(), 15U) << "fourteen kinds, and an empty one";
  EXPECT_GE(operations.size(), 11U);
}

TEST(Damage, AltersTheState) {
  v1::EngineState state;
  state.set_version(1);
  state.add_prompt()->set_prompt_id(3);
  state.mutable_cloud()->add_lookup()->set_lookup_id(9);
  const std::string whole = state.SerializeAsString();
  std::set<std::string> damaged;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    v1::EngineState copy = state;
    Choices choices(seed);
    damage(copy, choices);
    damaged.insert(copy.SerializeAsString());
  }
  damaged.erase(whole);
  EXPECT_GT(damaged.size(), 25U);
}

TEST(Probes, AreManyAndNamed) {
  std::set<std::string_view> names;
  for (const Probe& probe : all_probes()) {
    EXPECT_TRUE(names.insert(probe.name).second) << probe.name;
    EXPECT_EQ(probe.reached(Probes{}), 0U) << probe.name;
  }
  EXPECT_GE(names.size(), 30U);
}

}  // namespace
}  // namespace holdfast
