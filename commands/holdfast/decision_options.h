// The options by which a person says which decision is meant.
//
//   add_decision_options(line);
//   HOLDFAST_TRY(wish, decision_wish(given));
#pragma once

#include "commands/frame/arguments.h"
#include "engine/schema/error.h"
#include "sim/replay/decision_choice.h"

namespace holdfast {

// --decision, --verdict, --program, --event and --because.
void add_decision_options(CommandLine& line);

// Fails on names that there are not.
Expected<DecisionWish> decision_wish(const Arguments& given);

}  // namespace holdfast
