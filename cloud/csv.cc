#include "cloud/csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <utility>

#include "cloud/sha256_text.h"
#include "engine/text/ascii.h"

namespace holdfast::cloud {
namespace {

constexpr std::size_t kLineMax = 4'096;

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

struct VerdictWord {
  std::string_view word;
  v1::SafeSoftwareAnswer::Verdict verdict;
};
constexpr std::array kVerdictWords = {
    VerdictWord{"safe", v1::SafeSoftwareAnswer::SAFE},
    VerdictWord{"unknown", v1::SafeSoftwareAnswer::UNKNOWN},
    VerdictWord{"malicious", v1::SafeSoftwareAnswer::MALICIOUS},
};

// What came from outside as it may stand in a message.
std::string shown(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, 40)) out += c >= ' ' && c < 0x7f ? c : '?';
  return text.size() > 40 ? out + "..." : out;
}

}  // namespace

std::optional<std::int64_t> day_of(std::string_view date) {
  if (date.size() != 10 || date[4] != '-' || date[7] != '-') return std::nullopt;
  const auto year = number(date.substr(0, 4));
  const auto month = number(date.substr(5, 2));
  const auto day = number(date.substr(8, 2));
  if (!year || !month || !day || *year < 1970) return std::nullopt;
  const std::chrono::year_month_day read{std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!read.ok()) return std::nullopt;
  return std::chrono::sys_days(read).time_since_epoch().count();
}

std::optional<std::vector<std::string>> csv_fields(std::string_view line) {
  std::vector<std::string> fields;
  std::size_t at = 0;
  while (true) {
    std::string field;
    if (at < line.size() && line[at] == '"') {
      ++at;
      while (true) {
        if (at >= line.size()) return std::nullopt;
        if (line[at] == '"') {
          if (at + 1 < line.size() && line[at + 1] == '"') {
            field += '"';
            at += 2;
            continue;
          }
          ++at;
          break;
        }
        field += line[at++];
      }
      if (at < line.size() && line[at] != ',') return std::nullopt;
    } else {
      while (at < line.size() && line[at] != ',') {
        if (line[at] == '"') return std::nullopt;
        field += line[at++];
      }
    }
    fields.push_back(std::move(field));
    if (at >= line.size()) return fields;
    ++at;  // the comma
  }
}

std::unexpected<Error> CsvReader::refuse(std::string_view field, std::string what) const {
  return std::unexpected(Error{
      .where = fmt::format("{}:{}", name_, line_), .field = std::string(field), .what = std::move(what), .remedy = ""});
}

Expected<void> CsvReader::names(const std::vector<std::string>& fields) {
  struct ColumnName {
    std::string_view name;
    Column column;
  };
  constexpr std::array kColumns = {
      ColumnName{"sha256", Column::kSha256},         ColumnName{"verdict", Column::kVerdict},
      ColumnName{"detections", Column::kDetections}, ColumnName{"age_days", Column::kAgeDays},
      ColumnName{"first_seen", Column::kFirstSeen},
  };
  for (const std::string& field : fields) {
    if (field.empty()) return refuse("column", "one has no name");
    const auto column = std::ranges::find(kColumns, ascii::lower_case(std::string(field)), &ColumnName::name);
    if (column == kColumns.end()) {
      return refuse(shown(field), "no such column; there are sha256, verdict, detections, age_days and first_seen");
    }
    if (std::ranges::find(columns_, column->column) != columns_.end()) return refuse(shown(field), "it stands twice");
    columns_.push_back(column->column);
  }
  if (std::ranges::find(columns_, Column::kSha256) == columns_.end()) return refuse("sha256", "the column is missing");
  return {};
}

Expected<void> CsvReader::value(Column column, const std::string& text, std::string& sha256, Known& known) const {
  if (column == Column::kSha256) {
    const auto bytes = sha256_of_text(text);
    if (!bytes) return refuse("sha256", fmt::format("\"{}\" is no SHA-256 of 64 hexadecimal digits", shown(text)));
    sha256 = *bytes;
    return {};
  }
  if (text.empty()) return {};  // not known
  switch (column) {
    case Column::kVerdict: {
      const auto word = std::ranges::find(kVerdictWords, ascii::lower_case(std::string(text)), &VerdictWord::word);
      if (word == kVerdictWords.end()) {
        return refuse("verdict", fmt::format("\"{}\" is not safe, unknown or malicious", shown(text)));
      }
      known.verdict = word->verdict;
      return {};
    }
    case Column::kDetections:
      known.detections = number(text);
      if (!known.detections) return refuse("detections", fmt::format("\"{}\" is no whole number", shown(text)));
      return {};
    case Column::kAgeDays: {
      const auto days = number(text);
      if (!days || *days > 36'500) return refuse("age_days", fmt::format("\"{}\" is not 0 to 36500", shown(text)));
      known.first_seen_day = today_ - static_cast<std::int64_t>(*days);
      return {};
    }
    default:
      known.first_seen_day = day_of(text);
      if (!known.first_seen_day) return refuse("first_seen", fmt::format("\"{}\" is no date YYYY-MM-DD", shown(text)));
      return {};
  }
}

Expected<void> CsvReader::line(std::string_view text, const Take& take) {
  ++line_;
  if (text.ends_with('\r')) text.remove_suffix(1);
  if (text.size() > kLineMax) return refuse("line", fmt::format("it is longer than {} bytes", kLineMax));
  if (line_ == 1 && text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  if (text.empty()) return {};
  const auto fields = csv_fields(text);
  if (!fields) return refuse("line", "a quotation mark is not closed, or stands inside a field");
  if (columns_.empty()) return names(*fields);
  if (fields->size() != columns_.size()) {
    return refuse("line", fmt::format("it has {} fields, the line of names has {}", fields->size(), columns_.size()));
  }
  std::string sha256;
  Known known;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (auto read = value(columns_[i], (*fields)[i], sha256, known); !read) return read;
  }
  ++programs_;
  return take(sha256, known);
}

Expected<void> CsvReader::end() const {
  if (columns_.empty()) return refuse("sha256", "there is no line of column names");
  return {};
}

}  // namespace holdfast::cloud
