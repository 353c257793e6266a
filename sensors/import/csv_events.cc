#include "sensors/import/csv_events.h"

#include <algorithm>
#include <utility>

#include "engine/text/ascii.h"
#include "engine/text/utf8.h"
#include "sensors/import/text_bytes.h"

namespace holdfast {
namespace {

constexpr std::size_t kHeaderBytesMax = 64 * 1024;
constexpr std::string_view kTypeRow = "#TYPE ";  // Export-Csv's first line

bool is_grouped_number(std::string_view text) {
  return text.find(',') != std::string_view::npos &&
         std::ranges::all_of(text, [](char c) { return ascii::is_digit(c) || c == ','; });
}

std::string without_commas(std::string_view text) {
  std::string digits(text);
  std::erase(digits, ',');
  return digits;
}

// "TimeGenerated [UTC]", as Azure's portal writes it: the zone.
std::string_view zone_in(std::string_view name) {
  const std::size_t open = name.rfind(" [");
  return open == std::string_view::npos || !name.ends_with(']') ? std::string_view() : name.substr(open);
}

bool has_column(const std::vector<std::string_view>& names, Field field) {
  return std::ranges::find(names, field, field_at_top) != names.end();
}

}  // namespace

bool is_table_of_events(std::string_view start) {
  TextBytes bytes(start.substr(0, kHeaderBytesMax));
  CsvReader rows(bytes, kHeaderBytesMax);
  for (;;) {
    const Expected<CsvReader::Next> next = rows.next();
    if (!next || *next != CsvReader::Next::kRow) return false;
    const std::vector<std::string_view>& names = rows.fields();
    if (names.front().starts_with(kTypeRow)) continue;
    if (names.size() < 2) return false;
    return has_column(names, Field::kEventId) || has_column(names, Field::kWhole) ||
           std::ranges::find(names, "_source") != names.end() ||
           (has_column(names, Field::kPlainId) && has_column(names, Field::kChannel));
  }
}

void CsvEvents::take_header() {
  const std::vector<std::string_view>& names = rows_.fields();
  // Beside a column with the event's own data, those of the same names are the tool's summary or the logger's.
  const bool has_data = has_column(names, Field::kData);
  for (std::string_view name : names) {
    const std::string_view zone = zone_in(name);
    name.remove_suffix(zone.size());
    const Field field = field_at_top(name);
    const bool of_the_event = field >= Field::kProcessGuid && field < Field::kCount;
    columns_.push_back({.name = std::string(name),
                        .read = is_utf8(name) && !(has_data && (of_the_event || field == Field::kUnknown)),
                        .grouped = name.ends_with(".pid") || name.ends_with(".port") || name.ends_with("event_id"),
                        .utc = zone == " [UTC]"});
  }
}

EventSource::Next CsvEvents::malformed(std::string reason) {
  reason_ = std::move(reason);
  return Next::kMalformed;
}

Expected<EventSource::Next> CsvEvents::next(EventDocument& event) {
  for (;;) {
    HOLDFAST_TRY(found, rows_.next());
    if (found == CsvReader::Next::kEnd) return Next::kEnd;
    if (found == CsvReader::Next::kBad) return malformed(rows_.reason());
    if (!columns_.empty()) break;
    if (!rows_.fields().front().starts_with(kTypeRow)) take_header();
  }
  const std::vector<std::string_view>& fields = rows_.fields();
  if (fields.size() != columns_.size()) {
    return malformed("the row has " + std::to_string(fields.size()) + " fields and the table " +
                     std::to_string(columns_.size()) + " columns");
  }
  row_.clear();
  made_.clear();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const Column& column = columns_[i];
    if (!column.read || fields[i].empty()) continue;
    if (!is_utf8(fields[i])) return malformed("the column " + column.name + " is not UTF-8");
    std::string_view text = fields[i];
    if (column.grouped && is_grouped_number(text)) text = made_.emplace_back(without_commas(text));
    if (column.utc) text = made_.emplace_back(std::string(text) + " UTC");
    row_.push_back({column.name, text});
  }
  std::string reason = reader_.read_row(row_, event);
  return reason.empty() ? Next::kEvent : malformed(std::move(reason));
}

}  // namespace holdfast
