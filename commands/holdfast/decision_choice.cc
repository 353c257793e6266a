#include "commands/holdfast/decision_choice.h"

#include <fmt/format.h>

#include <utility>

#include "engine/text/ascii.h"
#include "reports/explain.h"
#include "reports/wording.h"

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

bool DecisionWish::fits(std::uint64_t count, const v1::Verdict& verdict) const {
  return (number == 0 || number == count) &&
         (decision == v1::Verdict::DECISION_UNSPECIFIED || decision == verdict.decision()) &&
         (program.empty() || ascii::lower_case(verdict.program()).find(program) != std::string::npos) &&
         (event == v1::MONITORED_EVENT_UNSPECIFIED || event == verdict.event()) &&
         (because == v1::REASON_CODE_UNSPECIFIED || because == verdict.because());
}

Expected<DecisionWish> decision_wish(const Arguments& given) {
  DecisionWish wish;
  const auto number = given.number("decision", 0, kNumberMax);
  if (!number) return std::unexpected(number.error());
  wish.number = *number;
  if (given.has("decision") && wish.number == 0) {
    return std::unexpected(
        Error{.where = {}, .field = "--decision", .what = "decisions are numbered from 1", .remedy = {}});
  }
  wish.program = ascii::lower_case(given.text("program"));
  auto read = read_name<v1::Verdict::Decision>(
      given, "verdict", [](const std::string& name, auto* value) { return v1::Verdict::Decision_Parse(name, value); },
      "write ALLOW, DENY, TERMINATE or MOOT", wish.decision);
  if (read) {
    read = read_name<v1::MonitoredEvent>(
        given, "event", [](const std::string& name, auto* value) { return v1::MonitoredEvent_Parse(name, value); },
        "docs/monitored-events.md names them", wish.event);
  }
  if (read) {
    read = read_name<v1::ReasonCode>(
        given, "because", [](const std::string& name, auto* value) { return v1::ReasonCode_Parse(name, value); },
        "`holdfast explain --json` names them", wish.because);
  }
  if (!read) return std::unexpected(read.error());
  for (const char* option : {"decision", "verdict", "program", "event", "because"}) wish.any &= !given.has(option);
  return wish;
}

Expected<void> DecisionFinder::on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) {
  events_ += input.has_operation() ? 1 : 0;
  for (const v1::Output& output : outputs) {
    if (output.has_verdict()) consider(output.verdict());
  }
  return {};
}

void DecisionFinder::consider(const v1::Verdict& verdict) {
  ++decisions_;
  if (!wish_.fits(decisions_, verdict)) return;
  const Outcome outcome = outcome_of(verdict);
  const bool telling = !wish_.any || (outcome != Outcome::kPassed && outcome != Outcome::kAssessed);
  if (telling && !telling_) telling_ = verdict;
  if (outcome == Outcome::kAssessed && !other_) other_ = verdict;
}

Error no_such_decision(const std::string& path, const DecisionFinder& finder) {
  return Error{.where = path,
               .field = {},
               .what = fmt::format("none of its {} decisions is the one that is meant", grouped(finder.decisions())),
               .remedy = "holdfast replay --all lists them"};
}

}  // namespace holdfast
