// When an event happened: the texts that writers use for it, and the zones that they leave out.
#pragma once

#include <array>
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
//   9/4/2020 7:06:10 AM          month first, as programs write it for the United States; no zone
//   Sep 4, 2020 @ 07:06:10.123   Kibana; no zone
//   1599203170.123               since 1970 in seconds, ms, us or ns, or since 1601 in 100 ns, by the count of digits:
//   UTC /Date(1599203170123)/        ms since 1970, UTC; a zone behind them only says how to show it
//
// Nothing on anything else, and on years before 1970 or after 2261.
std::optional<ParsedTime> parse_time(std::string_view text);

// Nanoseconds east of UTC of "+01:00", "-0430", "+01", "Z" or "UTC"; nothing on anything else. At most 14 hours.
std::optional<std::int64_t> parse_zone(std::string_view text);

// Fields that tell a time, in the order in which they are believed for events without Sysmon's UtcTime.
enum class TimeSource : std::uint8_t { kSystemTime, kTimeCreated, kEventTime, kTimestamp, kTimeGenerated, kCount };

// Collectors write local time without a zone, and some write local time and call it UTC. Sysmon events carry the true
// UTC beside it: the difference, a whole number of quarters of an hour up to 26 hours (two zones, one of them added
// with the wrong sign), then counts for the other events of the file.
class ZoneOffsets {
 public:
  // `written_ns` stood in a field of `source`, and `true_ns` is the same moment in UTC. Pairs that differ by more than
  // a minute from any whole quarter of an hour (events reported late) teach nothing.
  void learn(TimeSource source, std::int64_t written_ns, std::int64_t true_ns);
  bool knows(TimeSource source) const { return known_[index(source)]; }
  // The moment in UTC.
  std::int64_t correct(TimeSource source, std::int64_t written_ns) const {
    return written_ns + offset_ns_[index(source)];
  }

 private:
  static std::size_t index(TimeSource source) { return static_cast<std::size_t>(source); }

  static constexpr std::size_t kSources = static_cast<std::size_t>(TimeSource::kCount);
  std::array<std::int64_t, kSources> offset_ns_{};
  std::array<bool, kSources> known_{};
};

}  // namespace holdfast
