#include "sim/text/duration.h"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <optional>

#include "engine/text/ascii.h"

namespace holdfast {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t ns;
};

constexpr std::array<Unit, 7> kUnits = {{
    {"ns", 1},
    {"us", 1'000},
    {"ms", 1'000'000},
    {"s", kSecond_ns},
    {"m", 60 * kSecond_ns},
    {"h", 3'600 * kSecond_ns},
    {"d", kDayNs},
}};

constexpr std::size_t kDigitsMax = 18;  // fits 64 bits with room to spare

bool is_letter(char c) { return c >= 'a' && c <= 'z'; }

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kShownMax = 40;
  if (text.size() > kShownMax) return fmt::format("\"{}...\"", text.substr(0, kShownMax));
  return fmt::format("\"{}\"", text);
}

std::unexpected<Error> too_long(std::string_view text) {
  return failure({}, fmt::format("{} is longer than 366 days", in_quotes(text)), "");
}

std::optional<std::uint64_t> unit_ns(std::string_view name) {
  for (const Unit& unit : kUnits) {
    if (unit.name == name) return unit.ns;
  }
  return std::nullopt;
}

std::string_view take_while(std::string_view& rest, bool (*wanted)(char)) {
  std::size_t length = 0;
  while (length < rest.size() && wanted(rest[length])) ++length;
  const std::string_view taken = rest.substr(0, length);
  rest.remove_prefix(length);
  return taken;
}

std::uint64_t number(std::string_view digits) {
  std::uint64_t value = 0;
  for (const char c : digits) value = value * 10 + static_cast<std::uint64_t>(c - '0');
  return value;
}

// The part behind the decimal point in ns, or nothing if a nanosecond cannot hold it.
std::optional<std::uint64_t> fraction_ns(std::string_view digits, std::uint64_t unit) {
  std::uint64_t sum = 0;
  std::uint64_t rest = unit;
  for (const char c : digits) {
    // Minutes and longer are not powers of ten, so the place value is computed anew for each digit.
    if (rest % 10 != 0 && c != '0') return std::nullopt;
    rest /= 10;
    sum += rest * static_cast<std::uint64_t>(c - '0');
  }
  return sum;
}

}  // namespace

Expected<std::uint64_t> parse_duration(std::string_view text) {
  constexpr std::string_view kExample = "write a number with a unit: \"250ms\", \"2.5s\", \"10m\", \"24h\", \"1h 30m\"";
  std::string_view rest = text;
  std::uint64_t sum = 0;
  bool any = false;
  while (true) {
    while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
    if (rest.empty()) break;
    const std::string_view whole = take_while(rest, ascii::is_digit);
    std::string_view fraction;
    if (!rest.empty() && rest.front() == '.') {
      rest.remove_prefix(1);
      fraction = take_while(rest, ascii::is_digit);
      if (fraction.empty())
        return failure({}, fmt::format("{} has a point without digits", in_quotes(text)), std::string(kExample));
    }
    if (whole.empty()) return failure({}, fmt::format("{} is no duration", in_quotes(text)), std::string(kExample));
    if (whole.size() > kDigitsMax || fraction.size() > kDigitsMax) {
      return failure({}, fmt::format("{} has too many digits", in_quotes(text)), std::string(kExample));
    }
    const std::string_view name = take_while(rest, is_letter);
    if (name.empty()) return failure({}, fmt::format("{} has no unit", in_quotes(text)), std::string(kExample));
    const std::optional<std::uint64_t> unit = unit_ns(name);
    if (!unit) {
      return failure({}, fmt::format("{} has an unknown unit {}", in_quotes(text), in_quotes(name)),
                     "the units are ns, us, ms, s, m, h and d");
    }
    if (number(whole) > kSimulatedNsMax / *unit) return too_long(text);
    const std::optional<std::uint64_t> part = fraction_ns(fraction, *unit);
    if (!part) return failure({}, fmt::format("{} is finer than a nanosecond", in_quotes(text)), "");
    sum += number(whole) * *unit + *part;
    if (sum > kSimulatedNsMax) return too_long(text);
    any = true;
  }
  if (!any) return failure({}, fmt::format("{} is no duration", in_quotes(text)), std::string(kExample));
  return sum;
}

std::uint64_t duration_or(std::string_view text, std::uint64_t absent_ns) {
  return text.empty() ? absent_ns : parse_duration(text).value_or(absent_ns);
}

std::string duration_text(std::uint64_t ns) {
  const std::uint64_t hours = ns / (3'600 * kSecond_ns);
  const std::uint64_t minutes = ns / (60 * kSecond_ns) % 60;
  const std::uint64_t rest = ns % (60 * kSecond_ns);
  // Below two minutes people say "90s" and "32.5s".
  if (hours == 0 && minutes < 2) {
    if (ns != 0 && ns < kSecond_ns && ns % 1'000'000 == 0) return fmt::format("{}ms", ns / 1'000'000);
    std::string text = fmt::format("{}.{:09}", ns / kSecond_ns, ns % kSecond_ns);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return text + "s";
  }
  std::string text;
  if (hours != 0) text += fmt::format("{}h", hours);
  if (minutes != 0) text += fmt::format("{}{}m", text.empty() ? "" : " ", minutes);
  if (rest != 0) text += " " + duration_text(rest);
  return text;
}

std::string clock_text(std::uint64_t at_ns) {
  const std::uint64_t seconds = at_ns / kSecond_ns;
  std::string text =
      fmt::format("{:02}:{:02}:{:02}.{:09}", seconds / 3600, seconds / 60 % 60, seconds % 60, at_ns % kSecond_ns);
  // Milliseconds always, so that columns stand below each other.
  for (int group = 0; group < 2 && text.ends_with("000"); ++group) text.erase(text.size() - 3);
  return text;
}

}  // namespace holdfast
