#include "sensors/import/event_sorter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "tests/sensors/import/import_fixture.h"
#include "tests/support/random.h"

namespace holdfast {
namespace {

using ::testing::HasSubstr;

struct Added {
  EventPlace place;
  std::uint64_t sequence = 0;  // in which it was added

  bool operator==(const Added&) const = default;
};

template <typename Value>
std::string refusal(const Expected<Value>& result) {
  return result ? "" : result.error().text();
}

class EventSorterTest : public ImportTest {
 protected:
  EventSorterOptions little_memory(std::size_t bytes) const {
    return {.runs_beside = path("out.hfr"), .memory_bytes_max = bytes};
  }

  // Adds `count` events at random places, some of them long.
  static Expected<std::vector<Added>> add(EventSorter& sorter, std::size_t count, std::uint64_t seed) {
    Random random(seed);
    std::vector<Added> added;
    v1::Input input;
    for (std::size_t i = 0; i < count; ++i) {
      const EventPlace place{
          .wall_ns = random.below(50), .log = static_cast<std::uint32_t>(random.below(3)), .number = random.below(4)};
      input.set_sequence(i);
      input.mutable_operation()->set_actor_image(std::string(random.below(10) == 0 ? 100'000 : random.below(50), 'x'));
      HOLDFAST_TRY_DO(sorter.add(place, input));
      added.push_back({place, i});
    }
    return added;
  }

  static Expected<std::vector<Added>> sorted(EventSorter& sorter) {
    std::vector<Added> given;
    HOLDFAST_TRY_DO(sorter.finish([&](const EventPlace& place, v1::Input& input) -> Expected<void> {
      given.push_back({place, input.sequence()});
      return {};
    }));
    return given;
  }

  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder_), {}));
  }
};

// The naive reference: everything in memory, and the library's own stable sort.
TEST_F(EventSorterTest, GivesTheOrderOfAStableSortWhateverFitsIntoMemory) {
  for (const std::size_t memory : {1'000U, 3'000U, 200'000U, 100'000'000U}) {
    for (const std::size_t count : {0U, 1U, 2U, 60U, 300U}) {
      EventSorter sorter(little_memory(memory));
      auto expected = add(sorter, count, memory + count);
      ASSERT_TRUE(expected) << expected.error().text();
      std::ranges::stable_sort(*expected, {}, &Added::place);
      if (count == 300) {
        EXPECT_EQ(files() > 1, memory < 100'000'000U) << memory << " bytes";
      }
      const auto given = sorted(sorter);
      ASSERT_TRUE(given) << given.error().text();
      EXPECT_EQ(*given, *expected);
    }
    EXPECT_EQ(files(), 0U) << "runs are removed";
  }
}

TEST_F(EventSorterTest, RemovesItsRunsAlsoWhereNobodyTakesThem) {
  {
    EventSorter sorter(little_memory(1'000));
    ASSERT_TRUE(add(sorter, 60, 1));
    EXPECT_GT(files(), 1U);
  }
  EXPECT_EQ(files(), 0U);
}

TEST_F(EventSorterTest, RefusesWhatItCannotKeep) {
  EventSorterOptions unnamed = little_memory(1'000);
  unnamed.runs_beside.clear();
  EventSorter nowhere(unnamed);
  EXPECT_THAT(refusal(add(nowhere, 60, 1)), HasSubstr("do not fit"));

  EventSorterOptions few = little_memory(1'000);
  few.runs_max = 2;
  EventSorter sorter(few);
  EXPECT_THAT(refusal(add(sorter, 60, 1)), HasSubstr("2 times over"));

  EventSorterOptions elsewhere = little_memory(1'000);
  elsewhere.runs_beside = path("missing/out.hfr");
  EventSorter no_folder(elsewhere);
  EXPECT_THAT(refusal(add(no_folder, 60, 1)), HasSubstr("missing"));
}

TEST_F(EventSorterTest, NoticesARunThatSomebodyCutOff) {
  EventSorter sorter(little_memory(1'000));
  ASSERT_TRUE(add(sorter, 60, 1));
  const std::filesystem::path run = folder_ / "out.hfr.run-1.partial";
  ASSERT_GT(std::filesystem::file_size(run), 1U);
  std::filesystem::resize_file(run, std::filesystem::file_size(run) - 1);
  EXPECT_THAT(refusal(sorted(sorter)), HasSubstr("changed while it was read"));
}

TEST_F(EventSorterTest, NoticesARunThatIsNoLongerSorted) {
  EventSorter sorter(little_memory(200'000));
  ASSERT_TRUE(add(sorter, 300, 1));
  std::fstream run(folder_ / "out.hfr.run-1.partial", std::ios::binary | std::ios::in | std::ios::out);
  run.write("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 8);  // the first event's time
  run.close();
  EXPECT_THAT(refusal(sorted(sorter)), HasSubstr("changed while it was read"));
}

TEST_F(EventSorterTest, StopsWhereNobodyTakesMore) {
  EventSorter sorter(little_memory(1'000));
  ASSERT_TRUE(add(sorter, 60, 1));
  std::size_t taken = 0;
  const auto ended = sorter.finish([&](const EventPlace&, v1::Input&) -> Expected<void> {
    if (++taken == 3) return failure("out.hfr", "the disk is full");
    return {};
  });
  EXPECT_THAT(refusal(ended), HasSubstr("the disk is full"));
  EXPECT_EQ(taken, 3U);
}

}  // namespace
}  // namespace holdfast
