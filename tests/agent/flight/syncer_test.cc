// When the medium is asked to store what, and what the recorder may rely on.
#include "agent/flight/syncer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/text/units.h"

namespace holdfast {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

Syncer::Outcome all_stored(const Syncer::Job& job) { return {.files = job.files.size(), .error = {}}; }
Syncer::Outcome refused_at(std::size_t files) {
  return {.files = files, .error = Error{.where = "medium", .field = {}, .what = "is worn out", .remedy = {}}};
}

TEST(Syncer, StoresNothingWhereNothingWasWritten) {
  Syncer syncer("ring", kSecond_ns);
  EXPECT_FALSE(syncer.take(0));
  EXPECT_FALSE(syncer.take(10 * kSecond_ns));
  EXPECT_EQ(syncer.stored(), 0U);
}

TEST(Syncer, BeginsASyncEverySecondAsLongAsThereIsSomething) {
  Syncer syncer("ring", kSecond_ns);
  std::vector<std::uint64_t> begun;
  for (std::uint64_t now = 0; now < 5 * kSecond_ns; now += kSecond_ns / 10) {
    if (now < 3 * kSecond_ns) syncer.wrote(1, "ring/a", now + 1);
    const auto job = syncer.take(now);
    if (!job) continue;
    EXPECT_EQ(job->files.front().bytes, std::min(now, 29 * (kSecond_ns / 10)) + 1);
    begun.push_back(now / (kSecond_ns / 10));
    syncer.done(*job, all_stored(*job), now);
  }
  EXPECT_THAT(begun, ::testing::ElementsAre(0, 10, 20, 30)) << "tenths of seconds; everything is stored by then";
}

TEST(Syncer, StoresClosedSegmentsBeforeTheOpenOneAndNamesLast) {
  Syncer syncer("ring", kSecond_ns);
  syncer.wrote(1, "ring/1.partial", 10);
  syncer.wrote(1, "ring/1", 12);
  syncer.wrote(2, "ring/2.partial", 7);
  const auto job = syncer.take(0);
  ASSERT_TRUE(job);
  ASSERT_THAT(job->files, SizeIs(2));
  EXPECT_EQ(job->files[0].path, "ring/1");
  EXPECT_EQ(job->files[1].path, "ring/2.partial");
  EXPECT_TRUE(job->syncs_folder);
  syncer.done(*job, all_stored(*job), 1);
  EXPECT_EQ(syncer.stored(), 2U);
  syncer.wrote(2, "ring/2.partial", 9);
  const auto next = syncer.take(kSecond_ns);
  ASSERT_TRUE(next);
  EXPECT_THAT(next->files, SizeIs(1));
  EXPECT_FALSE(next->syncs_folder) << "no name changed";
}

TEST(Syncer, RunsOneSyncAtATime) {
  Syncer syncer("ring", kSecond_ns);
  syncer.wrote(1, "ring/1", 10);
  const auto job = syncer.take(0);
  ASSERT_TRUE(job);
  syncer.wrote(1, "ring/1", 20);
  EXPECT_FALSE(syncer.take(9 * kSecond_ns));
  EXPECT_TRUE(syncer.status().is_running);
  syncer.done(*job, all_stored(*job), 9 * kSecond_ns);
  EXPECT_TRUE(syncer.take(9 * kSecond_ns)) << "what came meanwhile is due";
}

TEST(Syncer, CountsWhatWaitedForTooLong) {
  Syncer syncer("ring", kSecond_ns);
  std::uint64_t now = 0;
  for (const std::uint64_t takes_ns : {kSecond_ns / 2, kSecond_ns, 3 * kSecond_ns, kSecond_ns / 2}) {
    syncer.wrote(1, "ring/1", now + 1);
    now = std::max(now, syncer.due_ns());
    const auto job = syncer.take(now);
    ASSERT_TRUE(job);
    now += takes_ns;
    syncer.done(*job, all_stored(*job), now);
  }
  // The third; and the fourth, which stores what was written while the third went on.
  EXPECT_EQ(syncer.status().syncs, 4U);
  EXPECT_EQ(syncer.status().syncs_late, 2U);
  EXPECT_EQ(syncer.status().exposed_ns_max, 4 * kSecond_ns);
}

TEST(Syncer, IsToldNothingOfASegmentThatIsNotWholeOnTheMedium) {
  Syncer syncer("ring", kSecond_ns);
  syncer.wrote(1, "ring/1", 10);
  const auto job = syncer.take(0);
  ASSERT_TRUE(job);
  EXPECT_EQ(syncer.stored(), 0U) << "it is only going on";
  syncer.done(*job, {.files = 1, .error = refused_at(1).error}, 1);
  EXPECT_EQ(syncer.stored(), 0U) << "its name is not stored";
  EXPECT_THAT(syncer.status().last_error, HasSubstr("worn out"));
  const auto again = syncer.take(kSecond_ns);
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->syncs_folder);
  syncer.done(*again, all_stored(*again), kSecond_ns);
  EXPECT_EQ(syncer.stored(), 1U);
}

TEST(Syncer, GivesUpASegmentThatTheMediumRefused) {
  Syncer syncer("ring", kSecond_ns);
  EXPECT_TRUE(syncer.wrote(1, "ring/1", 10));
  const auto job = syncer.take(0);
  ASSERT_TRUE(job);
  syncer.done(*job, refused_at(0), 1);
  EXPECT_EQ(syncer.status().syncs_failed, 1U);
  EXPECT_FALSE(syncer.wrote(1, "ring/1", 20)) << "another should begin";
  const auto again = syncer.take(kSecond_ns);
  ASSERT_TRUE(again) << "it is asked for all the same";
  syncer.done(*again, all_stored(*again), kSecond_ns);
  EXPECT_EQ(syncer.stored(), 0U) << "and not relied upon";
  EXPECT_TRUE(syncer.wrote(2, "ring/2", 10));
}

// The recorder goes on while a sync does: the disk then rightly knows no such file.
TEST(Syncer, TakesNoRenamingForAFailure) {
  for (const bool is_told_before_it_fails : {false, true}) {
    Syncer syncer("ring", kSecond_ns);
    syncer.wrote(1, "ring/1.partial", 10);
    const auto job = syncer.take(0);
    ASSERT_TRUE(job);
    syncer.renames(1);
    if (is_told_before_it_fails) syncer.wrote(1, "ring/1", 12);
    syncer.done(*job, refused_at(0), 1);
    EXPECT_EQ(syncer.status().syncs_failed, 0U);
    syncer.wrote(1, "ring/1", 12);
    const auto again = syncer.take(1);
    ASSERT_TRUE(again) << "at once";
    EXPECT_EQ(again->files.front().path, "ring/1");
    EXPECT_EQ(again->since_ns, 0U) << "nothing of it was stored";
    syncer.done(*again, refused_at(0), 1);
    EXPECT_EQ(syncer.status().syncs_failed, 1U) << "now it is one";
  }
}

TEST(Syncer, TakesNoRemovalForAFailure) {
  Syncer syncer("ring", kSecond_ns);
  syncer.wrote(1, "ring/1", 10);
  const auto job = syncer.take(0);
  ASSERT_TRUE(job);
  syncer.removes(1);
  syncer.done(*job, refused_at(0), 1);
  EXPECT_EQ(syncer.status().syncs_failed, 0U);
  const auto again = syncer.take(1);
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->files.empty()) << "its name is all that is left of it";
}

// On a slow disk a small ring goes all around while one sync is going on.
TEST(Syncer, KeepsTheSegmentThatTheSyncGoingOnWillHaveStored) {
  Syncer syncer("ring", kSecond_ns);
  syncer.wrote(1, "ring/1", 10);
  auto job = syncer.take(0);
  ASSERT_TRUE(job);
  EXPECT_THAT(syncer.kept(), ::testing::ElementsAre(0, 1));
  syncer.done(*job, all_stored(*job), 1);
  EXPECT_THAT(syncer.kept(), ::testing::ElementsAre(1, 0));
  syncer.wrote(2, "ring/2", 10);
  syncer.wrote(3, "ring/3.partial", 10);
  job = syncer.take(kSecond_ns);
  ASSERT_TRUE(job);
  syncer.removes(2);
  EXPECT_THAT(syncer.kept(), ::testing::ElementsAre(1, 3));
  syncer.done(*job, refused_at(1), kSecond_ns);
  EXPECT_THAT(syncer.kept(), ::testing::ElementsAre(1, 0));
}

TEST(Syncer, KeepsWhatAnEarlierRunLeftUntilItHasSomethingNewer) {
  Syncer syncer("ring", kSecond_ns);
  syncer.found(7, "ring/7", 10);
  syncer.wrote(8, "ring/8.partial", 10);
  EXPECT_EQ(syncer.stored(), 7U);
  const auto job = syncer.take(0);
  ASSERT_TRUE(job);
  EXPECT_THAT(job->files, SizeIs(2)) << "a killed agent's last words may not be stored either";
  syncer.done(*job, all_stored(*job), 1);
  EXPECT_EQ(syncer.stored(), 8U);
}

}  // namespace
}  // namespace holdfast
