#include "sim/text/moment.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include "sim/text/duration.h"

namespace holdfast {
namespace {

constexpr std::size_t kDateLength = 10;  // "2024-05-21"

std::optional<std::uint64_t> whole_number(std::string_view digits) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

// "03:06", "03:06:58" or "03:06:58.402" in ns.
std::optional<std::uint64_t> clock_ns(std::string_view text) {
  constexpr std::array<std::uint64_t, 3> kParts = {3600 * kSecond_ns, 60 * kSecond_ns, kSecond_ns};
  std::uint64_t ns = 0;
  if (const std::size_t point = text.find('.'); point != std::string_view::npos) {
    std::string digits(text.substr(point + 1));
    if (digits.empty() || digits.size() > 9) return std::nullopt;
    digits.append(9 - digits.size(), '0');
    const auto fraction = whole_number(digits);
    if (!fraction) return std::nullopt;
    ns = *fraction;
    text = text.substr(0, point);
  }
  for (const std::uint64_t unit : kParts) {
    const std::size_t colon = text.find(':');
    const auto number = whole_number(text.substr(0, colon));
    // A story without a clock may last for days.
    const std::uint64_t most = unit == kParts[0] ? 9999 : 59;
    if (!number || *number > most) return std::nullopt;
    ns += *number * unit;
    if (colon == std::string_view::npos) return ns;
    text = text.substr(colon + 1);
  }
  return std::nullopt;
}

// "2024-05-21" as days since 1970, by the Gregorian calendar.
std::optional<std::uint64_t> day_number(std::string_view text) {
  constexpr std::array<std::uint64_t, 12> kDaysBefore = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
  constexpr std::uint64_t kFirstYear = 1970;
  if (text.size() != kDateLength || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = whole_number(text.substr(0, 4));
  const auto month = whole_number(text.substr(5, 2));
  const auto day = whole_number(text.substr(8, 2));
  if (!year || !month || !day || *year < kFirstYear || *month < 1 || *month > 12 || *day < 1) return std::nullopt;
  const bool leap = (*year % 4 == 0 && *year % 100 != 0) || *year % 400 == 0;
  const std::uint64_t before = kDaysBefore[*month - 1];
  const std::uint64_t month_days = (*month == 12 ? 365 : kDaysBefore[*month]) - before + (leap && *month == 2 ? 1 : 0);
  if (*day > month_days) return std::nullopt;
  const auto leap_days = [](std::uint64_t to) { return to / 4 - to / 100 + to / 400; };
  const std::uint64_t years = *year - kFirstYear;
  return years * 365 + leap_days(*year - 1) - leap_days(kFirstYear - 1) + before + (leap && *month > 2 ? 1 : 0) + *day -
         1;
}

// "2024-05-21T03:06:58.5Z" as ns since 1970; the time may be missing.
std::optional<std::uint64_t> wall_ns(std::string_view text) {
  const auto day = day_number(text.substr(0, kDateLength));
  if (!day) return std::nullopt;
  text.remove_prefix(kDateLength);
  if (text.empty()) return *day * kDayNs;
  if (text.front() != ' ' && text.front() != 'T') return std::nullopt;
  if (text.ends_with('Z')) text.remove_suffix(1);
  const auto clock = clock_ns(text.substr(1));
  if (!clock || *clock >= kDayNs) return std::nullopt;
  return *day * kDayNs + *clock;
}

bool begins_with_a_date(std::string_view text) {
  return text.size() >= kDateLength && text[4] == '-' && text[7] == '-';
}

}  // namespace

Expected<std::uint64_t> parse_moment(const std::string& option, const std::string& text,
                                     std::optional<std::uint64_t> started_wall_ns) {
  const auto refuse = [&](std::string what) {
    return std::unexpected(
        Error{.where = {},
              .field = option,
              .what = std::move(what),
              .remedy = "write a time after the start like 90s, one of the clock like 03:06:58, or with its "
                        "date like 2024-05-21 03:06:58"});
  };
  if (begins_with_a_date(text)) {
    const auto wall = wall_ns(text);
    if (!wall) return refuse("\"" + text + "\" is no date and time");
    if (!started_wall_ns) return refuse("the story has no dates");
    return *wall - std::min(*wall, *started_wall_ns);
  }
  if (text.find(':') == std::string::npos) {
    const auto after = parse_duration(text);
    if (!after) return refuse(after.error().what);
    return *after;
  }
  const auto clock = clock_ns(text);
  if (!clock) return refuse("\"" + text + "\" is no time");
  if (!started_wall_ns) return *clock;
  if (*clock >= kDayNs) return refuse("no clock shows \"" + text + "\"");
  // The first moment of the recording at which the clock shows this.
  const std::uint64_t start = *started_wall_ns % kDayNs;
  return *clock >= start ? *clock - start : *clock + kDayNs - start;
}

}  // namespace holdfast
