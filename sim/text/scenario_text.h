// A scenario as a person would write it: one line per thing where it fits, the rest indented.
#pragma once

#include <string>
#include <vector>

#include "engine/schema/scenario.pb.h"

namespace holdfast {

// Protobuf text that parse_scenario reads back as the same message. `remarks`: lines of comments to begin with.
std::string scenario_text(const v1::Scenario& scenario, const std::vector<std::string>& remarks);

}  // namespace holdfast
