// How people and programs read what two runs decide otherwise.
#pragma once

#include <cstdint>
#include <string>

#include "reports/json.h"
#include "reports/wording.h"
#include "sim/compare/decision_diff.h"

namespace holdfast {

struct DiffStyle {
  std::uint64_t limit = 40;                   // most changes that are listed; 0: all
  bool reasons = false;                       // also those of the reasons alone
  TimeText before = TimeText::since_start();  // of the times of either run
  TimeText after = TimeText::since_start();
};

// By program and event, one line per change, then how many of each kind there are.
std::string diff_text(const DecisionDiff& diff, const DiffStyle& style);

// The same for machines: fields of the object that is open.
void write_diff(const DecisionDiff& diff, const DiffStyle& style, JsonWriter& json);

}  // namespace holdfast
