// The decision log: canonical text, one line per decision, the same bytes on every system. SHA-256 over it is the
// replay hash.
//
//   00:00:32.500000000 verdict  allow  NOBODY_ANSWERED  ...
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/schema/output.pb.h"

namespace holdfast::engine {

// Appends the line of `output`, '\n' included, to `log`; outputs that are no decision (timers, HTTP) append nothing.
// `at_ns` is the time of the input that led to it.
void append_log_line(std::uint64_t at_ns, const v1::Output& output, std::string& log);

// "00:00:32.500000000"; hours grow beyond two digits.
void append_time(std::uint64_t at_ns, std::string& text);

}  // namespace holdfast::engine
