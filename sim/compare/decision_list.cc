#include "sim/compare/decision_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "engine/text/sha256.h"
#include "engine/text/units.h"

namespace holdfast {
namespace {

struct Column {
  std::string_view name;
  std::string_view LoggedDecision::* value;
};
constexpr auto kColumns = std::to_array<Column>({
    {"decision", &LoggedDecision::decision},
    {"because", &LoggedDecision::because},
    {"event", &LoggedDecision::event},
    {"hold", &LoggedDecision::hold},
    {"held_ns", &LoggedDecision::held_ns},
    {"logged", &LoggedDecision::logged},
    {"warned", &LoggedDecision::warned},
    {"process", &LoggedDecision::process},
    {"what", &LoggedDecision::what},
    {"program", &LoggedDecision::program},
    {"target", &LoggedDecision::target},
    {"reasons", &LoggedDecision::reasons},
});

std::unexpected<Error> refuse(std::string field, std::string what) {
  return std::unexpected(Error{.where = {},
                               .field = std::move(field),
                               .what = std::move(what),
                               .remedy = "write it with holdfast replay --log"});
}

// Takes what stands before the next `end` off `text`; all of it where there is none.
std::string_view cut(std::string_view& text, char end) {
  const std::size_t at = std::min(text.find(end), text.size());
  const std::string_view part = text.substr(0, at);
  text.remove_prefix(std::min(at + 1, text.size()));
  return part;
}

template <typename Number>
std::optional<Number> whole(std::string_view text, int base = 10) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// "00:00:32.500000000" in ns.
std::optional<std::uint64_t> time_of(std::string_view text) {
  constexpr std::uint64_t kHoursMax = 5'000'000;  // what 64 bits of ns hold
  const auto hours = whole<std::uint64_t>(cut(text, ':'));
  const auto minutes = whole<std::uint64_t>(cut(text, ':'));
  const auto seconds = whole<std::uint64_t>(cut(text, '.'));
  const auto ns = text.size() == 9 ? whole<std::uint64_t>(text) : std::nullopt;
  if (!hours || !minutes || !seconds || !ns || *hours > kHoursMax || *minutes > 59 || *seconds > 59) {
    return std::nullopt;
  }
  return ((*hours * 60 + *minutes) * 60 + *seconds) * kSecond_ns + *ns;
}

// Fails on a column that is missing; the first of its name counts.
Expected<void> read_columns(std::string_view columns, LoggedDecision& decision) {
  std::array<bool, kColumns.size()> seen{};
  while (!columns.empty()) {
    std::string_view value = cut(columns, '\t');
    const std::string_view name = cut(value, '=');
    const auto* const column = std::ranges::find(kColumns, name, &Column::name);
    if (column == kColumns.end() || std::exchange(seen[static_cast<std::size_t>(column - kColumns.begin())], true)) {
      continue;
    }
    decision.*(column->value) = value;
  }
  const auto* const missing = std::ranges::find(seen, false);
  if (missing == seen.end()) return {};
  const Column& column = kColumns[static_cast<std::size_t>(missing - seen.begin())];
  return refuse(std::string(column.name), "the verdict has no such column");
}

// Empty where there is no such column.
std::string_view column_of(std::string_view columns, std::string_view name) {
  while (!columns.empty()) {
    std::string_view value = cut(columns, '\t');
    if (cut(value, '=') == name) return value;
  }
  return {};
}

}  // namespace

std::uint64_t LoggedDecision::waited_ns() const { return whole<std::uint64_t>(held_ns).value_or(0); }

Expected<DecisionList> DecisionList::parse(const std::string& name, std::string log) {
  DecisionList list;
  list.log_ = std::make_unique<const std::string>(std::move(log));
  std::string_view rest = *list.log_;
  for (std::uint64_t number = 1; !rest.empty(); ++number) {
    const bool whole_line = rest.find('\n') != std::string_view::npos;
    auto added = whole_line ? list.add_line(cut(rest, '\n')) : refuse({}, "the last line is cut off");
    if (added) continue;
    added.error().where = fmt::format("{}:{}", name, number);
    return std::unexpected(std::move(added.error()));
  }
  return list;
}

Expected<void> DecisionList::add_line(std::string_view line) {
  if (line.ends_with('\r')) return refuse({}, "the line was changed as if it were text: it ends in CR LF");
  const auto at_ns = time_of(cut(line, '\t'));
  const std::string_view kind = cut(line, '\t');
  if (!at_ns || kind.empty()) return refuse({}, "is no line of a decision log");
  if (kind != "verdict") {
    ++other_lines_[kind];
    if (kind == "status") settings_ = column_of(line, "settings");
    return {};
  }
  LoggedDecision& decision = decisions_.emplace_back();
  decision.number = decisions_.size();
  decision.at_ns = *at_ns;
  decision.settings = settings_;
  return read_columns(line, decision);
}

std::string DecisionList::sha256() const {
  engine::Sha256 hash;
  if (log_) hash.update(*log_);
  return hash.hex();
}

std::string unescaped(std::string_view column) {
  std::string text;
  for (std::size_t i = 0; i < column.size(); ++i) {
    const auto byte =
        column[i] == '%' && column.size() - i > 2 ? whole<unsigned char>(column.substr(i + 1, 2), 16) : std::nullopt;
    text += byte ? static_cast<char>(*byte) : column[i];
    if (byte) i += 2;
  }
  return text;
}

}  // namespace holdfast
