// The rules read in the plainest way: every row, every condition, patterns by recursion, another regular expression
// engine. Slow, and independent of the matcher's trees and of the pattern code; only the tables of Windows' files are
// shared.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/monitoring/event_rules.h"
#include "engine/path/windows_path.h"
#include "engine/schema/operation.pb.h"

namespace holdfast::engine {

// Ids of the rows that match, in table order, one per event.
std::vector<std::string> naive_match(std::span<const EventRule> table, const PathNormaliser& paths,
                                     const v1::Operation& operation, const Subject& subject);

}  // namespace holdfast::engine
