// How a decision leaves the engine: the verdict, the line of the administrator's log, the warning to the user.
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/schema/error.h"
#include "engine/schema/output.pb.h"
#include "engine/schema/state.pb.h"
#include "engine/step/step.h"
#include "engine/verdicts/reasons.h"
#include "engine/verdicts/telling.h"

namespace holdfast::engine {

// One decision, without its chain of reasons.
struct Decided {
  const v1::Operation& operation;
  v1::Verdict::Decision decision = v1::Verdict::ALLOW;
  v1::MonitoredEvent event = v1::MONITORED_EVENT_UNSPECIFIED;
  Telling telling = {};
  v1::MonitoredEventPolicy::Action action = v1::MonitoredEventPolicy::ACTION_UNSPECIFIED;
  std::string_view rule = {};
  std::string_view program = {};
  std::string_view target = {};
  std::uint64_t asked_at_ns = 0;  // engine time of the operation
  std::uint64_t prompt_id = 0;    // 0: nobody was asked
  std::uint32_t session_id = 0;   // where the user is warned
};

// Where and when it happened, for the administrator's log.
struct Endpoint {
  std::string_view name;
  std::uint64_t wall_offset_ns = 0;  // wall clock minus engine time, modulo 2^64
};

class Verdicts {
 public:
  void say(const Decided& decided, Reasons&& reasons, const Endpoint& endpoint, Step& step);

  void save(v1::EngineState& state) const { state.set_next_violation_id(next_violation_id_); }
  Expected<void> load(const v1::EngineState& state);

 private:
  void log(const Decided& decided, v1::ReasonCode because, const Endpoint& endpoint, Step& step);

  std::uint64_t next_violation_id_ = 1;
};

}  // namespace holdfast::engine
