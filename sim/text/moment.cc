#include "sim/text/moment.h"

#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include "sim/text/duration.h"

namespace holdfast {
namespace {

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
    constexpr std::uint64_t kMost = 9999;
    if (!number || *number > kMost) return std::nullopt;
    ns += *number * unit;
    if (colon == std::string_view::npos) return ns;
    text = text.substr(colon + 1);
  }
  return std::nullopt;
}

}  // namespace

Expected<std::uint64_t> parse_moment(const std::string& option, const std::string& text,
                                     std::optional<std::uint64_t> started_wall_ns) {
  const auto refuse = [&](std::string what) {
    return std::unexpected(Error{.where = {},
                                 .field = option,
                                 .what = std::move(what),
                                 .remedy = "write a time after the start like 90s, or one of the clock like 03:06:58"});
  };
  if (text.find(':') == std::string::npos) {
    const auto after = parse_duration(text);
    if (!after) return refuse(after.error().what);
    return *after;
  }
  const auto clock = clock_ns(text);
  if (!clock) return refuse("\"" + text + "\" is no time");
  if (!started_wall_ns) return *clock;
  // The first moment of the recording at which the clock shows this.
  const std::uint64_t start = *started_wall_ns % kDayNs;
  return *clock >= start ? *clock - start : *clock + kDayNs - start;
}

}  // namespace holdfast
