// Durations as scenarios write them, exact to the nanosecond.
//
//   parse_duration("1h 30m")  -> 5'400'000'000'000
//   parse_duration("2.5s")    -> 2'500'000'000
//   parse_duration("30")      -> error: "30" has no unit; write "30s"
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/schema/error.h"
#include "engine/text/units.h"

namespace holdfast {

inline constexpr std::uint64_t kDayNs = 86'400 * kSecond_ns;
// The longest simulated time that a scenario may speak of: 366 days.
inline constexpr std::uint64_t kSimulatedNsMax = 366 * kDayNs;

// A sum of numbers with units (ns, us, ms, s, m, h, d), blanks between them allowed: "250ms", "2.5s", "1h 30m". Gives
// ns. Fails (Error.what and remedy only) on anything else, on more digits than a nanosecond can hold, and beyond 366
// days.
Expected<std::uint64_t> parse_duration(std::string_view text);

// The same where the text was checked before; `absent_ns` where it is empty.
std::uint64_t duration_or(std::string_view text, std::uint64_t absent_ns);

// The shortest text that parse_duration reads back: "2.5s", "1h 30m", "0s".
std::string duration_text(std::uint64_t ns);

// A time of the story for a person: "00:00:02.500", with as many further digits as it needs; hours grow beyond two
// digits.
std::string clock_text(std::uint64_t at_ns);

}  // namespace holdfast
