// Who carries out what the engine wants: a live system, or the simulated world.
#pragma once

#include <cstdint>

#include "engine/schema/output.pb.h"

namespace holdfast {

class Actuator {
 public:
  virtual ~Actuator() = default;
  // Called on the host's thread, once per output, in order. Must not block: what takes time ends as an input.
  // `at_ns`: time of the input that led to it.
  virtual void carry_out(std::uint64_t at_ns, const v1::Output& output) = 0;
};

}  // namespace holdfast
