#include "sensors/import/event_time.h"

#include <limits>

#include "engine/text/ascii.h"

namespace holdfast {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kEnd_s = 9'214'646'400;  // of the year 2261, the last whole one that 63 bits of ns hold

// Days from 1970-01-01 to a date of the Gregorian calendar, which repeats itself every 400 years (146,097 days). Years
// are counted from March, so that the leap day is the last one.
std::int64_t days_from_epoch(std::int64_t year, std::int64_t month, std::int64_t day) {
  if (month <= 2) --year;
  const std::int64_t cycle = year / 400;
  const std::int64_t year_of_cycle = year % 400;
  const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const std::int64_t day_of_cycle = year_of_cycle * 365 + year_of_cycle / 4 - year_of_cycle / 100 + day_of_year;
  return cycle * 146'097 + day_of_cycle - 719'468;
}

int days_of_month(int year, int month) {
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[month - 1];
}

// Takes a text apart from its front.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  // `count` digits, or -1.
  int digits(std::size_t count) {
    if (rest_.size() < count) return -1;
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (rest_[i] < '0' || rest_[i] > '9') return -1;
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(count);
    return value;
  }

  bool one_of(std::string_view characters) {
    if (rest_.empty() || characters.find(rest_[0]) == std::string_view::npos) return false;
    taken_ = rest_[0];
    rest_.remove_prefix(1);
    return true;
  }

  bool word(std::string_view expected) {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }

  // -1 if there is none.
  int one_or_two_digits() { return rest_.size() > 1 && ascii::is_digit(rest_[1]) ? digits(2) : digits(1); }

  std::string_view rest() const { return rest_; }
  char taken() const { return taken_; }
  bool at_end() const { return rest_.empty(); }
  bool at_digit() const { return !rest_.empty() && ascii::is_digit(rest_[0]); }

  // Digits of a fraction of a second as nanoseconds; -1 if there is none.
  std::int64_t fraction_ns() {
    if (!at_digit()) return -1;
    std::int64_t value = 0;
    std::int64_t unit = kSecond / 10;
    while (at_digit()) {
      value += (rest_[0] - '0') * unit;
      unit /= 10;
      rest_.remove_prefix(1);
    }
    return value;
  }

 private:
  std::string_view rest_;
  char taken_ = 0;
};

// Nothing on a malformed zone; seconds east of UTC otherwise.
std::optional<std::int64_t> zone_offset_s(Scanner& scan) {
  if (scan.one_of("Zz") || scan.word("UTC") || scan.word("GMT")) return 0;
  if (!scan.one_of("+-")) return std::nullopt;
  const std::int64_t sign = scan.taken() == '-' ? -1 : 1;
  const int hours = scan.digits(2);
  if (hours < 0 || hours > 14) return std::nullopt;
  const bool parted = scan.one_of(":");
  if (!parted && scan.at_end()) return sign * hours * 3600;
  const int minutes = scan.digits(2);
  if (minutes < 0 || minutes > 59) return std::nullopt;
  return sign * (hours * 3600 + minutes * 60);
}

struct Clock {
  int hour = -1;
  int minute = -1;
  int second = -1;
};

// ":06:10" behind an hour; false where it is none.
bool read_minutes(Scanner& scan, Clock& clock) {
  if (!scan.one_of(":")) return false;
  clock.minute = scan.digits(2);
  if (!scan.one_of(":")) return false;
  clock.second = scan.digits(2);
  return clock.hour >= 0 && clock.hour <= 23 && clock.minute >= 0 && clock.minute <= 59 && clock.second >= 0 &&
         clock.second <= 60;  // a leap second
}

// Years before 1970 and after 2261, and days that no month has, are no moment.
std::optional<std::int64_t> moment_ns(int year, int month, int day, const Clock& clock) {
  if (year < 1970 || year > 2261 || month < 1 || month > 12 || day < 1 || day > days_of_month(year, month)) {
    return std::nullopt;
  }
  return (days_from_epoch(year, month, day) * 86'400 + clock.hour * 3600 + clock.minute * 60 + clock.second) * kSecond;
}

// A fraction, where one stands here, and the zone behind it.
std::optional<ParsedTime> with_rest(std::optional<std::int64_t> moment, Scanner& scan) {
  if (!moment) return std::nullopt;
  ParsedTime time{.ns = *moment};
  if (scan.one_of(".,")) {
    const std::int64_t fraction = scan.fraction_ns();
    if (fraction < 0) return std::nullopt;
    time.ns += fraction;
  }
  if (scan.at_end()) return time;
  scan.one_of(" ");
  const std::optional<std::int64_t> east_s = zone_offset_s(scan);
  if (!east_s || !scan.at_end()) return std::nullopt;
  time.ns -= *east_s * kSecond;
  time.has_zone = true;
  return time.ns < 0 ? std::nullopt : std::optional(time);
}

std::optional<ParsedTime> year_first(std::string_view text) {
  Scanner scan(text);
  const int year = scan.digits(4);
  if (!scan.one_of("-/")) return std::nullopt;
  const int month = scan.digits(2);
  if (!scan.one_of("-/")) return std::nullopt;
  const int day = scan.digits(2);
  if (!scan.one_of("Tt ")) return std::nullopt;
  Clock clock{.hour = scan.digits(2)};
  if (!read_minutes(scan, clock)) return std::nullopt;
  return with_rest(moment_ns(year, month, day, clock), scan);
}

std::optional<ParsedTime> month_first(std::string_view text) {
  Scanner scan(text);
  const int month = scan.one_or_two_digits();
  if (!scan.one_of("/")) return std::nullopt;
  const int day = scan.one_or_two_digits();
  if (!scan.one_of("/")) return std::nullopt;
  const int year = scan.digits(4);
  scan.one_of(",");
  if (!scan.one_of(" ")) return std::nullopt;
  Clock clock{.hour = scan.one_or_two_digits()};
  if (!read_minutes(scan, clock)) return std::nullopt;
  const std::int64_t fraction = scan.one_of(".") ? scan.fraction_ns() : 0;
  if (fraction < 0 || !scan.one_of(" ") || clock.hour < 1 || clock.hour > 12) return std::nullopt;
  const bool afternoon = scan.word("PM");
  if (!afternoon && !scan.word("AM")) return std::nullopt;
  clock.hour = clock.hour % 12 + (afternoon ? 12 : 0);
  if (!scan.at_end() && !scan.rest().starts_with(' ')) return std::nullopt;
  std::optional<std::int64_t> moment = moment_ns(year, month, day, clock);
  if (moment) *moment += fraction;
  return with_rest(moment, scan);
}

std::optional<ParsedTime> kibana(std::string_view text) {
  static constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  Scanner scan(text);
  int month = 0;
  for (int i = 0; i < 12; ++i) {
    if (scan.word(kMonths[i])) month = i + 1;
  }
  if (month == 0 || !scan.one_of(" ")) return std::nullopt;
  const int day = scan.one_or_two_digits();
  if (!scan.word(", ")) return std::nullopt;
  const int year = scan.digits(4);
  if (!scan.word(" @ ")) return std::nullopt;
  Clock clock{.hour = scan.digits(2)};
  if (!read_minutes(scan, clock)) return std::nullopt;
  return with_rest(moment_ns(year, month, day, clock), scan);
}

// Of numbers since some beginning: how many digits a moment of the years 2001 to 2261 has, and what one is worth.
struct Unit {
  std::size_t digits_min;
  std::size_t digits_max;
  std::int64_t ns;
  std::int64_t begins_s;  // since 1970
};
constexpr Unit kUnits[] = {
    {9, 10, kSecond, 0}, {12, 13, 1'000'000, 0},
    {15, 16, 1'000, 0},  {18, 18, 100, -11'644'473'600},  // FILETIME, since 1601
    {19, 19, 1, 0},
};

std::optional<ParsedTime> number(std::string_view text) {
  Scanner scan(text);
  std::int64_t count = 0;
  std::size_t digits = 0;
  for (; scan.at_digit() && digits < 19; ++digits) {
    const int digit = scan.digits(1);
    if (count > (std::numeric_limits<std::int64_t>::max() - digit) / 10) return std::nullopt;
    count = count * 10 + digit;
  }
  for (const Unit& unit : kUnits) {
    if (digits < unit.digits_min || digits > unit.digits_max) continue;
    const std::int64_t per_second = kSecond / unit.ns;
    const std::int64_t seconds = count / per_second + unit.begins_s;
    if (seconds < 0 || seconds >= kEnd_s) return std::nullopt;
    ParsedTime time{.ns = seconds * kSecond + count % per_second * unit.ns, .has_zone = true};
    if (unit.ns == kSecond && scan.one_of(".")) {
      const std::int64_t fraction = scan.fraction_ns();
      if (fraction < 0) return std::nullopt;
      time.ns += fraction;
    }
    return scan.at_end() ? std::optional(time) : std::nullopt;
  }
  return std::nullopt;
}

// What ASP.NET and PowerShell's ConvertTo-Json write; JSON may escape the slashes.
std::optional<ParsedTime> date_call(std::string_view text) {
  Scanner scan(text);
  scan.word("\\");
  if (!scan.word("/Date(")) return std::nullopt;
  const std::string_view count = scan.rest().substr(0, scan.rest().find_first_of("+-)"));
  scan.word(count);
  if (scan.one_of("+-") && scan.digits(4) < 0) return std::nullopt;
  if (!scan.word(")")) return std::nullopt;
  scan.word("\\");
  return scan.word("/") && scan.at_end() ? number(count) : std::nullopt;
}

// In the order of how often they come.
constexpr std::optional<ParsedTime> (*kSpellings[])(std::string_view) = {year_first, number, date_call, month_first,
                                                                         kibana};

}  // namespace

std::optional<ParsedTime> parse_time(std::string_view text) {
  for (const auto spelling : kSpellings) {
    if (const std::optional<ParsedTime> time = spelling(text)) return time;
  }
  return std::nullopt;
}

std::optional<std::int64_t> parse_zone(std::string_view text) {
  Scanner scan(text);
  const std::optional<std::int64_t> east_s = zone_offset_s(scan);
  return east_s && scan.at_end() ? std::optional(*east_s * kSecond) : std::nullopt;
}

}  // namespace holdfast
