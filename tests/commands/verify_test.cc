// A scenario becomes a recording, and a recording is verified, as a person would.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "engine/core/engine.h"
#include "sensors/recording/recording.h"
#include "tests/commands/program.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class VerifyCommand : public ::testing::Test {
 protected:
  void SetUp() override {
    const Ran ran = holdfast_program({"record", kUserAway, "-o", recording()});
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_THAT(ran.out, AllOf(HasSubstr(" inputs, "), HasSubstr("next: holdfast verify " + recording())));
  }
  std::string recording() const { return folder_.path("a.hfr"); }

  // The recording again, with another decision in its first verdict.
  std::string with_another_verdict() const {
    auto reader = RecordingReader::open(recording());
    auto writer = RecordingWriter::create(folder_.path("changed.hfr"), reader->header());
    v1::Record record;
    bool changed = false;
    while (*reader->next(record) == RecordingReader::Next::kRecord) {
      if (record.has_input()) {
        EXPECT_TRUE(writer->write(record.input()));
        continue;
      }
      if (record.output().has_verdict() && !changed) {
        record.mutable_output()->mutable_verdict()->set_decision(v1::Verdict::TERMINATE);
        changed = true;
      }
      EXPECT_TRUE(writer->write(record.output()));
    }
    EXPECT_TRUE(changed);
    EXPECT_TRUE(writer->close());
    return folder_.path("changed.hfr");
  }

  TemporaryFolder folder_;
};

TEST_F(VerifyCommand, RefusesAStateThatNoEngineCanHaveBeenInAndNamesItsField) {
  v1::EngineState state = engine::Engine().snapshot();
  state.mutable_settings()->mutable_limits()->set_processes_max(1);
  for (const std::uint32_t pid : {4U, 8U}) state.add_process()->mutable_process()->set_pid(pid);
  auto writer = RecordingWriter::create(folder_.path("forged.hfr"), v1::RecordingHeader());
  ASSERT_TRUE(writer->write(state));
  ASSERT_TRUE(writer->close());
  const Ran ran = holdfast_program({"verify", folder_.path("forged.hfr")});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.err, HasSubstr("snapshot.process: has 2 rows, and limits.processes_max is 1"));
}

TEST_F(VerifyCommand, SaysThatNothingIsLeftOfARecording) {
  const std::uint64_t header_bytes = RecordingReader::open(recording())->offset_bytes();
  std::filesystem::resize_file(recording(), header_bytes);
  const Ran ran = holdfast_program({"verify", recording()});
  EXPECT_EQ(ran.exit_code, 1) << ran.out << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("  BAD   "), HasSubstr("nothing of it is left")));
}

// Each input in a chunk of its own, a state in the middle, and a byte changed before it.
TEST_F(VerifyCommand, GoesOnBehindDamageFromTheNextState) {
  auto reader = RecordingReader::open(recording());
  auto writer = RecordingWriter::create(folder_.path("damaged.hfr"), reader->header());
  engine::Engine engine;
  std::vector<v1::Output> outputs;
  v1::Record record;
  std::uint64_t inputs = 0;
  std::uint64_t damaged_at = 0;
  while (*reader->next(record) == RecordingReader::Next::kRecord) {
    if (!record.has_input()) {
      EXPECT_TRUE(writer->write(record.output()));
      continue;
    }
    if (inputs == 2) damaged_at = writer->size_bytes();
    if (inputs == 4) {
      EXPECT_TRUE(writer->write(engine.snapshot()));
    }
    EXPECT_TRUE(writer->write(record.input()));
    EXPECT_TRUE(writer->flush());
    engine.step(record.input(), outputs);
    ++inputs;
  }
  EXPECT_TRUE(writer->close());
  ASSERT_GT(inputs, 6U);
  {
    std::fstream file(folder_.path("damaged.hfr"), std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(static_cast<std::streamoff>(damaged_at + 90));
    file.put('\x55');
    file.put('\x55');
  }
  const Ran ran = holdfast_program({"verify", folder_.path("damaged.hfr")});
  EXPECT_EQ(ran.exit_code, 1) << ran.out << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("  BAD   "), HasSubstr("1 places are damaged, the first: "),
                             HasSubstr("inputs behind them were not compared"), HasSubstr("equal (100.00 %)")));
}

TEST_F(VerifyCommand, SaysThatAllIsEqual) {
  const Ran ran = holdfast_program({"verify", recording()});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("  ok    " + recording()));
  EXPECT_THAT(ran.out, HasSubstr(" outputs equal (100.00 %)\n"));
}

// One hash for a story, whoever tells it.
TEST_F(VerifyCommand, GivesTheHashThatRecordingGave) {
  const auto hash_in = [](const std::string& text) { return text.substr(text.find("log ") + 4, 64); };
  const Ran recorded = holdfast_program({"record", kUserAway, "-o", folder_.path("b.hfr")});
  EXPECT_EQ(hash_in(holdfast_program({"verify", recording(), "--hash"}).out), hash_in(recorded.out));
}

TEST_F(VerifyCommand, ShowsTheFirstDifferenceWithItsReasons) {
  const Ran ran = holdfast_program({"verify", recording(), with_another_verdict()});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.out,
              AllOf(HasSubstr("  ok    " + recording()), HasSubstr("  DIFF  "), HasSubstr("first difference at input "),
                    HasSubstr("recorded  "), HasSubstr("decision=TERMINATE"), HasSubstr("now       "),
                    HasSubstr("reasons="), HasSubstr("  1. Behavior Monitoring is active: "),
                    HasSubstr("fields    verdict.decision\n"), HasSubstr("11 of 12 outputs equal (91.66 %)")));
}

TEST_F(VerifyCommand, TellsWhatLedToTheFirstDifference) {
  const Ran ran = holdfast_program({"verify", with_another_verdict()});
  EXPECT_THAT(ran.out, HasSubstr("first difference at input 3\n              00:00:00.000  agent_started "));
  EXPECT_THAT(ran.out, HasSubstr("00:00:05.000  process_start     invoice.exe (3180) "));
}

TEST_F(VerifyCommand, TellsMachinesTheSame) {
  const Ran ran = holdfast_program({"verify", recording(), with_another_verdict(), "--json"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.out, AllOf(HasSubstr(R"("same":true)"), HasSubstr(R"("same":false)"), HasSubstr(R"("different":1)"),
                             HasSubstr(R"("first_difference":{"sequence":)")));
}

TEST_F(VerifyCommand, SaysWhereTheEndIsTorn) {
  const std::string whole = folder_.read("a.hfr");
  folder_.write("torn.hfr.partial", whole.substr(0, whole.size() - 10));
  const Ran ran = holdfast_program({"verify", folder_.path("torn.hfr.partial")});
  EXPECT_THAT(ran.out, HasSubstr("its end is torn off"));
  EXPECT_EQ(ran.exit_code, 0) << ran.out;
}

TEST_F(VerifyCommand, RefusesWhatWasImported) {
  ASSERT_EQ(holdfast_program({"import", "fixtures/events/workday.json", "-o", folder_.path("i.hfr")}).exit_code, 0);
  const Ran ran = holdfast_program({"verify", folder_.path("i.hfr")});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.err, AllOf(HasSubstr("i.hfr: was imported"), HasSubstr("holdfast replay")));
}

TEST_F(VerifyCommand, LooksAtTheOthersWhereOneIsBadInput) {
  const std::string missing = folder_.path("missing.hfr");
  const Ran ran = holdfast_program({"verify", missing, recording(), with_another_verdict()});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.out, AllOf(HasSubstr("equal (100.00 %)"), HasSubstr("DIFF")));
  EXPECT_THAT(ran.err, HasSubstr("missing.hfr"));

  const Ran machine = holdfast_program({"verify", recording(), missing, "--json"});
  EXPECT_EQ(machine.exit_code, 2);
  simdjson::dom::parser parser;
  const simdjson::dom::element report = parser.parse(machine.out);
  EXPECT_EQ(report["recordings"].get_array().size(), 2U);
  EXPECT_TRUE(bool(report["recordings"].at(0)["same"]));
  EXPECT_THAT(std::string(report["recordings"].at(1)["error"]), HasSubstr("missing.hfr"));
  EXPECT_EQ(std::uint64_t(report["different"]), 0U);
  EXPECT_EQ(std::uint64_t(report["unread"]), 1U);
}

TEST_F(VerifyCommand, RefusesBadInput) {
  EXPECT_EQ(holdfast_program({"verify", kUserAway}).exit_code, 2);
  EXPECT_EQ(holdfast_program({"verify", folder_.path("missing.hfr")}).exit_code, 2);
  EXPECT_EQ(holdfast_program({"verify"}).exit_code, 2);
  const Ran nowhere = holdfast_program({"record", kUserAway});
  EXPECT_EQ(nowhere.exit_code, 2);
  EXPECT_THAT(nowhere.err, HasSubstr("--output"));
  EXPECT_EQ(holdfast_program({"record", "fixtures/events/workday.json", "-o", folder_.path("x.hfr")}).exit_code, 2);
  EXPECT_EQ(holdfast_program({"record", kUserAway, "-o", folder_.path("no/such/folder.hfr")}).exit_code, 2);
}

}  // namespace
}  // namespace holdfast
