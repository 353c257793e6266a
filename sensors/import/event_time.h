// When an event happened: the texts that writers use for it, and the zones that they leave out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace holdfast {

struct ParsedTime {
  std::int64_t ns = 0;  // since 1970; of UTC where a zone was given, of an unknown zone otherwise
  bool has_zone = false;
};

// Reads what docs/importing.md lists, in any of these spellings, with any number of digits of a fraction (beyond
// nanoseconds they are cut):
//
//   2020-09-04 07:06:10.123      'T' or 't' instead of the space; behind it nothing, Z, z, UTC, +02, +02:00 or +0200
//   9/4/2020 7:06:10 AM          month first, as programs write it for the United States, Azure's portal as
//   9/4/2020, 7:06:10.123 AM         here; a zone behind it or none
//   Sep 4, 2020 @ 07:06:10.123   Kibana; no zone
//   1599203170.123               since 1970 in seconds, ms, us or ns, or since 1601 in 100 ns, by the count of digits:
//   UTC /Date(1599203170123)/        ms since 1970, UTC; a zone behind them only says how to show it
//
// Nothing on anything else, and on years before 1970 or after 2261.
std::optional<ParsedTime> parse_time(std::string_view text);

// Nanoseconds east of UTC of "+01:00", "-0430", "+01", "Z" or "UTC"; nothing on anything else. At most 14 hours.
std::optional<std::int64_t> parse_zone(std::string_view text);

// Fields that tell a time, in the order in which they are believed for events without Sysmon's UtcTime.
enum class TimeSource : std::uint8_t { kSystemTime, kTimeCreated, kEventTime, kTimestamp, kTimeGenerated };

}  // namespace holdfast
