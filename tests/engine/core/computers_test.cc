// Several computers in one recording: the same pids, and nobody's programs, prompts and answers are another's.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "tests/engine/core/story.h"
#include "tests/support/random.h"

namespace holdfast::engine {
namespace {

constexpr auto kAllow = v1::PromptAnswer::ALLOW;
constexpr auto kDeny = v1::PromptAnswer::DENY;

v1::Operation on(const std::string& endpoint, v1::Operation operation) {
  operation.set_endpoint(endpoint);
  return operation;
}

// As logs without start times tell it.
v1::Operation by_pid_only(v1::Operation operation) {
  if (operation.has_process_start()) operation.mutable_process_start()->clear_start_ns();
  operation.mutable_actor()->clear_start_ns();
  return operation;
}

v1::Settings asks_and_remembers() {
  v1::Settings settings = Story::asks();
  settings.mutable_event_monitoring()->mutable_policy(0)->set_remember(v1::REMEMBER_ALWAYS);
  return settings;
}

TEST(Computers, AnOperationByPidIsOfTheProgramOfItsOwnComputer) {
  Story story;
  story.start(Story::asks()).session(v1::SessionChanged::ACTIVE);
  story.happen(by_pid_only(Story::program(7, "C:\\own.exe")));
  story.happen(on("PC-2", by_pid_only(Story::program(7, "C:\\two.exe"))));
  story.happen(on("PC-3", Story::program(7, "C:\\three.exe")));
  for (const bool restarted : {false, true}) {
    if (restarted) story.restart_engine();
    story.happen(by_pid_only(Story::run_key(7)));
    story.happen(on("PC-2", by_pid_only(Story::run_key(7))));
    story.happen(on("pc-3", by_pid_only(Story::run_key(7))));
    story.happen(on("PC-4", by_pid_only(Story::run_key(7))));
  }
  const auto prompts = story.all(v1::Output::kPrompt);
  ASSERT_EQ(prompts.size(), 4U) << "the later ones join";
  EXPECT_EQ(prompts[0].prompt().program(), "C:\\own.exe");
  EXPECT_EQ(prompts[1].prompt().program(), "C:\\two.exe");
  EXPECT_EQ(prompts[2].prompt().program(), "C:\\three.exe");
  EXPECT_EQ(prompts[3].prompt().program(), "") << "nobody told of its start";
  EXPECT_EQ(story.all(v1::Output::kPromptUpdate).size(), 4U);
}

TEST(Computers, AnExitOrAnotherStartOfThePidEndsOnlyTheProgramOfItsOwnComputer) {
  for (const v1::Operation& end : {by_pid_only(Story::exit(7)), by_pid_only(Story::program(7, "C:\\new.exe"))}) {
    Story story;
    story.start(Story::asks()).session(v1::SessionChanged::ACTIVE);
    story.happen(by_pid_only(Story::program(7, "C:\\a.exe")));
    story.happen(on("PC-2", by_pid_only(Story::program(7, "C:\\a.exe"))));
    const std::uint64_t own = story.happen(by_pid_only(Story::run_key(7)));
    const std::uint64_t other = story.happen(on("PC-2", by_pid_only(Story::run_key(7))));
    story.happen(on("PC-2", end));
    EXPECT_TRUE(story.verdicts(own).empty()) << "it runs on";
    EXPECT_EQ(story.verdict(other).decision(), v1::Verdict::MOOT);
    story.answer(1, kDeny);
    EXPECT_EQ(story.verdict(own).decision(), v1::Verdict::DENY);
  }
}

TEST(Computers, AnAnswerCountsOnTheComputerThatItWasGivenFor) {
  for (const v1::Remember how_long : {v1::REMEMBER_UNTIL_EXIT, v1::REMEMBER_ALWAYS}) {
    Story story;
    story.start(asks_and_remembers()).session(v1::SessionChanged::ACTIVE);
    for (const char* endpoint : {"", "PC-2"}) {
      story.happen(on(endpoint, by_pid_only(Story::program(7, "C:\\a.exe"))));
    }
    story.happen(on("PC-2", by_pid_only(Story::run_key(7))));
    story.answer(1, kAllow, how_long);
    story.restart_engine();
    EXPECT_EQ(story.verdict(story.happen(on("PC-2", by_pid_only(Story::run_key(7))))).because(), v1::REMEMBERED_ALLOW);
    const std::uint64_t own = story.happen(by_pid_only(Story::run_key(7)));
    EXPECT_TRUE(story.verdicts(own).empty()) << "it is asked about";
    story.answer(2, kDeny, how_long);
    EXPECT_EQ(story.verdict(own).decision(), v1::Verdict::DENY);
    story.happen(by_pid_only(Story::exit(7)));
    EXPECT_EQ(story.verdict(story.happen(on("PC-2", by_pid_only(Story::run_key(7))))).because(), v1::REMEMBERED_ALLOW);
  }
}

// ---------------------------------------------------------------- at random

struct Event {
  v1::Operation operation;
  bool restarts = false;  // the engine goes on from its state before it
};

class RandomLog {
 public:
  explicit RandomLog(std::uint64_t seed) : random_(seed) {}

  Event next(const std::string& endpoint, std::uint64_t id) {
    const auto pid = static_cast<std::uint32_t>(random_.below(3));
    v1::Operation operation;
    switch (random_.below(6)) {
      case 0:
      case 1: operation = Story::program(pid, image()); break;
      case 2: operation = Story::exit(pid); break;
      default: operation = Story::run_key(pid, std::to_string(random_.below(2)));
    }
    if (random_.below(3) != 0) operation = by_pid_only(operation);
    if (random_.below(3) == 0) operation.set_actor_image(image());
    if (random_.below(3) == 0) operation.set_hold(v1::HOLD_CAPABILITY_NONE);
    operation.set_endpoint(endpoint);
    operation.set_id(id);
    return {.operation = operation, .restarts = random_.below(8) == 0};
  }

 private:
  std::string image() { return std::string(random_.one_of(kImages)); }
  static constexpr std::array<std::string_view, 3> kImages = {"C:\\a.exe", "C:\\b.exe", "C:\\c.exe"};
  Random random_;
};

// What became of each operation, by a person who answers each prompt by the operation that opened it.
std::vector<std::string> decisions_of(const std::vector<Event>& log, const std::string* only = nullptr,
                                      const std::string& named = {}) {
  v1::Settings settings = asks_and_remembers();
  settings.mutable_limits()->set_prompts_max(1'024);
  Story story;
  story.start(settings).session(v1::SessionChanged::ACTIVE);
  std::size_t prompts_seen = 0;
  for (const Event& event : log) {
    story.wait(3 * Story::kSecond);
    if (event.restarts) story.restart_engine();
    if (only != nullptr && event.operation.endpoint() != *only) continue;
    story.happen(only == nullptr ? event.operation : on(named, event.operation));
    const auto prompts = story.all(v1::Output::kPrompt);
    for (; prompts_seen < prompts.size(); ++prompts_seen) {
      const v1::Prompt& prompt = prompts[prompts_seen].prompt();
      if (prompt.operation_id() % 3 == 0) continue;
      constexpr std::array kHowLong = {v1::REMEMBER_ONCE, v1::REMEMBER_UNTIL_EXIT, v1::REMEMBER_ALWAYS};
      story.answer(prompt.prompt_id(), prompt.operation_id() % 2 == 0 ? kAllow : kDeny,
                   kHowLong[prompt.operation_id() / 3 % kHowLong.size()]);
    }
  }
  story.wait(3'600 * Story::kSecond);
  std::vector<std::string> decisions;
  for (const Event& event : log) {
    if (only != nullptr && event.operation.endpoint() != *only) continue;
    for (const v1::Verdict& verdict : story.verdicts(event.operation.id())) {
      decisions.push_back(std::to_string(verdict.operation_id()) + " " +
                          v1::Verdict::Decision_Name(verdict.decision()) + " " +
                          v1::ReasonCode_Name(verdict.because()) + " " + std::to_string(verdict.held_ns()) + " " +
                          verdict.program() + " " + verdict.target());
    }
  }
  return decisions;
}

TEST(Computers, AreDecidedAboutTogetherAsEachByItself) {
  const std::array<std::string, 3> computers = {"", "PC-2", "PC-3.example.com"};
  std::size_t decided = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    RandomLog random(seed);
    Random order(seed + 1'000'000);
    std::vector<Event> log;
    for (std::uint64_t id = 1; id <= 60; ++id) log.push_back(random.next(order.one_of(computers), id));
    std::vector<std::string> by_themselves;
    for (const std::string& computer : computers) {
      const std::vector<std::string> alone = decisions_of(log, &computer, computer);
      ASSERT_EQ(alone, decisions_of(log, &computer, "")) << "its name is only a name, seed " << seed;
      by_themselves.insert(by_themselves.end(), alone.begin(), alone.end());
    }
    std::vector<std::string> together = decisions_of(log);
    std::ranges::sort(by_themselves);
    std::ranges::sort(together);
    ASSERT_EQ(together, by_themselves) << "seed " << seed;
    decided += together.size();
  }
  EXPECT_GT(decided, 5'000U);
}

}  // namespace
}  // namespace holdfast::engine
