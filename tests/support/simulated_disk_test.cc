// What the simulated disk may lose, and what it may not: the tests that rest on it are worth as much as this.
#include "tests/support/simulated_disk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace holdfast {
namespace {

using ::testing::IsEmpty;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

constexpr int kCuts = 2'000;
constexpr std::uint64_t kPage = 1024;

std::vector<std::uint8_t> some(char c, std::size_t bytes) {
  return std::vector<std::uint8_t>(bytes, static_cast<std::uint8_t>(c));
}

std::set<std::string> names(SimulatedDisk& disk) {
  std::set<std::string> names;
  const auto listed = disk.list("f");
  for (const Disk::Entry& entry : *listed) names.insert(entry.name);
  return names;
}

// "f/a" with 700 bytes 'a' on the medium, and behind them 5,000 bytes 'b' that are not.
SimulatedDisk half_stored() {
  SimulatedDisk disk(kPage);
  auto file = disk.create("f/a", "f/a");
  EXPECT_TRUE((*file)->append(some('a', 700)));
  EXPECT_TRUE(disk.sync_file("f/a"));
  EXPECT_TRUE(disk.sync_folder("f"));
  disk.advance_to(1);
  EXPECT_TRUE((*file)->append(some('b', 5'000)));
  return disk;
}

TEST(SimulatedDisk, KeepsWhatWasStoredThroughEveryPowerCut) {
  Random random(1);
  for (int i = 0; i < kCuts; ++i) {
    const PowerCut kind = i % 2 == 0 ? PowerCut::kTorn : PowerCut::kReordered;
    const SimulatedDisk left = half_stored().after_power_cut(kind, random);
    ASSERT_THAT(left.content("f/a"), StartsWith(std::string(700, 'a')));
    ASSERT_LE(left.content("f/a").size(), 5'700U);
  }
}

TEST(SimulatedDisk, TearsAtEveryPlaceAndInventsNothing) {
  Random random(2);
  std::set<std::size_t> sizes;
  for (int i = 0; i < kCuts; ++i) {
    const SimulatedDisk left = half_stored().after_power_cut(PowerCut::kTorn, random);
    sizes.insert(left.content("f/a").size());
    ASSERT_EQ(left.content("f/a").find_first_not_of("ab"), std::string::npos);
  }
  EXPECT_GT(sizes.size(), 1'500U);
}

TEST(SimulatedDisk, ReordersPagesSoThatALaterOneIsThereAndAnEarlierIsNot) {
  Random random(3);
  int later_there = 0;
  int torn_inside = 0;
  for (int i = 0; i < kCuts; ++i) {
    const SimulatedDisk left = half_stored().after_power_cut(PowerCut::kReordered, random);
    const std::string& bytes = left.content("f/a");
    ASSERT_EQ(bytes.find_first_not_of(std::string("ab\0", 3)), std::string::npos);
    const std::size_t hole = bytes.find('\0');
    if (hole == std::string::npos) continue;
    later_there += bytes.find('b', hole) != std::string::npos ? 1 : 0;
    torn_inside += hole % kPage != 0 && hole > 700 ? 1 : 0;
  }
  EXPECT_GT(later_there, kCuts / 4);
  EXPECT_GT(torn_inside, kCuts / 4);
}

TEST(SimulatedDisk, LosesAFileWhoseNameWasNotStored) {
  SimulatedDisk disk;
  auto file = disk.create("f/a", "f/a");
  ASSERT_TRUE((*file)->append(some('a', 10)));
  ASSERT_TRUE(disk.sync_file("f/a"));
  disk.advance_to(1);
  Random random(4);
  int lost = 0;
  for (int i = 0; i < kCuts; ++i) {
    SimulatedDisk left = disk.after_power_cut(PowerCut::kReordered, random);
    lost += names(left).empty() ? 1 : 0;
  }
  EXPECT_GT(lost, kCuts / 4);
  EXPECT_LT(lost, kCuts * 3 / 4);
}

TEST(SimulatedDisk, RenamesWholeOrNotAtAll) {
  SimulatedDisk disk = half_stored();
  ASSERT_TRUE(disk.rename("f/a", "f/b"));
  Random random(5);
  std::set<std::set<std::string>> seen;
  for (int i = 0; i < kCuts; ++i) {
    SimulatedDisk left = disk.after_power_cut(PowerCut::kReordered, random);
    seen.insert(names(left));
  }
  EXPECT_THAT(seen, UnorderedElementsAre(std::set<std::string>{"a"}, std::set<std::string>{"b"}));
}

TEST(SimulatedDisk, HasStoredOnlyWhenASyncIsOver) {
  SimulatedDisk disk;
  auto file = disk.create("f/a", "f/a");
  ASSERT_TRUE((*file)->append(some('a', 10)));
  disk.set_sync_ns(100);
  ASSERT_TRUE(disk.sync_file("f/a"));
  ASSERT_TRUE(disk.sync_folder("f"));
  ASSERT_TRUE((*file)->append(some('b', 10)));
  EXPECT_EQ(disk.idle_at_ns(), 200U) << "one after the other";
  Random random(6);
  for (const std::uint64_t now_ns : {199U, 200U}) {
    disk.advance_to(now_ns);
    int whole = 0;
    int longer = 0;
    for (int i = 0; i < kCuts; ++i) {
      SimulatedDisk left = disk.after_power_cut(PowerCut::kTorn, random);
      if (names(left).empty()) continue;
      ++whole;
      longer += left.content("f/a").size() > 10 ? 1 : 0;
    }
    EXPECT_EQ(whole == kCuts, now_ns == 200) << now_ns;
    EXPECT_LT(longer, whole) << "what came during the sync is not part of it";
  }
}

TEST(SimulatedDisk, TakesAPartOfAWriteWhenItIsFull) {
  SimulatedDisk disk;
  auto file = disk.create("f/a", "f/a");
  disk.set_free_bytes(15);
  ASSERT_TRUE((*file)->append(some('a', 10)));
  EXPECT_FALSE((*file)->append(some('b', 10)));
  EXPECT_EQ(disk.content("f/a"), "aaaaaaaaaabbbbb");
  ASSERT_TRUE(disk.remove("f/a"));
  EXPECT_THAT(names(disk), IsEmpty());
  auto other = disk.create("f/b", "f/b");
  EXPECT_TRUE((*other)->append(some('c', 15))) << "there is room again";
}

}  // namespace
}  // namespace holdfast
