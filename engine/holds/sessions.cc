#include "engine/holds/sessions.h"

#include <fmt/format.h>

#include "engine/text/bounded_text.h"

namespace holdfast::engine {
namespace {

bool is_a_state(v1::SessionChanged::State state) {
  return state != v1::SessionChanged::STATE_UNSPECIFIED && v1::SessionChanged::State_IsValid(state);
}

bool can_see(const v1::SessionChanged& session) {
  return session.state() == v1::SessionChanged::ACTIVE || session.state() == v1::SessionChanged::REMOTE;
}

}  // namespace

bool Sessions::change(const v1::SessionChanged& changed, Step& step) {
  if (!is_a_state(changed.state())) {
    step.ignore("session_changed", "it does not say what became of the session");
    return false;
  }
  if (changed.state() == v1::SessionChanged::LOGGED_OFF) return sessions_.erase(changed.session_id()) != 0;
  if (sessions_.size() >= kSessionsMax && !sessions_.contains(changed.session_id())) {
    step.limit_reached(v1::LimitReached::SESSIONS, kSessionsMax, "nobody is asked in the new session");
    return false;
  }
  v1::SessionChanged& session = sessions_[changed.session_id()];
  session = changed;
  session.set_user(bounded_text(changed.user(), kUserBytesMax));
  return true;
}

const v1::SessionChanged* Sessions::choose(std::uint32_t own_session_id) const {
  const v1::SessionChanged* chosen = nullptr;
  for (const auto& [id, session] : sessions_) {
    if (can_see(session) && (chosen == nullptr || id == own_session_id)) chosen = &session;
  }
  return chosen;
}

void Sessions::save(v1::EngineState& state) const {
  for (const auto& [id, session] : sessions_) *state.add_session() = session;
}

Expected<void> Sessions::load(const v1::EngineState& state) {
  sessions_.clear();
  for (const v1::SessionChanged& session : state.session()) {
    const std::string field = fmt::format("session[{}]", sessions_.size());
    if (sessions_.size() == kSessionsMax) return bad_state(field, "there are more than the limit allows");
    if (!is_a_state(session.state()) || session.state() == v1::SessionChanged::LOGGED_OFF) {
      return bad_state(field + ".state", "nobody is logged on in such a session");
    }
    if (!is_bounded_text(session.user(), kUserBytesMax)) {
      return bad_state(field + ".user", "it is longer than the limit allows, or no text");
    }
    if (!sessions_.emplace(session.session_id(), session).second) return bad_state(field, "it stands twice");
  }
  return {};
}

}  // namespace holdfast::engine
