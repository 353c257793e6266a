#include "sensors/recording/recording_sensor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sensors/recording/recording_files.h"

namespace holdfast {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Timers = RecordingSensor::Timers;

v1::Input timer_fired(std::uint64_t sequence, std::uint64_t at_ns) {
  v1::Input input;
  input.set_sequence(sequence);
  input.set_at_ns(at_ns);
  input.mutable_timer_fired()->set_timer_id(1);
  return input;
}

class RecordingSensorTest : public testing::Test {
 protected:
  void record(const std::vector<v1::Input>& inputs) {
    auto writer = RecordingWriter::create(path_, v1::RecordingHeader(), {.compression_level = 1, .chunk_bytes = 200});
    v1::EngineState snapshot;
    snapshot.set_version(1);
    ASSERT_TRUE(writer->write(snapshot));
    for (const v1::Input& input : inputs) {
      ASSERT_TRUE(writer->write(input));
      ASSERT_TRUE(writer->write(verdict_of(input.sequence())));
    }
    ASSERT_TRUE(writer->close());
  }

  RecordingSensor sensor(Timers timers = Timers::kFromHost) {
    return {std::move(*RecordingReader::open(path_)),
            [this](std::uint64_t at_ns) { clock_.push_back(at_ns); },
            {.timers = timers}};
  }

  // What one call gives, as a word: "kEnd", "deadline", "3@30" (sequence at time) or an error.
  static std::string step(RecordingSensor& sensor, std::uint64_t until_ns) {
    v1::Input input;
    const auto next = sensor.next(until_ns, input);
    if (!next) return next.error().text();
    switch (*next) {
      case Sensor::Next::kEnd: return "end";
      case Sensor::Next::kDeadline: return "deadline";
      case Sensor::Next::kInput: return std::to_string(input.sequence()) + "@" + std::to_string(input.at_ns());
    }
    return "";
  }

  const TestFolder folder_;
  const std::string path_ = folder_.file("a.hfr");
  std::vector<std::uint64_t> clock_;
};

TEST_F(RecordingSensorTest, PlaysInputsAndNothingElse) {
  record({input_at(1, 10), input_at(2, 20)});
  auto played = sensor();
  v1::Input input;
  ASSERT_EQ(played.next(Sensor::kForever, input).value(), Sensor::Next::kInput);
  EXPECT_EQ(input.SerializeAsString(), input_at(1, 10).SerializeAsString());
  ASSERT_EQ(played.next(Sensor::kForever, input).value(), Sensor::Next::kInput);
  EXPECT_EQ(input.SerializeAsString(), input_at(2, 20).SerializeAsString());
  EXPECT_EQ(played.next(Sensor::kForever, input).value(), Sensor::Next::kEnd);
  EXPECT_EQ(played.next(Sensor::kForever, input).value(), Sensor::Next::kEnd) << "and for ever";
}

TEST_F(RecordingSensorTest, MovesTheClockToEachInputAndToEachDeadline) {
  record({input_at(1, 10), input_at(2, 10), input_at(3, 30)});
  auto played = sensor();
  EXPECT_EQ(step(played, Sensor::kForever), "1@10");
  EXPECT_EQ(step(played, 25), "2@10");
  EXPECT_EQ(step(played, 25), "deadline");
  EXPECT_EQ(step(played, 40), "3@30");
  EXPECT_THAT(clock_, ElementsAre(10, 25, 30));
}

TEST_F(RecordingSensorTest, ADeadlineAtTheTimeOfAnInputComesFirst) {
  record({input_at(1, 10)});
  auto played = sensor();
  EXPECT_EQ(step(played, 10), "deadline");
  EXPECT_EQ(step(played, 11), "1@10");
}

TEST_F(RecordingSensorTest, AfterTheLastInputTimersStillReachTheirTime) {
  record({input_at(1, 10)});
  auto played = sensor();
  EXPECT_EQ(step(played, 20), "1@10");
  EXPECT_EQ(step(played, 500), "deadline");
  EXPECT_EQ(step(played, Sensor::kForever), "end");
  EXPECT_THAT(clock_, ElementsAre(10, 500));
}

TEST_F(RecordingSensorTest, TheClockNeverGoesBackWithAnInputThatDoes) {
  record({input_at(1, 100), input_at(2, 50), input_at(3, 120)});
  auto played = sensor();
  EXPECT_EQ(step(played, Sensor::kForever), "1@100");
  EXPECT_EQ(step(played, Sensor::kForever), "2@50");
  EXPECT_EQ(step(played, Sensor::kForever), "3@120");
  EXPECT_THAT(clock_, ElementsAre(100, 120));
}

TEST_F(RecordingSensorTest, LeavesRecordedTimersToTheHost) {
  record({input_at(1, 10), timer_fired(2, 20), input_at(3, 30)});
  auto played = sensor(Timers::kFromHost);
  EXPECT_EQ(step(played, Sensor::kForever), "1@10");
  EXPECT_EQ(step(played, Sensor::kForever), "3@30");
  EXPECT_EQ(step(played, Sensor::kForever), "end");
  EXPECT_EQ(played.skipped_timers(), 1u);
}

TEST_F(RecordingSensorTest, PlaysRecordedTimersToVerify) {
  record({input_at(1, 10), timer_fired(2, 20), input_at(3, 30)});
  auto played = sensor(Timers::kRecorded);
  EXPECT_EQ(step(played, Sensor::kForever), "1@10");
  EXPECT_EQ(step(played, Sensor::kForever), "2@20");
  EXPECT_EQ(step(played, Sensor::kForever), "3@30");
  EXPECT_EQ(played.skipped_timers(), 0u);
}

TEST_F(RecordingSensorTest, FailsOnDamageAndCanGoOnBehindIt) {
  record({input_at(1, 10), input_at(2, 20), input_at(3, 30), input_at(4, 40)});
  FileBytes bytes = read_bytes(path_);
  const std::string key = "KCHUNK";
  auto second = std::search(bytes.begin() + 100, bytes.end(), key.begin() + 1, key.end());
  ASSERT_NE(second, bytes.end());
  *(second + 20) ^= 0xFF;
  write_bytes(path_, bytes);

  auto played = sensor();
  std::vector<std::string> steps;
  for (int calls = 0; calls < 10 && (steps.empty() || steps.back() != "end"); ++calls) {
    steps.push_back(step(played, Sensor::kForever));
  }
  EXPECT_THAT(steps, ::testing::Contains(HasSubstr("reading resumes")).Times(1));
  EXPECT_EQ(steps.back(), "end");
  EXPECT_FALSE(played.reader().torn());
}

}  // namespace
}  // namespace holdfast
