// What others see of a state: each part that arms a timer or holds an operation must be seen.
#include "engine/core/state_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/engine/core/story.h"

namespace holdfast::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

v1::Settings asking_both() {
  v1::Settings settings = Story::settings(v1::MonitoredEventPolicy::ASK_WHEN_NECESSARY);
  settings.mutable_certified_safe_software()->set_enabled(true);
  settings.mutable_certified_safe_software()->set_service_url("https://csss.example");
  return settings;
}

// Somebody waits for a person, and somebody for the service.
Story& wait_for_both(Story& story) {
  story.start(asking_both()).session(v1::SessionChanged::ACTIVE);
  story.happen(Story::program(7, "C:\\a.exe"));
  story.happen(Story::run_key(7));
  story.happen(Story::run_key(7, "second"));
  v1::Operation hashed = Story::program(8, "C:\\b.exe");
  hashed.mutable_process_start()->set_sha256(std::string(32, 'b'));
  story.happen(hashed);
  story.happen(Story::run_key(8));
  return story;
}

TEST(StateView, OfANewEngineIsEmpty) {
  const v1::EngineState state = Engine().snapshot();
  EXPECT_THAT(armed_timers(state), IsEmpty());
  EXPECT_THAT(held_operations(state), IsEmpty());
  EXPECT_THAT(open_prompts(state), IsEmpty());
  EXPECT_THAT(open_lookups(state), IsEmpty());
  EXPECT_THAT(sessions(state), IsEmpty());
  EXPECT_THAT(known_answers(state), IsEmpty());
  EXPECT_THAT(running_programs(state), IsEmpty());
}

TEST(StateView, ShowsEveryTimerThatWasSetAndNotCancelled) {
  Story story;
  wait_for_both(story);
  std::map<std::uint64_t, std::uint64_t> set;
  for (const v1::Output& output : story.all(v1::Output::kTimerSet)) {
    set[output.timer_set().timer_id()] = output.timer_set().at_ns();
  }
  for (const v1::Output& output : story.all(v1::Output::kTimerCancelled)) {
    set.erase(output.timer_cancelled().timer_id());
  }
  ASSERT_THAT(set, SizeIs(2)) << "of a prompt and of a question to the service";
  const v1::EngineState state = story.engine().snapshot();
  std::map<std::uint64_t, std::uint64_t> armed;
  for (const ArmedTimer& timer : armed_timers(state)) armed[timer.timer_id] = timer.at_ns;
  EXPECT_EQ(armed, set);
}

TEST(StateView, ShowsEveryOperationThatWaitsForAVerdict) {
  Story story;
  wait_for_both(story);
  const v1::EngineState state = story.engine().snapshot();
  std::set<std::string> waiting;
  for (const HeldOperation& held : held_operations(state)) {
    waiting.insert(held.operation->registry_set().value() + (held.prompt_id == 0 ? " service" : " person"));
  }
  EXPECT_THAT(waiting, ElementsAre("Updater person", "Updater service", "second person"));
  EXPECT_THAT(open_prompts(state), SizeIs(1));
  ASSERT_THAT(open_lookups(state), SizeIs(1));
  EXPECT_NE(open_lookups(state)[0].request_id, 0U);
  ASSERT_THAT(sessions(state), SizeIs(1));
  EXPECT_EQ(sessions(state)[0].session_id(), 1U);
}

TEST(StateView, ShowsWhoRunsAndWhatIsKnown) {
  Story story;
  wait_for_both(story);
  const v1::EngineState state = story.engine().snapshot();
  ASSERT_THAT(running_programs(state), SizeIs(2));
  EXPECT_EQ(running_programs(state)[0].pid, 7U);
  EXPECT_EQ(running_programs(state)[0].image, "C:\\a.exe");
  EXPECT_TRUE(running_programs(state)[0].named_by_pid);
  v1::EngineState told;
  v1::CachedAnswer& answer = *told.mutable_cloud()->add_answer();
  answer.set_purpose(v1::HttpRequest::PREVALENCE);
  answer.set_sha256("hash");
  answer.set_detections(3);
  ASSERT_THAT(known_answers(told), SizeIs(1));
  EXPECT_EQ(known_answers(told)[0].answer, (Answer{.verdict = {}, .detections = 3, .age_days = {}}));
}

}  // namespace
}  // namespace holdfast::engine
