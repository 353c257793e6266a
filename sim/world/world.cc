#include "sim/world/world.h"

namespace holdfast {

Beginning::Beginning(const v1::AgentStarted& started, const v1::World& world,
                     const std::vector<std::unique_ptr<UserModel>>& users) {
  *inputs_.emplace_back().mutable_agent_started() = started;
  if (world.has_network()) *inputs_.emplace_back().mutable_network_changed()->mutable_state() = world.network();
  for (const std::unique_ptr<UserModel>& user : users) {
    if (!user->logged_on()) continue;
    v1::SessionChanged& session = *inputs_.emplace_back().mutable_session_changed();
    session.set_session_id(user->session_id());
    session.set_user(user->name());
    session.set_state(v1::SessionChanged::ACTIVE);
  }
}

std::optional<Moment> Beginning::due() const {
  if (inputs_.empty()) return std::nullopt;
  return Moment{};  // ties with the timeline's first entry; the merge takes the source that was named first
}

bool Beginning::take(v1::Input& input) {
  input = std::move(inputs_.front());
  inputs_.pop_front();
  return true;
}

World::World(const v1::AgentStarted& started, const v1::World& world, PlanningOrder& order) {
  for (const v1::UserModel& user : world.user()) users_.push_back(std::make_unique<UserModel>(user, order));
  if (users_.empty()) users_.push_back(std::make_unique<UserModel>(default_user_, order));
  beginning_ = std::make_unique<Beginning>(started, world, users_);
}

std::vector<InputSource*> World::sources() {
  std::vector<InputSource*> sources{beginning_.get()};
  for (const std::unique_ptr<UserModel>& user : users_) sources.push_back(user.get());
  return sources;
}

void World::carry_out(std::uint64_t at_ns, const v1::Output& output) {
  for (const std::unique_ptr<UserModel>& user : users_) user->see(at_ns, output);
}

Expected<void> World::on_step(const v1::Input& input, const std::vector<v1::Output>& /*outputs*/) {
  if (!input.has_session_changed()) return {};
  for (const std::unique_ptr<UserModel>& user : users_) user->session_changed(input.at_ns(), input.session_changed());
  return {};
}

}  // namespace holdfast
