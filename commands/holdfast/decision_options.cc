#include "commands/holdfast/decision_options.h"

#include <fmt/format.h>

#include "engine/text/ascii.h"

namespace holdfast {
namespace {

constexpr std::uint64_t kNumberMax = 1'000'000'000'000;

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(c == '-' ? '_' : c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return text;
}

template <typename Enum>
Expected<void> read_name(const Arguments& given, const std::string& option, bool (*parse)(const std::string&, Enum*),
                         const char* remedy, Enum& value) {
  if (!given.has(option) || parse(upper(given.text(option)), &value)) return {};
  return std::unexpected(Error{.where = {},
                               .field = "--" + option,
                               .what = fmt::format("there is no \"{}\"", given.text(option)),
                               .remedy = remedy});
}

}  // namespace

void add_decision_options(CommandLine& line) {
  line.option("decision,d", "N", "the N-th decision, as `holdfast replay` numbers them")
      .option("verdict", "DECISION", "the first decision that came out so: ALLOW, DENY, TERMINATE or MOOT")
      .option("program", "TEXT", "the first one about a program whose path contains this, without regard to case")
      .option("event", "NAME", "the first one about this monitored event, such as NEW_STARTUP_PROGRAM")
      .option("because", "CODE", "the first one settled by this reason, such as ACTION_IS_DENY");
}

Expected<DecisionWish> decision_wish(const Arguments& given) {
  DecisionWish wish;
  HOLDFAST_TRY(number, given.number("decision", 0, kNumberMax));
  wish.number = number;
  if (given.has("decision") && wish.number == 0) {
    return std::unexpected(
        Error{.where = {}, .field = "--decision", .what = "decisions are numbered from 1", .remedy = {}});
  }
  wish.program = ascii::lower_case(given.text("program"));
  HOLDFAST_TRY_DO(read_name<v1::Verdict::Decision>(
      given, "verdict", [](const std::string& name, auto* value) { return v1::Verdict::Decision_Parse(name, value); },
      "write ALLOW, DENY, TERMINATE or MOOT", wish.decision));
  HOLDFAST_TRY_DO(read_name<v1::MonitoredEvent>(
      given, "event", [](const std::string& name, auto* value) { return v1::MonitoredEvent_Parse(name, value); },
      "docs/monitored-events.md names them", wish.event));
  HOLDFAST_TRY_DO(read_name<v1::ReasonCode>(
      given, "because", [](const std::string& name, auto* value) { return v1::ReasonCode_Parse(name, value); },
      "`holdfast explain --json` names them", wish.because));
  for (const char* option : {"decision", "verdict", "program", "event", "because"}) wish.any &= !given.has(option);
  return wish;
}

}  // namespace holdfast
