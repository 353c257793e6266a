#include "engine/holds/sessions.h"

#include <gtest/gtest.h>

namespace holdfast::engine {
namespace {

class SessionsTest : public testing::Test {
 protected:
  SessionsTest() { step.begin(numbered(), outputs); }
  static v1::Input numbered() {
    v1::Input input;
    input.set_sequence(1);
    return input;
  }
  bool change(std::uint32_t id, v1::SessionChanged::State state, const std::string& user = "EXAMPLE\\user") {
    v1::SessionChanged changed;
    changed.set_session_id(id);
    changed.set_state(state);
    changed.set_user(user);
    return sessions.change(changed, step);
  }

  std::vector<v1::Output> outputs;
  Step step;
  Sessions sessions;
};

TEST_F(SessionsTest, ChoosesTheProgramsOwnElseTheLowestThatSees) {
  change(1, v1::SessionChanged::LOCKED);
  change(2, v1::SessionChanged::REMOTE);
  change(3, v1::SessionChanged::ACTIVE);
  EXPECT_EQ(sessions.choose(3)->session_id(), 3U);
  EXPECT_EQ(sessions.choose(1)->session_id(), 2U);
  change(2, v1::SessionChanged::DISCONNECTED);
  EXPECT_EQ(sessions.choose(9)->session_id(), 3U);
  change(3, v1::SessionChanged::LOGGED_OFF);
  EXPECT_EQ(sessions.choose(3), nullptr);
  EXPECT_TRUE(sessions.anybody());
}

TEST_F(SessionsTest, AnUnknownStateIsIgnoredAndSaid) {
  EXPECT_FALSE(change(1, v1::SessionChanged::STATE_UNSPECIFIED));
  EXPECT_FALSE(change(1, static_cast<v1::SessionChanged::State>(99)));
  EXPECT_EQ(outputs.size(), 2U);
  EXPECT_FALSE(sessions.anybody());
}

TEST_F(SessionsTest, AreBounded) {
  for (std::uint32_t id = 0; id < Sessions::kSessionsMax; ++id) {
    ASSERT_TRUE(change(id, v1::SessionChanged::LOCKED, std::string(5'000, 'x')));
  }
  EXPECT_TRUE(outputs.empty());
  EXPECT_FALSE(change(5'000, v1::SessionChanged::ACTIVE));
  ASSERT_EQ(outputs.size(), 1U);
  EXPECT_EQ(outputs[0].limit_reached().table(), v1::LimitReached::SESSIONS);
  EXPECT_EQ(sessions.choose(5'000), nullptr);
  EXPECT_TRUE(change(7, v1::SessionChanged::ACTIVE)) << "one that is known may change";
  v1::EngineState state;
  sessions.save(state);
  EXPECT_EQ(state.session(0).user().size(), Sessions::kUserBytesMax);
  EXPECT_TRUE(sessions.load(state)) << "what was saved can be loaded";
}

TEST_F(SessionsTest, RefuseStatesThatContradictThemselves) {
  change(1, v1::SessionChanged::ACTIVE);
  v1::EngineState good;
  sessions.save(good);
  v1::EngineState state = good;
  *state.add_session() = state.session(0);
  EXPECT_EQ(sessions.load(state).error().field, "session[1]");
  state = good;
  state.mutable_session(0)->set_state(v1::SessionChanged::LOGGED_OFF);
  EXPECT_EQ(sessions.load(state).error().field, "session[0].state");
  state = good;
  state.mutable_session(0)->set_user("\xff");
  EXPECT_EQ(sessions.load(state).error().field, "session[0].user");
}

}  // namespace
}  // namespace holdfast::engine
