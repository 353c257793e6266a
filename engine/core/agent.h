// The agent whose engine this is: whether it has started, what time its wall clock shows, and the law in force.
#pragma once

#include <cstdint>

#include "engine/schema/error.h"
#include "engine/schema/input.pb.h"
#include "engine/schema/state.pb.h"
#include "engine/settings/law.h"
#include "engine/step/step.h"
#include "engine/tables/tables.h"
#include "engine/verdicts/verdicts.h"

namespace holdfast::engine {

class Agent {
 public:
  explicit Agent(const Tables& tables);

  // It starts, with a profile that tells how its service is; what is in force changes by take_over or fall_back.
  void start(const v1::AgentStarted& started, std::uint64_t now_ns);
  void stop() { stopped_ = true; }
  bool runs() const { return started_ && !stopped_; }
  bool started() const { return started_; }

  // New settings and a new profile are taken whole, or refused whole, which is said, and the last good ones stay
  // (DOMAIN 3). Gives whether they are in force now.
  bool take_over(const v1::Settings& settings, const v1::AgentProfile& profile, Step& step);
  bool take_over_profile(const v1::AgentProfile& profile, Step& step);
  // A start whose settings or profile were refused: the agent runs with the defaults, and with a bad profile as if
  // nothing were known of the machine.
  void fall_back(const v1::AgentProfile& profile);
  // The Unauthorized Change Prevention Service started or stopped. False where that is nothing new.
  bool service_changed(bool running);

  void set_wall_clock(std::uint64_t wall_ns, std::uint64_t now_ns) { wall_offset_ns_ = wall_ns - now_ns; }
  Endpoint endpoint() const { return {.name = law_.profile.endpoint(), .wall_offset_ns = wall_offset_ns_}; }

  Law& law() { return law_; }
  const EffectiveSettings& settings() const { return law_.effective; }

  void save(v1::EngineState& state) const;
  Expected<void> load(const v1::EngineState& state);

 private:
  const Tables& tables_;
  Law law_;
  bool started_ = false;
  bool stopped_ = false;
  bool service_running_ = true;
  std::uint64_t wall_offset_ns_ = 0;  // wall clock minus engine time, modulo 2^64
};

}  // namespace holdfast::engine
