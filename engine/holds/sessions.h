// Who is logged on, and who of them can see a prompt (DOMAIN 5). Bounded; begins anew with the agent.
#pragma once

#include <cstdint>
#include <map>

#include "engine/schema/error.h"
#include "engine/schema/input.pb.h"
#include "engine/schema/state.pb.h"
#include "engine/step/step.h"

namespace holdfast::engine {

class Sessions {
 public:
  // At the limit a new session is not taken note of: nobody is asked in it, and it is said.
  static constexpr std::size_t kSessionsMax = 1'024;
  // Of a user's name; what is longer is cut.
  static constexpr std::size_t kUserBytesMax = 1'024;

  // False where nothing is different now: a state that there is not is ignored, and said.
  bool change(const v1::SessionChanged& changed, Step& step);
  void forget_all() { sessions_.clear(); }

  bool anybody() const { return !sessions_.empty(); }
  // Where a prompt is seen: in the program's own session, else in the lowest one with a person before it. Null:
  // nowhere.
  const v1::SessionChanged* choose(std::uint32_t own_session_id) const;

  void save(v1::EngineState& state) const;
  Expected<void> load(const v1::EngineState& state);

 private:
  std::map<std::uint32_t, v1::SessionChanged> sessions_;  // by id
};

}  // namespace holdfast::engine
