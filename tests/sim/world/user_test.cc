#include "sim/world/user.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "sim/text/duration.h"

namespace holdfast {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class User {
 public:
  explicit User(const std::string& text) {
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &model_)) << text;
    user_ = std::make_unique<UserModel>(model_, order_);
  }

  UserModel& operator*() { return *user_; }
  void sees(std::uint64_t at_s, const std::string& output) {
    v1::Output message;
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(output, &message)) << output;
    user_->see(at_s * kSecond_ns, message);
  }
  void session(std::uint64_t at_s, v1::SessionChanged::State state, std::uint32_t session_id = 1) {
    v1::SessionChanged change;
    change.set_session_id(session_id);
    change.set_state(state);
    user_->session_changed(at_s * kSecond_ns, change);
  }

  // Everything that is planned, in order: "5s ALLOW 1" (time, answer, prompt).
  std::vector<std::string> does() {
    std::vector<std::string> lines;
    while (const auto due = user_->due()) {
      v1::Input input;
      EXPECT_TRUE(user_->take(input));
      const v1::PromptAnswer& answer = input.prompt_answer();
      EXPECT_EQ(answer.session_id(), user_->session_id());
      lines.push_back(duration_text(due->at_ns) + " " + v1::PromptAnswer::Kind_Name(answer.kind()) + " " +
                      std::to_string(answer.prompt_id()));
    }
    return lines;
  }

 private:
  v1::UserModel model_;
  PlanningOrder order_{0};
  std::unique_ptr<UserModel> user_;
};

constexpr const char* kPrompt1 = "prompt { prompt_id: 1 session_id: 1 }";
constexpr const char* kPrompt2 = "prompt { prompt_id: 2 session_id: 1 }";

TEST(User, AnswersAfterTheTimeItTakes) {
  User user("answers { kind: ALLOW after: '4s' }");
  user.sees(1, kPrompt1);
  EXPECT_THAT(user.does(), ElementsAre("5s ALLOW 1"));
}

TEST(User, NeverAnswersUnlessTheScenarioSaysSo) {
  User user("");
  user.sees(1, kPrompt1);
  EXPECT_THAT(user.does(), IsEmpty());
}

TEST(User, AnswersPromptsInTurnThenByHabit) {
  User user("answers { kind: ALLOW after: '1s' } then { kind: DENY after: '1s' } then {}");
  user.sees(1, kPrompt1);
  user.sees(2, kPrompt2);
  user.sees(3, "prompt { prompt_id: 3 session_id: 1 }");
  EXPECT_THAT(user.does(), ElementsAre("2s DENY 1", "4s ALLOW 3"));
}

TEST(User, UsesThePromptBeforeAnswering) {
  User user("answers { kind: DISMISS after: '10s' interacts_for: '3s' }");
  user.sees(0, kPrompt1);
  EXPECT_THAT(user.does(), ElementsAre("7s INTERACTION_STARTED 1", "10s DISMISS 1"));
}

TEST(User, CanLeaveAPromptWithoutAnAnswer) {
  User user("answers { kind: INTERACTION_ENDED after: '10s' interacts_for: '3s' }");
  user.sees(0, kPrompt1);
  EXPECT_THAT(user.does(), ElementsAre("7s INTERACTION_STARTED 1", "10s INTERACTION_ENDED 1"));
}

TEST(User, StopsWhenThePromptCloses) {
  User user("answers { kind: ALLOW after: '4s' }");
  user.sees(1, kPrompt1);
  user.sees(3, "prompt_closed { prompt_id: 1 }");
  EXPECT_THAT(user.does(), IsEmpty());
}

TEST(User, AClickOfTheVeryMomentOfClosingArrivesLate) {
  User user("answers { kind: ALLOW after: '4s' }");
  user.sees(1, kPrompt1);
  user.sees(5, "prompt_closed { prompt_id: 1 }");
  EXPECT_THAT(user.does(), ElementsAre("5s ALLOW 1"));
}

TEST(User, AClickThatIsUnderWayArrivesAfterThePromptClosed) {
  User user("answers { kind: ALLOW after: '4s' under_way_for: '10s' }");
  user.sees(1, kPrompt1);
  user.sees(8, "prompt_closed { prompt_id: 1 }");
  EXPECT_THAT(user.does(), ElementsAre("15s ALLOW 1"));
}

TEST(User, SeesNothingThatIsNotShown) {
  User user("answers { kind: ALLOW after: '4s' }");
  user.sees(1, "prompt { prompt_id: 1 session_id: 1 not_shown: PROMPTS_FULL }");
  EXPECT_THAT(user.does(), IsEmpty());
}

TEST(User, SeesNothingOfOtherSessions) {
  User user("answers { kind: ALLOW after: '4s' } session_id: 3");
  user.sees(1, kPrompt1);
  EXPECT_THAT(user.does(), IsEmpty());
  user.sees(2, "prompt_update { prompt_id: 1 change: MOVED_TO_SESSION session_id: 3 }");
  EXPECT_THAT(user.does(), ElementsAre("6s ALLOW 1"));
}

TEST(User, StopsWhenThePromptMovesElsewhere) {
  User user("answers { kind: ALLOW after: '4s' }");
  user.sees(1, kPrompt1);
  user.sees(2, "prompt_update { prompt_id: 1 change: MOVED_TO_SESSION session_id: 3 }");
  EXPECT_THAT(user.does(), IsEmpty());
}

TEST(User, StopsWhenThePromptIsTakenOffTheScreen) {
  User user("answers { kind: ALLOW after: '4s' }");
  user.sees(1, kPrompt1);
  user.sees(2, "prompt_update { prompt_id: 1 change: MOVED_TO_SESSION session_id: 1 not_shown: SESSION_LOCKED }");
  EXPECT_THAT(user.does(), IsEmpty());
}

TEST(User, WhoIsNotLoggedOnDoesNothing) {
  User user("not_logged_on {}");
  EXPECT_FALSE((*user).logged_on());
  user.sees(1, kPrompt1);
  EXPECT_THAT(user.does(), IsEmpty());
}

TEST(User, BeforeADeadPromptProgramReportsAtOnceThatNothingWasShown) {
  User user("prompt_program_dead {}");
  user.sees(1, kPrompt1);
  EXPECT_THAT(user.does(), ElementsAre("1s NOT_SHOWN 1"));
}

TEST(User, CannotClickWhileTheSessionIsLockedAndStartsOverAfterwards) {
  User user("answers { kind: ALLOW after: '4s' }");
  user.sees(1, kPrompt1);
  user.session(2, v1::SessionChanged::LOCKED);
  EXPECT_FALSE((*user).due());
  user.session(10, v1::SessionChanged::ACTIVE);
  EXPECT_THAT(user.does(), ElementsAre("14s ALLOW 1"));
}

TEST(User, DoesNotStartOverTwiceWhenTheAgentShowsThePromptAgain) {
  User user("answers { kind: ALLOW after: '4s' }");
  user.sees(1, kPrompt1);
  user.session(2, v1::SessionChanged::LOCKED);
  user.sees(2, "prompt_update { prompt_id: 1 change: MOVED_TO_SESSION not_shown: SESSION_LOCKED }");
  user.session(10, v1::SessionChanged::ACTIVE);
  user.sees(10, "prompt_update { prompt_id: 1 change: MOVED_TO_SESSION session_id: 1 }");
  EXPECT_THAT(user.does(), ElementsAre("14s ALLOW 1"));
}

TEST(User, ARemoteSessionIsAsGoodAsTheConsole) {
  User user("answers { kind: ALLOW after: '4s' }");
  user.session(0, v1::SessionChanged::REMOTE);
  user.sees(1, kPrompt1);
  EXPECT_THAT(user.does(), ElementsAre("5s ALLOW 1"));
}

TEST(User, CaresOnlyForTheOwnSession) {
  User user("answers { kind: ALLOW after: '4s' }");
  user.sees(1, kPrompt1);
  user.session(2, v1::SessionChanged::LOCKED, 5);
  EXPECT_THAT(user.does(), ElementsAre("5s ALLOW 1"));
}

}  // namespace
}  // namespace holdfast
