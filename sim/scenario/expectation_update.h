// Rewrites expectations to what happened, leaving comments, layout and everything else of the file as it is.
#pragma once

#include <string>
#include <vector>

#include "sim/scenario/scenario_file.h"
#include "sim/scenario/scenario_run.h"

namespace holdfast {

struct UpdatedText {
  std::string text;
  std::vector<std::string> changed;  // "late.txtpb:19: at: \"30s\" -> \"32.5s\""
};

// Only values that stand in the file and contradict the one output that was meant are rewritten: an expectation that
// nothing fits, or that several outputs could fit, stays for a person to judge.
UpdatedText update_expectations(const ScenarioFile& file, const std::vector<Failure>& failures);

}  // namespace holdfast
