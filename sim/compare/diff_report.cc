#include "sim/compare/diff_report.h"

#include <fmt/format.h>

#include <array>
#include <string_view>
#include <vector>

#include "engine/log/decision_log.h"
#include "reports/explain.h"
#include "reports/wording.h"

namespace holdfast {
namespace {

using Kind = DecisionChange::Kind;

struct KindWords {
  Kind kind;
  std::string_view label;  // first column of a line, and key in JSON
  std::string_view count;  // behind a number
};
constexpr auto kKinds = std::to_array<KindWords>({
    {Kind::kChanged, "changed", "changed"},
    {Kind::kReasons, "reasons", "for other reasons"},
    {Kind::kGone, "gone", "gone"},
    {Kind::kAdded, "added", "added"},
    {Kind::kWaits, "waits", "after a longer wait"},
});
static_assert(kKinds.size() == kChangeKinds);

const KindWords& words_of(Kind kind) { return kKinds[static_cast<std::size_t>(kind)]; }

// What a changed decision may differ in besides itself and its reason.
struct Detail {
  std::string_view name;
  std::string_view LoggedDecision::* value;
};
constexpr auto kDetails = std::to_array<Detail>({
    {"event", &LoggedDecision::event},
    {"hold", &LoggedDecision::hold},
    {"logged", &LoggedDecision::logged},
    {"warned", &LoggedDecision::warned},
});

// The name as it stands where another build knows more of them than this one.
std::string event_words(std::string_view name) {
  v1::MonitoredEvent event = v1::MONITORED_EVENT_UNSPECIFIED;
  if (!v1::MonitoredEvent_Parse(std::string(name), &event)) return printable(name);
  return event == v1::MONITORED_EVENT_UNSPECIFIED ? "no monitored event" : std::string(event_name(event));
}

std::string because_words(std::string_view code) {
  for (const ReasonSentence& row : reason_sentences()) {
    // A sentence with a gap says less than the code.
    if (v1::ReasonCode_Name(row.code) == code && row.brief.find('{') == std::string_view::npos) {
      return because_text(row.code);
    }
  }
  return printable(code);
}

std::string verdict_words(const LoggedDecision& decision) {
  return fmt::format("{} because {}", printable(decision.decision), because_words(decision.because));
}

// The reasons from the first on that differs.
std::string_view from_first_other(std::string_view reasons, std::string_view other) {
  constexpr std::string_view kSeparator = " > ";
  std::size_t from = 0;
  for (std::size_t end = reasons.find(kSeparator); end != std::string_view::npos; end = reasons.find(kSeparator, end)) {
    end += kSeparator.size();
    if (reasons.substr(0, end) != other.substr(0, end)) break;
    from = end;
  }
  return reasons.substr(from);
}

std::string changed_words(const LoggedDecision& before, const LoggedDecision& after) {
  std::string text = verdict_words(before);
  if (text != verdict_words(after)) text += " → " + verdict_words(after);
  for (const Detail& detail : kDetails) {
    if (before.*detail.value == after.*detail.value) continue;
    text += fmt::format("   {} {} → {}", detail.name, printable(before.*detail.value), printable(after.*detail.value));
  }
  return text;
}

std::string wait_words(const LoggedDecision& decision) { return spoken_duration(decision.waited_ns()); }

// The settings in force at the decision, on both sides where they are not the same.
std::string settings_words(const DecisionChange& change) {
  const auto named = [](const LoggedDecision* decision) {
    return decision == nullptr ? std::string() : printable(unescaped(decision->settings));
  };
  const std::string before = named(change.before);
  const std::string after = named(change.after);
  if (before.empty() && after.empty()) return {};
  if (before == after || change.after == nullptr) return fmt::format("settings {}: ", before);
  if (change.before == nullptr) return fmt::format("settings {}: ", after);
  return fmt::format("settings {} → {}: ", before.empty() ? "without a name" : before,
                     after.empty() ? "without a name" : after);
}

std::string change_words(const DecisionChange& change) {
  switch (change.kind) {
    case Kind::kChanged: return changed_words(*change.before, *change.after);
    case Kind::kWaits:
      return fmt::format("{} after {} → {}", verdict_words(*change.before), wait_words(*change.before),
                         wait_words(*change.after));
    case Kind::kReasons:
      return fmt::format("{}   {} → {}", verdict_words(*change.before),
                         printable(from_first_other(change.before->reasons, change.after->reasons)),
                         printable(from_first_other(change.after->reasons, change.before->reasons)));
    case Kind::kGone: return verdict_words(*change.before);
    case Kind::kAdded: break;
  }
  return verdict_words(*change.after);
}

std::string time_words(const DecisionChange& change, const DiffStyle& style) {
  const TimeText& time = change.before != nullptr ? style.before : style.after;
  const std::uint64_t at_ns = change.either().at_ns;
  return time.is_wall_clock() ? time.day(at_ns) + ' ' + time.at(at_ns) : time.at(at_ns);
}

std::string change_line(const DecisionChange& change, const DiffStyle& style) {
  constexpr std::size_t kTargetWidth = 48;
  const LoggedDecision& decision = change.either();
  return fmt::format("      {}  {}  {}  {}   {}{}\n", padded(words_of(change.kind).label, 7), time_words(change, style),
                     padded(printable(decision.what), 15),
                     shortened(printable(unescaped(decision.target)), kTargetWidth), settings_words(change),
                     change_words(change));
}

// Those that are listed, in order, and how many are not.
struct Listed {
  std::vector<const DecisionChange*> changes;
  std::uint64_t left_out = 0;
};

Listed listed(const DecisionDiff& diff, const DiffStyle& style) {
  Listed listed;
  for (const DecisionChange& change : diff.changes) {
    if (change.kind == Kind::kReasons && !style.reasons) continue;
    if (style.limit != 0 && listed.changes.size() == style.limit) {
      ++listed.left_out;
    } else {
      listed.changes.push_back(&change);
    }
  }
  return listed;
}

void write_side(std::string_view side, const LoggedDecision* decision, JsonWriter& json) {
  if (decision == nullptr) return;
  json.object(side).field("decision", decision->number).field("at_ns", decision->at_ns);
  json.field("verdict", decision->decision).field("because", decision->because).field("event", decision->event);
  json.field("process", decision->process).field("hold", decision->hold).field("held_ns", decision->waited_ns());
  json.field("settings", unescaped(decision->settings));
  json.field("logged", decision->logged == "yes").field("user_warned", decision->warned == "yes");
  json.field("reasons", decision->reasons).end();
}

std::string waits_text(const DecisionWaits& waits) {
  if (waits.longest == nullptr) return "none";
  const std::string program = printable(unescaped(waits.longest->program));
  return fmt::format("{} in all, longest {} ({})", spoken_duration(waits.total_ns), wait_words(*waits.longest),
                     program.empty() ? "unknown program" : file_name(program));
}

void write_waits(std::string_view side, const DecisionWaits& waits, JsonWriter& json) {
  json.object(side).field("total_ns", waits.total_ns);
  json.field("longest_ns", waits.longest == nullptr ? 0 : waits.longest->waited_ns());
  json.field("longest_program", waits.longest == nullptr ? "" : unescaped(waits.longest->program)).end();
}

}  // namespace

std::string diff_text(const DecisionDiff& diff, const DiffStyle& style) {
  const Listed shown = listed(diff, style);
  std::string text;
  const LoggedDecision* last = nullptr;
  for (const DecisionChange* change : shown.changes) {
    const LoggedDecision& decision = change->either();
    const bool other_program = last == nullptr || last->program != decision.program;
    if (other_program) {
      const std::string program = printable(unescaped(decision.program));
      text += fmt::format("  {}\n", program.empty() ? "unknown program" : program);
    }
    if (other_program || last->event != decision.event) text += fmt::format("    {}\n", event_words(decision.event));
    text += change_line(*change, style);
    last = &decision;
  }
  if (shown.left_out != 0) text += fmt::format("  … and {} more (--all lists all)\n", grouped(shown.left_out));
  text += fmt::format("  {} equal", grouped(diff.equal));
  if (diff.moved != 0) text += fmt::format(" ({} at another time)", grouped(diff.moved));
  for (const KindWords& words : kKinds) {
    if (const auto count = diff.count(words.kind); count != 0)
      text += fmt::format(", {} {}", grouped(count), words.count);
  }
  text += '\n';
  for (const DecisionDiff::Lines& lines : diff.other_lines) {
    text +=
        fmt::format("  lines \"{}\": {} → {}\n", printable(lines.kind), grouped(lines.before), grouped(lines.after));
  }
  if (diff.waits_before.longest != nullptr || diff.waits_after.longest != nullptr) {
    text += fmt::format("  waits {} → {}\n", waits_text(diff.waits_before), waits_text(diff.waits_after));
  }
  return text;
}

void write_diff(const DecisionDiff& diff, const DiffStyle& style, JsonWriter& json) {
  json.field("same", diff.same()).field("equal", diff.equal).field("moved", diff.moved);
  for (const KindWords& words : kKinds) json.field(words.label, diff.count(words.kind));
  write_waits("waits_before", diff.waits_before, json);
  write_waits("waits_after", diff.waits_after, json);
  json.array("other_lines");
  for (const DecisionDiff::Lines& lines : diff.other_lines) {
    json.object().field("kind", lines.kind).field("before", lines.before).field("after", lines.after).end();
  }
  const Listed shown = listed(diff, style);
  json.end().field("unlisted", shown.left_out).array("listed");
  for (const DecisionChange* change : shown.changes) {
    const LoggedDecision& decision = change->either();
    json.object().field("kind", words_of(change->kind).label).field("program", unescaped(decision.program));
    json.field("event", decision.event).field("operation", decision.what).field("target", unescaped(decision.target));
    write_side("before", change->before, json);
    write_side("after", change->after, json);
    json.end();
  }
  json.end();
}

}  // namespace holdfast
