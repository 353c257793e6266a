// What is around the engine beside the timeline and the network: the people at the machine, and what happens when the
// agent starts.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "agent/host/host.h"
#include "engine/schema/input.pb.h"
#include "engine/schema/scenario.pb.h"
#include "sensors/actuator.h"
#include "sim/world/input_source.h"
#include "sim/world/user.h"

namespace holdfast {

// First inputs of every story, before anything of the timeline: the agent starts, the system tells its network where
// the scenario describes one, people are logged on.
class Beginning final : public InputSource {
 public:
  Beginning(const v1::AgentStarted& started, const v1::World& world,
            const std::vector<std::unique_ptr<UserModel>>& users);
  std::optional<Moment> due() const override;
  bool take(v1::Input& input) override;

 private:
  std::deque<v1::Input> inputs_;
};

class World final : public Actuator, public StepObserver {
 public:
  // `started`: how the agent begins. `world` and `order` must outlive this.
  World(const v1::AgentStarted& started, const v1::World& world, PlanningOrder& order);

  // To be merged with the timeline's player; they live as long as the world. The beginning goes first.
  std::vector<InputSource*> sources();

  void carry_out(std::uint64_t at_ns, const v1::Output& output) override;
  // People notice that their session was locked; never fails.
  Expected<void> on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) override;

 private:
  v1::UserModel default_user_;
  std::vector<std::unique_ptr<UserModel>> users_;
  std::unique_ptr<Beginning> beginning_;
};

}  // namespace holdfast
