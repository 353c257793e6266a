// DOMAIN 2, 4 and 5 said a second time, as examples that any table can be held against: the tests hold the product's
// own tables against them, the mutation test changed ones.
#pragma once

#include <string>
#include <vector>

#include "engine/tables/tables.h"

namespace holdfast::engine {

// Each names what an engine with `tables` does other than published; empty: nothing.
std::vector<std::string> platform_contradictions(const Tables& tables);
std::vector<std::string> action_contradictions(const Tables& tables);
std::vector<std::string> automatic_allow_contradictions(const Tables& tables);

}  // namespace holdfast::engine
