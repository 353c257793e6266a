#include "sim/scenario/verdict_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

#include "reports/json.h"
#include "reports/wording.h"
#include "sim/scenario/parallel.h"
#include "sim/scenario/scenario_run.h"
#include "sim/scenario/what_if.h"
#include "sim/story/timeline.h"
#include "sim/text/duration.h"

namespace holdfast {
namespace {

constexpr std::size_t kStepsDefault = 8;
constexpr std::string_view kForm = "write KEY=A,B,C or KEY=FROM..TO/STEPS, as service.latency=100ms..3s/6";

std::unexpected<Error> refuse(std::string_view text, std::string what) {
  return std::unexpected(
      Error{.where = {}, .field = std::string(text), .what = std::move(what), .remedy = std::string(kForm)});
}

// A whole number or a duration, and how to write others of its kind.
struct Quantity {
  std::uint64_t value = 0;
  bool is_duration = false;

  std::string text(std::uint64_t other) const { return is_duration ? duration_text(other) : std::to_string(other); }
};

std::optional<Quantity> quantity(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size()) return Quantity{.value = number};
  if (const auto duration = parse_duration(text)) return Quantity{.value = *duration, .is_duration = true};
  return std::nullopt;
}

Expected<std::vector<std::string>> range(std::string_view text, std::string_view from, std::string_view rest) {
  std::size_t steps = kStepsDefault;
  const std::size_t slash = rest.find('/');
  if (slash != std::string_view::npos) {
    const auto count = quantity(rest.substr(slash + 1));
    if (!count || count->is_duration || count->value < 2 || count->value > kAxisValuesMax) {
      return refuse(text, fmt::format("the number of steps is not 2 to {}", kAxisValuesMax));
    }
    steps = count->value;
  }
  const auto first = quantity(from);
  const auto last = quantity(rest.substr(0, slash));
  if (!first || !last) return refuse(text, "an end of the range is neither a whole number nor a duration");
  if (first->is_duration != last->is_duration)
    return refuse(text, "one end of the range is a duration, the other is not");
  if (first->value >= last->value) return refuse(text, "the range does not ascend");
  std::vector<std::string> values;
  const std::uint64_t width = last->value - first->value;
  for (std::size_t i = 0; i < steps; ++i) {
    const std::uint64_t parts = steps - 1;
    // width / parts * i + the part that the division leaves over: exact, and without an overflow.
    values.push_back(first->text(first->value + width / parts * i + width % parts * i / parts));
  }
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

// The entry of the timeline that `of` means.
Expected<std::size_t> entry_of(const Timeline& timeline, std::string_view of, const ScenarioFile& file) {
  const auto refused = [&](std::string what, std::string remedy) {
    return std::unexpected(
        Error{.where = file.path, .field = "--of", .what = std::move(what), .remedy = std::move(remedy)});
  };
  std::string name(of);
  if (name.empty()) {
    std::set<std::string> expected;
    for (const v1::Expect& expect : file.scenario.expect()) {
      if (!expect.verdict().of().empty()) expected.insert(expect.verdict().of());
    }
    if (expected.size() != 1) {
      return refused(fmt::format("the scenario expects verdicts of {} operations", expected.size()),
                     "say which is meant: --of NAME");
    }
    name = *expected.begin();
  }
  const std::vector<std::size_t> entries = timeline.find(name);
  if (entries.size() == 1) return entries.front();
  return refused(fmt::format("{} entries of the story are called \"{}\"", entries.size(), name),
                 "use the label or kind of one, \"registry_set#2\" for the second of its kind");
}

MapCell cell_of(const ScenarioRun& run, std::size_t entry) {
  MapCell cell{.decision = {}, .because = {}, .held_ns = 0, .met = run.met()};
  const auto played = std::ranges::find(run.played, entry, &PlayedEntry::occurrence);
  if (played == run.played.end()) return cell;
  for (const Step& step : run.steps) {
    for (const v1::Output& output : step.outputs) {
      if (!output.has_verdict() || output.verdict().operation_id() != played->operation_id) continue;
      cell.decision = v1::Verdict::Decision_Name(output.verdict().decision());
      cell.because = v1::ReasonCode_Name(output.verdict().because());
      cell.held_ns = output.verdict().held_ns();
    }
  }
  return cell;
}

std::string outcome_text(const MapCell& cell) {
  return cell.decision.empty() ? "no verdict" : cell.decision + ", " + cell.because;
}

const MapCell& cell_at(const VerdictMap& map, std::size_t row, std::size_t column) {
  return map.cells[row * map.x.values.size() + column];
}

}  // namespace

Expected<Axis> parse_axis(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) return refuse(text, "no field is named");
  Axis axis{.key = std::string(text.substr(0, equals)), .values = {}};
  const std::string_view values = text.substr(equals + 1);
  if (const std::size_t dots = values.find(".."); dots != std::string_view::npos) {
    HOLDFAST_TRY(spaced, range(text, values.substr(0, dots), values.substr(dots + 2)));
    axis.values = std::move(spaced);
    return axis;
  }
  for (std::size_t at = 0; at <= values.size();) {
    const std::size_t comma = std::min(values.find(',', at), values.size());
    if (comma == at) return refuse(text, "a value is empty");
    axis.values.emplace_back(values.substr(at, comma - at));
    at = comma + 1;
  }
  if (axis.values.size() > kAxisValuesMax)
    return refuse(text, fmt::format("there are more than {} values", kAxisValuesMax));
  return axis;
}

Expected<VerdictMap> map_verdicts(const ScenarioFile& file, std::string_view of, const Axis& x,
                                  const std::optional<Axis>& y, unsigned jobs) {
  HOLDFAST_TRY(timeline, Timeline::compile(file.scenario, file.locations));
  HOLDFAST_TRY(entry, entry_of(timeline, of, file));
  VerdictMap map{.x = x, .y = y.value_or(Axis{.key = {}, .values = {""}}), .of = timeline.name(entry), .cells = {}};

  std::vector<v1::Scenario> stories;
  for (const std::string& down : map.y.values) {
    for (const std::string& across : map.x.values) {
      v1::Scenario& story = stories.emplace_back(file.scenario);
      HOLDFAST_TRY_DO(apply_what_if(map.x.key + '=' + across, story));
      if (map.y.key.empty()) continue;
      HOLDFAST_TRY_DO(apply_what_if(map.y.key + '=' + down, story));
    }
  }
  map.cells.resize(stories.size());
  std::vector<std::optional<Error>> errors(stories.size());
  for_each_index(stories.size(), jobs, [&](std::size_t i) {
    const auto run = run_scenario(stories[i], engine::default_tables(), &file.locations);
    if (run) {
      map.cells[i] = cell_of(*run, entry);
    } else {
      errors[i] = run.error();
    }
  });
  for (std::optional<Error>& error : errors) {
    if (error) return std::unexpected(std::move(*error));
  }
  return map;
}

std::string map_text(const VerdictMap& map) {
  std::vector<std::string> outcomes;
  for (const MapCell& cell : map.cells) {
    const std::string outcome = outcome_text(cell);
    if (std::ranges::find(outcomes, outcome) == outcomes.end()) outcomes.push_back(outcome);
  }
  const auto letter = [&](const MapCell& cell) {
    const auto number = std::ranges::find(outcomes, outcome_text(cell)) - outcomes.begin();
    return number < 26 ? static_cast<char>('A' + number) : '?';
  };
  std::size_t cell_width = 2;
  for (const std::string& value : map.x.values) cell_width = std::max(cell_width, value.size() + 2);
  std::size_t label_width = map.y.key.size();
  for (const std::string& value : map.y.values) label_width = std::max(label_width, value.size());

  std::string text = fmt::format("  {}\n  {}  across: {}\n", map.of, padded(map.y.key, label_width), map.x.key);
  const auto begin_row = [&](std::string_view label) { text += "  " + padded(label, label_width); };
  begin_row("");
  for (const std::string& value : map.x.values) text += fmt::format("{:>{}}", value, cell_width);
  text += '\n';
  for (std::size_t row = 0; row < map.y.values.size(); ++row) {
    begin_row(map.y.values[row]);
    for (std::size_t column = 0; column < map.x.values.size(); ++column) {
      const MapCell& cell = cell_at(map, row, column);
      const bool flips = column > 0 && outcome_text(cell_at(map, row, column - 1)) != outcome_text(cell);
      text += fmt::format("{:>{}}", fmt::format("{}{}", flips ? "|" : " ", letter(cell)), cell_width);
    }
    text += '\n';
  }
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    text += fmt::format("  {}  {}\n", i < 26 ? static_cast<char>('A' + i) : '?', outcomes[i]);
  }
  return text;
}

std::string map_csv(const VerdictMap& map) {
  const auto quoted = [](const std::string& field) {
    if (field.find_first_of(",\"\n") == std::string::npos) return field;
    std::string out = "\"";
    for (const char c : field) out += c == '"' ? "\"\"" : std::string(1, c);
    return out + '"';
  };
  std::string text = quoted(map.x.key) + ',';
  if (!map.y.key.empty()) text += quoted(map.y.key) + ',';
  text += "decision,because,held_ns,expectations_met\n";
  for (std::size_t row = 0; row < map.y.values.size(); ++row) {
    for (std::size_t column = 0; column < map.x.values.size(); ++column) {
      const MapCell& cell = cell_at(map, row, column);
      text += quoted(map.x.values[column]) + ',';
      if (!map.y.key.empty()) text += quoted(map.y.values[row]) + ',';
      text += fmt::format("{},{},{},{}\n", cell.decision, cell.because, cell.held_ns, cell.met ? "yes" : "no");
    }
  }
  return text;
}

std::string map_json(const VerdictMap& map) {
  JsonWriter json;
  json.object().field("of", map.of).field("x", map.x.key).field("y", map.y.key).array("cells");
  for (std::size_t row = 0; row < map.y.values.size(); ++row) {
    for (std::size_t column = 0; column < map.x.values.size(); ++column) {
      const MapCell& cell = cell_at(map, row, column);
      json.object().field("x", map.x.values[column]).field("y", map.y.values[row]).field("decision", cell.decision);
      json.field("because", cell.because).field("held_ns", cell.held_ns).field("expectations_met", cell.met).end();
    }
  }
  json.end().end();
  return json.text() + '\n';
}

}  // namespace holdfast
