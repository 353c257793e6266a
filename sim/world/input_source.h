// Parts of the simulated world that will cause inputs, and the order in which they may.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/schema/input.pb.h"

namespace holdfast {

// Place in the order of things: by time, then by when it was planned.
struct Moment {
  std::uint64_t at_ns = 0;
  std::uint64_t order = 0;
  auto operator<=>(const Moment&) const = default;
};

// Hands out places to everything that is planned, in all parts of one world.
class PlanningOrder {
 public:
  explicit PlanningOrder(std::uint64_t first) : next_(first) {}
  std::uint64_t next() { return next_++; }

 private:
  std::uint64_t next_;
};

class InputSource {
 public:
  virtual ~InputSource() = default;
  // When its next input is due; nothing if none is planned. What the engine answers meanwhile can still change it.
  virtual std::optional<Moment> due() const = 0;
  // Takes what is due, at its time, after everything before it has happened. False: it turned out not to happen.
  virtual bool take(v1::Input& input) = 0;
};

struct Due {
  InputSource* source;
  Moment moment;
};
// The one whose turn it is; ties go to the source that is named first. Nothing if nothing is planned.
inline std::optional<Due> first_due(const std::vector<InputSource*>& sources) {
  std::optional<Due> first;
  for (InputSource* source : sources) {
    const std::optional<Moment> moment = source->due();
    if (moment && (!first || *moment < first->moment)) first = Due{.source = source, .moment = *moment};
  }
  return first;
}

}  // namespace holdfast
