// Decisions as a list: one line each, numbered in the order in which they were made.
//
//   #12  03:06:41.402  ASK     New Startup Program   powershell.exe (3180)  HKU\…\Run\Updater   → allowed after 30 s,
//   ...
#pragma once

#include <cstdint>
#include <string>

#include "engine/schema/output.pb.h"
#include "reports/explain.h"
#include "reports/json.h"
#include "reports/wording.h"

namespace holdfast {

struct DecisionStyle {
  bool colours = false;
};

// One line without '\n'. `number` counts the verdicts of a run from 1: what `holdfast explain --decision` takes.
std::string decision_line(std::uint64_t number, std::uint64_t at_ns, const v1::Verdict& verdict, const TimeText& time,
                          const DecisionStyle& style);

// The same for machines, an element of the array that is open, with the chain of reasons in words and codes.
void write_decision(std::uint64_t number, std::uint64_t at_ns, const v1::Verdict& verdict,
                    const ExplainContext& context, JsonWriter& json);

}  // namespace holdfast
