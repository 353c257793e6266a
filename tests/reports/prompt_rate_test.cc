// How often a person would be asked: an hour has 60 minutes in which something happened.
#include "reports/prompt_rate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/support/random.h"

namespace holdfast {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr std::uint64_t kSecondNs = 1'000'000'000;

v1::Input operation_at(std::uint64_t at_ns) {
  v1::Input input;
  input.set_at_ns(at_ns);
  input.mutable_operation();
  return input;
}

v1::Output prompt_of(std::uint64_t id, v1::MonitoredEvent event, const std::string& program) {
  v1::Output output;
  output.mutable_prompt()->set_prompt_id(id);
  output.mutable_prompt()->set_event(event);
  output.mutable_prompt()->set_program(program);
  return output;
}

v1::Output unseen_prompt(std::uint64_t id) {
  v1::Output output = prompt_of(id, v1::NEW_SERVICE, "C:\\a.exe");
  output.mutable_prompt()->set_not_shown(v1::SESSION_LOCKED);
  return output;
}

TEST(PromptRate, LeavesOutPausesOfMoreThanAMinute) {
  PromptRate rate;
  for (const std::uint64_t second : {10U, 70U, 131U, 140U}) rate.add(operation_at(second * kSecondNs), {});
  EXPECT_EQ(rate.active_ns(), 69 * kSecondNs) << "60 s count, 61 s do not, and nothing before the first operation";
}

TEST(PromptRate, CountsPromptsPerActiveHourToTheTenth) {
  PromptRate rate;
  rate.add(operation_at(0), {prompt_of(1, v1::NEW_SERVICE, "C:\\a.exe")});
  for (std::uint64_t minute = 1; minute <= 7; ++minute) rate.add(operation_at(minute * 60 * kSecondNs), {});
  EXPECT_EQ(rate.tenths_per_active_hour(), 86U) << "60 / 7 is 8.571";
  EXPECT_THAT(rate.text(), HasSubstr("asked 1 time in 7 min of activity: 8.6 an hour"));
  JsonWriter json;
  json.object();
  rate.write(json);
  EXPECT_THAT(json.end().text(), AllOf(HasSubstr("\"per_active_hour\":8.6"), HasSubstr("\"active_ns\":420000000000")));
}

TEST(PromptRate, TakesNoHourFromAFewSeconds) {
  PromptRate rate;
  rate.add(operation_at(0), {prompt_of(1, v1::NEW_SERVICE, "C:\\a.exe")});
  rate.add(operation_at(59 * kSecondNs), {});
  EXPECT_THAT(rate.text(), HasSubstr("asked 1 time in 59 s of activity\n"));
  rate.add(operation_at(60 * kSecondNs), {});
  EXPECT_THAT(rate.text(), HasSubstr(" of activity: 60.0 an hour\n"));
}

TEST(PromptRate, SaysNothingOfARecordingInWhichNothingHappened) {
  PromptRate rate;
  rate.add({}, {});
  EXPECT_EQ(rate.text(), "");
  EXPECT_EQ(rate.tenths_per_active_hour(), 0U);
}

TEST(PromptRate, NamesWhatAsksMostFirst) {
  PromptRate rate;
  rate.add(operation_at(1),
           {prompt_of(1, v1::NEW_SERVICE, "C:\\once.exe"), prompt_of(2, v1::NEW_SERVICE, "C:\\A.exe"),
            prompt_of(3, v1::NEW_SERVICE, "c:\\a.EXE"), prompt_of(4, v1::SHELL_MODIFICATION, "C:\\A.exe")});
  const auto causes = rate.causes();
  ASSERT_EQ(causes.size(), 3U) << "the same program, however it is spelled, and another event is another cause";
  EXPECT_EQ(causes[0].prompts, 2U);
  EXPECT_EQ(causes[0].program, "C:\\A.exe");
  EXPECT_EQ(causes[1].event, v1::SHELL_MODIFICATION) << "as often: in the order of events and programs";
}

TEST(PromptRate, APromptCountsOnceSomebodySeesIt) {
  PromptRate rate;
  v1::Output unlocked;
  unlocked.mutable_prompt_update()->set_prompt_id(1);
  unlocked.mutable_prompt_update()->set_change(v1::PromptUpdate::MOVED_TO_SESSION);
  v1::Output closed;
  closed.mutable_prompt_closed()->set_prompt_id(2);
  rate.add(operation_at(1), {unseen_prompt(1), unseen_prompt(2), unseen_prompt(3)});
  EXPECT_EQ(rate.prompts(), 0U);
  rate.add({}, {unlocked, unlocked, closed});
  EXPECT_EQ(rate.prompts(), 1U) << "moved again to another session it is still the same prompt";
  EXPECT_EQ(rate.unseen(), 2U);
  EXPECT_THAT(rate.text(), HasSubstr("; 2 prompts that nobody could see"));
}

// As one would with pencil and paper, of random lives.
TEST(PromptRate, AgreesWithItsDefinition) {
  Random random(7);
  for (int life = 0; life < 200; ++life) {
    PromptRate rate;
    std::uint64_t at_ns = random.below(1'000) * kSecondNs;
    std::uint64_t active_ns = 0;
    std::uint64_t prompts = 0;
    for (int i = 0; i < 30; ++i) {
      const std::uint64_t gap_ns = random.below(90) * kSecondNs;
      at_ns += gap_ns;
      if (i != 0 && gap_ns <= 60 * kSecondNs) active_ns += gap_ns;
      const bool asks = random.below(4) == 0;
      prompts += asks ? 1 : 0;
      rate.add(operation_at(at_ns),
               asks ? std::vector{prompt_of(prompts, v1::NEW_SERVICE, "C:\\a.exe")} : std::vector<v1::Output>{});
    }
    ASSERT_EQ(rate.active_ns(), active_ns);
    ASSERT_EQ(rate.prompts(), prompts);
    const std::uint64_t tenths = rate.tenths_per_active_hour();
    ASSERT_LE(tenths * active_ns, prompts * 36'000 * kSecondNs + active_ns / 2);
    ASSERT_GE((tenths + 1) * active_ns, prompts * 36'000 * kSecondNs + active_ns / 2);
  }
}

}  // namespace
}  // namespace holdfast
