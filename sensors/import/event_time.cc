#include "sensors/import/event_time.h"

#include "engine/text/ascii.h"

namespace holdfast {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

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
  if (scan.one_of("Z")) return 0;
  if (!scan.one_of("+-")) return std::nullopt;
  const std::int64_t sign = scan.taken() == '-' ? -1 : 1;
  const int hours = scan.digits(2);
  scan.one_of(":");
  const int minutes = scan.digits(2);
  if (hours < 0 || hours > 14 || minutes < 0 || minutes > 59) return std::nullopt;
  return sign * (hours * 3600 + minutes * 60);
}

}  // namespace

std::optional<ParsedTime> parse_time(std::string_view text) {
  Scanner scan(text);
  const int year = scan.digits(4);
  if (year < 1970 || year > 2261 || !scan.one_of("-/")) return std::nullopt;
  const int month = scan.digits(2);
  if (month < 1 || month > 12 || !scan.one_of("-/")) return std::nullopt;
  const int day = scan.digits(2);
  if (day < 1 || day > days_of_month(year, month) || !scan.one_of("T ")) return std::nullopt;
  const int hour = scan.digits(2);
  if (hour < 0 || hour > 23 || !scan.one_of(":")) return std::nullopt;
  const int minute = scan.digits(2);
  if (minute < 0 || minute > 59 || !scan.one_of(":")) return std::nullopt;
  const int second = scan.digits(2);
  if (second < 0 || second > 60) return std::nullopt;  // 60: a leap second

  ParsedTime time;
  time.ns = (days_from_epoch(year, month, day) * 86'400 + hour * 3600 + minute * 60 + second) * kSecond;
  if (scan.one_of(".,")) {
    const std::int64_t fraction = scan.fraction_ns();
    if (fraction < 0) return std::nullopt;
    time.ns += fraction;
  }
  if (scan.at_end()) return time;
  const std::optional<std::int64_t> east_s = zone_offset_s(scan);
  if (!east_s || !scan.at_end()) return std::nullopt;
  time.ns -= *east_s * kSecond;
  time.has_zone = true;
  return time.ns < 0 ? std::nullopt : std::optional(time);
}

void ZoneOffsets::learn(TimeSource source, std::int64_t written_ns, std::int64_t true_ns) {
  constexpr std::int64_t kQuarter = 15 * 60 * kSecond;
  constexpr std::int64_t kFarthest = 15 * 3600 * kSecond;  // beyond any zone
  const std::int64_t difference = true_ns - written_ns;
  if (difference > kFarthest || difference < -kFarthest) return;
  const std::int64_t half = difference >= 0 ? kQuarter / 2 : -kQuarter / 2;
  const std::int64_t whole = (difference + half) / kQuarter * kQuarter;
  const std::int64_t rest = difference - whole;
  if (rest > 60 * kSecond || rest < -60 * kSecond) return;
  offset_ns_[index(source)] = whole;
  known_[index(source)] = true;
}

}  // namespace holdfast
