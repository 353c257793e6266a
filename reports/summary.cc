#include "reports/summary.h"

#include <fmt/format.h>

#include <string_view>

namespace holdfast {
namespace {

// What matters most comes first.
constexpr std::array kOrder = {Outcome::kDenied,   Outcome::kTerminated, Outcome::kAsked,
                               Outcome::kAssessed, Outcome::kPassed,     Outcome::kMoot};
static_assert(kOrder.size() == kOutcomes);

std::string counts_text(const DecisionSummary::Counts& counts) {
  std::string text;
  for (const Outcome outcome : kOrder) {
    const std::uint64_t number = counts[static_cast<std::size_t>(outcome)];
    if (number == 0) continue;
    if (!text.empty()) text += ", ";
    text += grouped(number) + ' ' + std::string(outcome_word(outcome));
  }
  return text;
}

}  // namespace

void DecisionSummary::add(const v1::Verdict& verdict) {
  const auto outcome = static_cast<std::size_t>(outcome_of(verdict));
  ++decisions_;
  ++total_[outcome];
  ++events_[verdict.event()][outcome];
}

DecisionSummary::Counts DecisionSummary::by_event(v1::MonitoredEvent event) const {
  const auto found = events_.find(event);
  return found == events_.end() ? Counts{} : found->second;
}

std::string DecisionSummary::sentence() const {
  if (decisions_ == 0) return "no decisions";
  return fmt::format("{} decision{}: {}", grouped(decisions_), decisions_ == 1 ? "" : "s", counts_text(total_));
}

std::string DecisionSummary::table() const {
  std::string text;
  for (const auto& [event, counts] : events_) {
    const std::string_view name = event == v1::MONITORED_EVENT_UNSPECIFIED ? "no monitored event" : event_name(event);
    text += "  " + padded(name, 39) + counts_text(counts) + '\n';
  }
  return text;
}

void DecisionSummary::write(JsonWriter& json) const {
  json.object("decisions").field("total", decisions_);
  for (const Outcome outcome : kOrder) json.field(outcome_word(outcome), of(outcome));
  json.array("by_event");
  for (const auto& [event, counts] : events_) {
    json.object().field("event", v1::MonitoredEvent_Name(event));
    for (const Outcome outcome : kOrder) {
      const std::uint64_t number = counts[static_cast<std::size_t>(outcome)];
      if (number != 0) json.field(outcome_word(outcome), number);
    }
    json.end();
  }
  json.end().end();
}

}  // namespace holdfast
