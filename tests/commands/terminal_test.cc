#include "commands/frame/terminal.h"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>

namespace holdfast {
namespace {

TEST(InternalFault, OfABrokenInvariantEndsWithExitCodeThree) {
  EXPECT_EXIT(
      {
        exit_with_internal_fault_on_abort();
        std::abort();
      },
      testing::ExitedWithCode(3), "");
}

TEST(WhoeverInterrupts, AsksOnceAndEndsTheProgramTheSecondTime) {
  EXPECT_EXIT(
      {
        const Interruption interruption;
        if (interruption.asked()) std::_Exit(1);
        std::raise(SIGINT);
        if (!interruption.asked()) std::_Exit(2);
        std::raise(SIGINT);
        std::_Exit(3);
      },
      testing::KilledBySignal(SIGINT), "");
}

TEST(StopwatchOfTheTerminal, NeverRunsBackwards) {
  const Stopwatch stopwatch;
  std::uint64_t before = stopwatch.now_ns();
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t now = stopwatch.now_ns();
    ASSERT_GE(now, before);
    before = now;
  }
}

TEST(ProgressLine, StaysSilentForTwoSecondsAndOnAnythingButATerminal) {
  Terminal terminal("program");
  testing::internal::CaptureStderr();
  {
    Progress unwanted(terminal, false);
    Progress early(terminal, true);
    unwanted.report("imported", 1, 2, "MB");
    early.report("imported", 1, 2, "MB");
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(Processors, AreAtLeastOne) { EXPECT_GE(processors(), 1U); }

}  // namespace
}  // namespace holdfast
