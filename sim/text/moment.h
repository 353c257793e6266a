// A point in time as a person names it: after the start of a story, or by the clock.
//
//   parse_moment("--at", "2.5s", std::nullopt);                     // 2'500'000'000
//   parse_moment("--from", "03:06:58.5", header.started_wall_ns());   // by the clock
//   parse_moment("--from", "2024-05-21 03:06:58.5", header.started_wall_ns());
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/schema/error.h"

namespace holdfast {

// "2.5s" after the start, or "03:06:58.5" by the clock of a story that began at `started_wall_ns`: the first moment at
// which it shows this; nothing: the story has no clock but its own. A date ("2024-05-21", "2024-05-21 03:06",
// "2024-05-21T03:06:58.5Z", UTC) says which day; one before the beginning means the beginning. Gives engine time in ns;
// Error.field is `option`.
Expected<std::uint64_t> parse_moment(const std::string& option, const std::string& text,
                                     std::optional<std::uint64_t> started_wall_ns);

}  // namespace holdfast
