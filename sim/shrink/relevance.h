// Which entries of a long timeline can have led to one of them: a first guess that saves most of the runs of a shrink.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/schema/scenario.pb.h"

namespace holdfast {

enum class Reach : std::uint8_t {
  kAncestry,    // starts of the acting program and its ancestors, and what touched the files they came from
  kBehaviour,   // also everything that these programs did
  kEverything,  // all entries
};

// Indices in Scenario.at, ascending, `decisive` among them. The timeline must be in the order of its times. What is no
// operation (settings, sessions, ...) always belongs.
std::vector<std::size_t> related_entries(const v1::Scenario& scenario, std::size_t decisive, Reach reach);

}  // namespace holdfast
