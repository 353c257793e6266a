// Real processes that are killed in the middle of what they do.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "agent/flight/flight_recorder.h"
#include "agent/flight/recovery.h"
#include "sim/world/random.h"
#include "tests/agent/flight/story_of_an_agent.h"
#include "tests/support/effort.h"
#include "tests/support/temporary_folder.h"

#ifdef _WIN32
TEST(KilledAgent, LosesNothingThatAnybodyWasTold) { GTEST_SKIP() << "no process is killed here: Windows has no fork"; }
#else

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace holdfast {
namespace {

constexpr int kKills = 200 / test::kOneIn;
constexpr std::uint64_t kToldBeforeMax = 60;          // messages that the parent waits for,
constexpr std::uint64_t kMicrosecondsAfterMax = 500;  // and how long it then hesitates

// The story again and again, as one life.
v1::Input input_of_a_life(const ScenarioRun& story, std::uint64_t index) {
  const std::uint64_t length_ns = story.steps.back().input.at_ns() + 1;
  const std::uint64_t round = index / story.steps.size();
  v1::Input input = story.steps[index % story.steps.size()].input;
  input.set_sequence(index + 1);
  input.set_at_ns(input.at_ns() + round * length_ns);
  return input;
}

// Lives until it is killed, and writes to `told` the number of each input because of which somebody was told something.
[[noreturn]] void live(const ScenarioRun& story, const std::string& folder, int told) {
  engine::Engine engine;
  auto recorder =
      FlightRecorder::create(engine, header_of_an_agent(), {.folder = folder, .segment_ns_max = 9'000'000'000});
  for (std::uint64_t index = 0; recorder; ++index) {
    const v1::Input input = input_of_a_life(story, index);
    std::vector<v1::Output> outputs;
    engine.step(input, outputs);
    if (!recorder->on_step(input, outputs)) break;
    const std::uint64_t sequence = input.sequence();
    const bool tells = std::ranges::any_of(outputs, [](const v1::Output& output) { return output.has_verdict(); });
    if (tells && write(told, &sequence, sizeof sequence) != sizeof sequence) break;
  }
  _exit(1);
}

TEST(KilledAgent, LosesNothingThatAnybodyWasTold) {
  const ScenarioRun story = story_of_an_agent();
  Random random(7);
  std::uint64_t told_in_all = 0;
  std::uint64_t torn = 0;
  for (int kill_number = 0; kill_number < kKills; ++kill_number) {
    const TemporaryFolder folder;
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      close(ends[0]);
      live(story, folder.path("ring"), ends[1]);
    }
    close(ends[1]);
    std::uint64_t told = 0;
    std::uint64_t sequence = 0;
    const auto hear = [&] { return read(ends[0], &sequence, sizeof sequence) == sizeof sequence; };
    for (std::uint64_t more = random.below(kToldBeforeMax); more != 0 && hear(); --more) told = sequence;
    usleep(static_cast<useconds_t>(random.below(kMicrosecondsAfterMax)));
    kill(child, SIGKILL);
    int how = 0;
    waitpid(child, &how, 0);
    ASSERT_TRUE(WIFSIGNALED(how)) << "it was to live until it is killed";
    while (hear()) told = sequence;
    close(ends[0]);
    told_in_all += told != 0 ? 1 : 0;

    const auto recovered = recover(folder.path("ring"));
    ASSERT_TRUE(recovered) << recovered.error().text();
    if (!*recovered) {
      ASSERT_EQ(told, 0U) << "it had told somebody something, and nothing of it is left";
      continue;
    }
    ASSERT_GE((*recovered)->next_sequence - 1, told);
    torn += (*recovered)->torn ? 1 : 0;
    engine::Engine engine;
    std::vector<v1::Output> outputs;
    for (std::uint64_t index = 0; index + 1 < (*recovered)->next_sequence; ++index) {
      engine.step(input_of_a_life(story, index), outputs);
    }
    ASSERT_EQ((*recovered)->engine.snapshot().SerializeAsString(), engine.snapshot().SerializeAsString());
  }
  std::printf("  %d agents killed, %llu of them after they had decided something, %llu left a torn segment\n", kKills,
              static_cast<unsigned long long>(told_in_all), static_cast<unsigned long long>(torn));
  EXPECT_GT(told_in_all, kKills / 2U);
}

}  // namespace
}  // namespace holdfast

#endif
