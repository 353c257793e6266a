#include "reports/decisions.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace holdfast {
namespace {

struct Paint {
  Outcome outcome;
  std::string_view colour;  // ANSI; empty: none
};
constexpr auto kPaints = std::to_array<Paint>({
    {Outcome::kPassed, ""},
    {Outcome::kAssessed, ""},
    {Outcome::kAsked, "\x1b[33m"},
    {Outcome::kDenied, "\x1b[31m"},
    {Outcome::kTerminated, "\x1b[31m"},
    {Outcome::kMoot, "\x1b[2m"},
});
static_assert(kPaints.size() == kOutcomes);

}  // namespace

std::string decision_line(std::uint64_t number, std::uint64_t at_ns, const v1::Verdict& verdict, const TimeText& time,
                          const DecisionStyle& style) {
  constexpr std::size_t kTargetWidth = 48;
  const Outcome outcome = outcome_of(verdict);
  const std::string_view event = verdict.event() == v1::MONITORED_EVENT_UNSPECIFIED
                                     ? std::string_view(verdict.operation())
                                     : event_name(verdict.event());
  const std::string program = verdict.program().empty() ? "unknown program" : shown_file_name(verdict.program());
  std::string line = fmt::format("  {}  {}  ", padded(fmt::format("#{}", number), 5), time.at(at_ns));
  line += padded(outcome_label(outcome), 6) + "  " + padded(printable(event), 27) + "  ";
  // At a start the actor is the creator, not the program that the line names.
  const std::string by = verdict.operation() == "process_start" ? "by " : "";
  const std::string run = verdict.actor().pid() == 0 ? "" : fmt::format(" ({}{})", by, verdict.actor().pid());
  line += padded(program + run, 26) + "  ";
  const std::string target = shortened(shown_path(verdict.target()), kTargetWidth);
  if (!target.empty()) line += target + "   ";
  line += "→ " + std::string(decision_word(verdict.decision()));
  if (verdict.held_ns() != 0) line += " after " + spoken_duration(verdict.held_ns());
  line += ", " + because_text(verdict);
  const std::string_view colour = kPaints[static_cast<std::size_t>(outcome)].colour;
  return style.colours && !colour.empty() ? std::string(colour) + line + "\x1b[0m" : line;
}

void write_decision(std::uint64_t number, std::uint64_t at_ns, const v1::Verdict& verdict,
                    const ExplainContext& context, JsonWriter& json) {
  json.object().field("decision", number).field("at_ns", at_ns).field("time", context.time.at(at_ns));
  if (context.time.is_wall_clock()) json.field("day", context.time.day(at_ns));
  json.field("outcome", outcome_word(outcome_of(verdict)))
      .field("verdict", v1::Verdict::Decision_Name(verdict.decision()))
      .field("because", v1::ReasonCode_Name(verdict.because()))
      .field("event",
             verdict.event() == v1::MONITORED_EVENT_UNSPECIFIED ? "" : v1::MonitoredEvent_Name(verdict.event()))
      .field("operation_id", verdict.operation_id())
      .field("operation", verdict.operation())
      .field("program", verdict.program())
      .field("pid", verdict.actor().pid())
      .field("process_start_ns", verdict.actor().start_ns())
      .field("target", verdict.target())
      .field("hold", v1::HoldCapability_Name(verdict.hold()))
      .field("held_ns", verdict.held_ns())
      .field("logged", verdict.logged())
      .field("user_warned", verdict.user_warned())
      .field("prompt_id", verdict.prompt_id());
  const Explanation why = explain(at_ns, verdict, context);
  json.field("headline", why.headline).array("reasons");
  for (int i = 0; i < verdict.reason_size(); ++i) {
    const v1::Reason& reason = verdict.reason(i);
    json.object()
        .field("code", v1::ReasonCode_Name(reason.code()))
        .field("text", reason.text())
        .field("number", reason.number())
        .field("sentence", why.chain[static_cast<std::size_t>(i)])
        .end();
  }
  json.end().field("otherwise_label", why.otherwise_label).field("otherwise", why.otherwise).end();
}

}  // namespace holdfast
