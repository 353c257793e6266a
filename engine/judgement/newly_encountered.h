// Whether a program that is to start is newly encountered, and what is to be done about it (DOMAIN 7).
#pragma once

#include "engine/judgement/judge.h"

namespace holdfast::engine {

// Goes on with the judgement of a start that nothing spoke against so far. Leaves it alone where the program did not
// arrive from outside, as far as anybody saw.
void judge_newly_encountered(Case& now);

}  // namespace holdfast::engine
