#include "sim/expectations.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <utility>

#include "engine/core/decision_log.h"
#include "sim/comparison.h"
#include "sim/duration.h"
#include "sim/facts.h"

namespace holdfast {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr std::size_t kNoStep = std::numeric_limits<std::size_t>::max();

// ---------------------------------------------------------------- words

std::string field_value_text(const Message& message, const FieldDescriptor* field, int index) {
  const Reflection* reflection = message.GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_ENUM:
      return (index < 0 ? reflection->GetEnum(message, field) : reflection->GetRepeatedEnum(message, field, index))
          ->name();
    case FieldDescriptor::CPPTYPE_STRING: return reflection->GetString(message, field);
    case FieldDescriptor::CPPTYPE_UINT32: return fmt::format("{}", reflection->GetUInt32(message, field));
    case FieldDescriptor::CPPTYPE_MESSAGE: return '{' + reflection->GetMessage(message, field).ShortDebugString() + '}';
    default: return "?";  // no expectation has fields of other types
  }
}

// What an expectation wishes for, in words: "decision ALLOW, because NOBODY_ANSWERED, at 32.5s, not logged".
std::string wish_text(const Message& message) {
  const Reflection* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  std::string text;
  for (const FieldDescriptor* field : fields) {
    if (field->name() == "of") continue;
    if (!text.empty()) text += ", ";
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_BOOL) {
      text += (reflection->GetBool(message, field) ? "" : "not ") + field->name();
      continue;
    }
    text += field->name();
    const int count = field->is_repeated() ? reflection->FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) text += " " + field_value_text(message, field, field->is_repeated() ? i : -1);
  }
  return text;
}

// "verdict of registry_set: decision ALLOW"
std::string expected_text(std::string_view noun, const std::string& of, const Message& wish) {
  std::string text(noun);
  if (!of.empty()) text += " of " + of;
  const std::string wishes = wish_text(wish);
  return wishes.empty() ? text : text + ": " + wishes;
}

std::string actual_text(std::string core, const std::vector<Mismatch>& mismatches) {
  if (mismatches.empty()) return core;
  std::string differs;
  for (const Mismatch& mismatch : mismatches) {
    differs += fmt::format("{}{} {}", differs.empty() ? "" : ", ", mismatch.field, mismatch.actual);
  }
  return fmt::format("{}   (differs: {})", core, differs);
}

std::string core_text(const Fact<v1::Verdict>& fact) {
  const v1::Verdict& verdict = *fact.message;
  return fmt::format("{} because {} at {}", v1::Verdict::Decision_Name(verdict.decision()),
                     v1::ReasonCode_Name(verdict.because()), clock_text(fact.at_ns));
}

std::string core_text(const PromptFact& fact) {
  std::string text =
      fmt::format("prompt for {} at {}", v1::MonitoredEvent_Name(fact.prompt->event()), clock_text(fact.opened_ns));
  if (fact.prompt->not_shown() != v1::REASON_CODE_UNSPECIFIED) {
    text += fmt::format(", not shown: {}", v1::ReasonCode_Name(fact.prompt->not_shown()));
  }
  return text;
}

std::string core_text(const Fact<v1::Violation>& fact) {
  return fmt::format("violation of {} by {} at {}", v1::MonitoredEvent_Name(fact.message->event()),
                     fact.message->program(), clock_text(fact.at_ns));
}

std::string core_text(const Fact<v1::Status>& fact) {
  return fmt::format("status at {}: {} because {}", clock_text(fact.at_ns),
                     fact.message->effective_active() ? "active" : "not active",
                     v1::ReasonCode_Name(fact.message->because()));
}

std::string core_text(const Fact<v1::SettingsRefused>& fact) {
  return fmt::format("settings refused at {}: {}: {}", clock_text(fact.at_ns), fact.message->field(),
                     fact.message->reason());
}

std::string core_text(const Fact<v1::LimitReached>& fact) {
  return fmt::format("limit of {} reached at {}", v1::LimitReached::Table_Name(fact.message->table()),
                     clock_text(fact.at_ns));
}

// ---------------------------------------------------------------- comparing one output

template <typename Message_>
std::optional<bool> wish(bool has, bool (Message_::*get)() const, const Message_& message) {
  return has ? std::optional<bool>((message.*get)()) : std::nullopt;
}

// Whether `codes` occur in the chain in this order.
bool occurs_in_order(const v1::ExpectVerdict& wish, const v1::Verdict& verdict) {
  int at = 0;
  for (const v1::Reason& reason : verdict.reason()) {
    if (at < wish.via_size() && reason.code() == wish.via(at)) ++at;
  }
  return at == wish.via_size();
}

std::string chain_text(const v1::Verdict& verdict) {
  std::string text = "[";
  for (const v1::Reason& reason : verdict.reason()) {
    if (text.size() > 1) text += ", ";
    text += v1::ReasonCode_Name(reason.code());
  }
  return text + "]";
}

Comparison compare(const v1::ExpectVerdict& wish_for, const Fact<v1::Verdict>& fact) {
  const v1::Verdict& verdict = *fact.message;
  Comparison comparison;
  comparison.value("decision", wish_for.decision(), verdict.decision(), &v1::Verdict::Decision_Name);
  comparison.value("because", wish_for.because(), verdict.because(), &v1::ReasonCode_Name);
  comparison.time("at", wish_for.at(), fact.at_ns);
  comparison.value("event", wish_for.event(), verdict.event(), &v1::MonitoredEvent_Name);
  comparison.time("held", wish_for.held(), verdict.held_ns());
  comparison.time_at_most("held_at_most", wish_for.held_at_most(), verdict.held_ns());
  comparison.flag("logged", wish(wish_for.has_logged(), &v1::ExpectVerdict::logged, wish_for), verdict.logged());
  comparison.flag("user_warned", wish(wish_for.has_user_warned(), &v1::ExpectVerdict::user_warned, wish_for),
                  verdict.user_warned());
  if (wish_for.via_size() != 0) comparison.other("via", occurs_in_order(wish_for, verdict), "", chain_text(verdict));
  comparison.value("hold", wish_for.hold(), verdict.hold(), &v1::HoldCapability_Name);
  return comparison;
}

Comparison compare(const v1::ExpectPrompt& wish_for, const PromptFact& fact) {
  Comparison comparison;
  comparison.value("event", wish_for.event(), fact.prompt->event(), &v1::MonitoredEvent_Name);
  comparison.time("shown_at", wish_for.shown_at(), fact.shown_ns);
  comparison.number("countdown_s", wish_for.countdown_s(), fact.prompt->countdown_s());
  comparison.number("session_id", wish_for.session_id(), fact.session_id);
  comparison.value("not_shown", wish_for.not_shown(), fact.prompt->not_shown(), &v1::ReasonCode_Name);
  comparison.value("on_expiry", wish_for.on_expiry(), fact.prompt->on_expiry(), &v1::OnExpiry_Name);
  comparison.number("operations", wish_for.operations(), fact.operations);
  comparison.time("closed_at", wish_for.closed_at(), fact.closed_ns);
  comparison.value("closed_because", wish_for.closed_because(), fact.closed_because, &v1::ReasonCode_Name);
  return comparison;
}

Comparison compare(const v1::ExpectViolation& wish_for, const Fact<v1::Violation>& fact) {
  const v1::Violation& violation = *fact.message;
  Comparison comparison;
  comparison.value("event", wish_for.event(), violation.event(), &v1::MonitoredEvent_Name);
  comparison.path("program", wish_for.program(), violation.program());
  comparison.value("result", wish_for.result(), violation.result(), &v1::Verdict::Decision_Name);
  comparison.value("action", wish_for.action(), violation.action(), &v1::MonitoredEventPolicy::Action_Name);
  comparison.text("rule", wish_for.rule(), violation.rule());
  comparison.path("target", wish_for.target(), violation.target());
  return comparison;
}

void compare_field(const v1::EffectiveField& wish_for, const v1::Status& status, Comparison& comparison) {
  for (const v1::EffectiveField& field : status.field()) {
    if (field.field() != wish_for.field()) continue;
    comparison.text("field.configured", wish_for.configured(), field.configured());
    comparison.text("field.effective", wish_for.effective(), field.effective());
    comparison.value("field.source", wish_for.source(), field.source(), &v1::SettingSource_Name);
    comparison.value("field.without_effect", wish_for.without_effect(), field.without_effect(), &v1::ReasonCode_Name);
    return;
  }
  comparison.other("field.field", false, wish_for.field(), "no field of that name");
}

Comparison compare(const v1::ExpectStatus& wish_for, const Fact<v1::Status>& fact) {
  const v1::Status& status = *fact.message;
  Comparison comparison;
  comparison.flag("configured_active",
                  wish(wish_for.has_configured_active(), &v1::ExpectStatus::configured_active, wish_for),
                  status.configured_active());
  comparison.flag("effective_active",
                  wish(wish_for.has_effective_active(), &v1::ExpectStatus::effective_active, wish_for),
                  status.effective_active());
  comparison.value("because", wish_for.because(), status.because(), &v1::ReasonCode_Name);
  comparison.time("at", wish_for.at(), fact.at_ns);
  if (wish_for.has_field()) compare_field(wish_for.field(), status, comparison);
  return comparison;
}

Comparison compare(const v1::ExpectRefused& wish_for, const Fact<v1::SettingsRefused>& fact) {
  Comparison comparison;
  comparison.text("field", wish_for.field(), fact.message->field());
  if (!wish_for.reason_contains().empty()) {
    comparison.other("reason_contains", fact.message->reason().find(wish_for.reason_contains()) != std::string::npos,
                     wish_for.reason_contains(), fact.message->reason());
  }
  return comparison;
}

Comparison compare(const v1::ExpectLimit& wish_for, const Fact<v1::LimitReached>& fact) {
  Comparison comparison;
  comparison.value("table", wish_for.table(), fact.message->table(), &v1::LimitReached::Table_Name);
  return comparison;
}

// ---------------------------------------------------------------- judging

class Judge {
 public:
  Judge(const Timeline& timeline, const ScenarioRun& run)
      : timeline_(timeline), run_(run), facts_(gather_facts(run.steps)) {
    operation_of_.resize(timeline.entries().size());
    for (const PlayedEntry& played : run.played) operation_of_[played.occurrence] = played.operation_id;
  }

  std::optional<Failure> judge(const v1::Expect& expect) const;

 private:
  // Operations that an `of` means; `any` when it is empty.
  struct Meant {
    bool any = true;
    std::set<std::uint64_t> operations;
    std::string never;  // why none of them happened
    bool means(std::uint64_t id) const { return any || operations.contains(id); }
  };

  Meant meant(const std::string& of) const;
  std::size_t step_of(const Meant& meant) const;
  const SuppressedEntry* suppressed(std::size_t entry) const;

  // The candidate that fits is good; otherwise the one that differs least is shown.
  template <typename Wish, typename Candidate>
  std::optional<Failure> expect_one(std::string_view noun, const std::string& of, const Wish& wish_for,
                                    const std::vector<Candidate>& candidates, const Meant& who) const;
  template <typename Wish, typename Candidate>
  std::optional<Failure> expect_none(std::string_view noun, const std::string& of, const Wish& wish_for,
                                     const std::vector<Candidate>& candidates) const;

  std::vector<Fact<v1::Verdict>> verdicts_of(const Meant& who) const;
  std::vector<PromptFact> prompts_of(const Meant& who) const;
  std::vector<Fact<v1::Violation>> violations_of(const Meant& who) const;
  std::vector<Fact<v1::Status>> statuses_for(const v1::ExpectStatus& wish_for) const;

  std::optional<Failure> judge_count(const v1::ExpectCount& wish_for) const;
  std::optional<Failure> judge_log(const std::string& text, bool wanted) const;
  std::optional<Failure> judge_never_happens(const std::string& name) const;

  const Timeline& timeline_;
  const ScenarioRun& run_;
  Facts facts_;
  std::vector<std::uint64_t> operation_of_;  // by entry; 0: it was not played, or is no operation
};

const SuppressedEntry* Judge::suppressed(std::size_t entry) const {
  for (const SuppressedEntry& candidate : run_.suppressed) {
    if (candidate.occurrence == entry) return &candidate;
  }
  return nullptr;
}

Judge::Meant Judge::meant(const std::string& of) const {
  if (of.empty()) return {};
  Meant meant{.any = false, .operations = {}, .never = {}};
  for (const std::size_t entry : timeline_.find(of)) {
    if (operation_of_[entry] != 0) {
      meant.operations.insert(operation_of_[entry]);
    } else if (const SuppressedEntry* never = suppressed(entry)) {
      meant.never = never->because;
    }
  }
  return meant;
}

std::size_t Judge::step_of(const Meant& meant) const {
  if (meant.any || meant.operations.empty()) return kNoStep;
  for (std::size_t i = 0; i < run_.steps.size(); ++i) {
    if (run_.steps[i].input.has_operation() && meant.operations.contains(run_.steps[i].input.operation().id()))
      return i;
  }
  return kNoStep;
}

template <typename Wish, typename Candidate>
std::optional<Failure> Judge::expect_one(std::string_view noun, const std::string& of, const Wish& wish_for,
                                         const std::vector<Candidate>& candidates, const Meant& who) const {
  Failure failure;
  failure.expected = expected_text(noun, of, wish_for);
  failure.step = step_of(who);
  failure.actual = who.never.empty() ? fmt::format("no {}", noun) : fmt::format("{} never happened: {}", of, who.never);
  std::size_t fewest = std::numeric_limits<std::size_t>::max();
  for (const Candidate& candidate : candidates) {
    const Comparison comparison = compare(wish_for, candidate);
    if (comparison.met()) return std::nullopt;
    if (comparison.mismatches().size() >= fewest) continue;
    fewest = comparison.mismatches().size();
    failure.actual = actual_text(core_text(candidate), comparison.mismatches());
    failure.step = candidate.step;
    failure.mismatches = comparison.mismatches();
  }
  // Among several candidates nobody can say which one was meant.
  if (candidates.size() != 1) failure.mismatches.clear();
  return failure;
}

template <typename Wish, typename Candidate>
std::optional<Failure> Judge::expect_none(std::string_view noun, const std::string& of, const Wish& wish_for,
                                          const std::vector<Candidate>& candidates) const {
  for (const Candidate& candidate : candidates) {
    if (!compare(wish_for, candidate).met()) continue;
    Failure failure;
    failure.expected = "no " + expected_text(noun, of, wish_for);
    failure.actual = core_text(candidate);
    failure.step = candidate.step;
    return failure;
  }
  return std::nullopt;
}

std::vector<Fact<v1::Verdict>> Judge::verdicts_of(const Meant& who) const {
  std::vector<Fact<v1::Verdict>> found;
  for (const auto& fact : facts_.verdicts) {
    if (who.means(fact.message->operation_id())) found.push_back(fact);
  }
  return found;
}

std::vector<PromptFact> Judge::prompts_of(const Meant& who) const {
  std::vector<PromptFact> found;
  for (const auto& fact : facts_.prompts) {
    if (who.means(fact.prompt->operation_id())) found.push_back(fact);
  }
  return found;
}

std::vector<Fact<v1::Violation>> Judge::violations_of(const Meant& who) const {
  std::vector<Fact<v1::Violation>> found;
  for (const auto& fact : facts_.violations) {
    if (who.means(fact.message->operation_id())) found.push_back(fact);
  }
  return found;
}

std::vector<Fact<v1::Status>> Judge::statuses_for(const v1::ExpectStatus& wish_for) const {
  if (!wish_for.at().empty() || facts_.statuses.empty()) return facts_.statuses;
  return {facts_.statuses.back()};
}

std::optional<Failure> Judge::judge_count(const v1::ExpectCount& wish_for) const {
  Comparison comparison;
  const auto count = [&](std::string_view name, bool has, std::uint32_t expected, std::size_t actual) {
    if (has) comparison.other(name, expected == actual, fmt::format("{}", expected), fmt::format("{}", actual));
  };
  count("verdicts", wish_for.has_verdicts(), wish_for.verdicts(), facts_.verdicts.size());
  count("prompts", wish_for.has_prompts(), wish_for.prompts(), facts_.prompts.size());
  count("violations", wish_for.has_violations(), wish_for.violations(), facts_.violations.size());
  count("warnings", wish_for.has_warnings(), wish_for.warnings(), facts_.warnings);
  count("settings_refused", wish_for.has_settings_refused(), wish_for.settings_refused(), facts_.refused.size());
  count("limits_reached", wish_for.has_limits_reached(), wish_for.limits_reached(), facts_.limits.size());
  count("inputs_ignored", wish_for.has_inputs_ignored(), wish_for.inputs_ignored(), facts_.inputs_ignored);
  if (comparison.met()) return std::nullopt;
  Failure failure;
  failure.expected = expected_text("count", "", wish_for);
  failure.actual = "count";
  for (const Mismatch& mismatch : comparison.mismatches())
    failure.actual += fmt::format(" {} {}", mismatch.field, mismatch.actual);
  failure.mismatches = comparison.mismatches();
  failure.step = kNoStep;
  return failure;
}

std::optional<Failure> Judge::judge_log(const std::string& text, bool wanted) const {
  const bool found = run_.log.find(text) != std::string::npos;
  if (found == wanted) return std::nullopt;
  Failure failure;
  failure.step = kNoStep;
  if (wanted) {
    failure.expected = fmt::format("a line of the log with \"{}\"", text);
    failure.actual = fmt::format("none of its {} lines", std::count(run_.log.begin(), run_.log.end(), '\n'));
    return failure;
  }
  failure.expected = fmt::format("no line of the log with \"{}\"", text);
  const std::size_t at = run_.log.find(text);
  const std::size_t begin = at == 0 ? 0 : run_.log.rfind('\n', at - 1) + 1;
  failure.actual = run_.log.substr(begin, run_.log.find('\n', at) - begin);
  for (std::size_t i = 0; i < run_.steps.size() && failure.step == kNoStep; ++i) {
    std::string lines;
    for (const v1::Output& output : run_.steps[i].outputs)
      engine::append_log_line(run_.steps[i].input.at_ns(), output, lines);
    if (lines.find(text) != std::string::npos) failure.step = i;
  }
  return failure;
}

std::optional<Failure> Judge::judge_never_happens(const std::string& name) const {
  const std::size_t entry = timeline_.find(name).front();
  if (suppressed(entry) != nullptr) return std::nullopt;
  Failure failure;
  failure.expected = fmt::format("{} never happens", name);
  failure.actual = "the story ended before its time";
  failure.step = kNoStep;
  for (const PlayedEntry& played : run_.played) {
    if (played.occurrence != entry) continue;
    failure.actual = fmt::format("it happened at {}", clock_text(played.played_ns));
    failure.step = step_of(meant(name));
  }
  return failure;
}

std::optional<Failure> Judge::judge(const v1::Expect& expect) const {
  switch (expect.what_case()) {
    case v1::Expect::kVerdict: {
      const Meant who = meant(expect.verdict().of());
      return expect_one("verdict", expect.verdict().of(), expect.verdict(), verdicts_of(who), who);
    }
    case v1::Expect::kPrompt: {
      const Meant who = meant(expect.prompt().of());
      std::vector<PromptFact> prompts = prompts_of(who);
      if (expect.prompt().not_shown() == v1::REASON_CODE_UNSPECIFIED) {
        std::vector<PromptFact> shown;
        std::copy_if(prompts.begin(), prompts.end(), std::back_inserter(shown),
                     [](const PromptFact& fact) { return fact.shown_ns.has_value(); });
        if (shown.empty() && !prompts.empty()) {
          Failure failure;
          failure.expected = expected_text("prompt", expect.prompt().of(), expect.prompt());
          failure.actual = core_text(prompts.front());
          failure.step = prompts.front().step;
          return failure;
        }
        prompts = std::move(shown);
      }
      return expect_one("prompt", expect.prompt().of(), expect.prompt(), prompts, who);
    }
    case v1::Expect::kViolation: {
      const Meant who = meant(expect.violation().of());
      return expect_one("violation", expect.violation().of(), expect.violation(), violations_of(who), who);
    }
    case v1::Expect::kStatus: return expect_one("status", "", expect.status(), statuses_for(expect.status()), Meant());
    case v1::Expect::kRefused: return expect_one("refusal of settings", "", expect.refused(), facts_.refused, Meant());
    case v1::Expect::kLimit: return expect_one("limit reached", "", expect.limit(), facts_.limits, Meant());
    case v1::Expect::kCount: return judge_count(expect.count());
    case v1::Expect::kNoPrompt:
      return expect_none("prompt", expect.no_prompt().of(), expect.no_prompt(),
                         prompts_of(meant(expect.no_prompt().of())));
    case v1::Expect::kNoViolation:
      return expect_none("violation", expect.no_violation().of(), expect.no_violation(),
                         violations_of(meant(expect.no_violation().of())));
    case v1::Expect::kNoVerdict:
      return expect_none("verdict", expect.no_verdict().of(), expect.no_verdict(),
                         verdicts_of(meant(expect.no_verdict().of())));
    case v1::Expect::kLogContains: return judge_log(expect.log_contains(), true);
    case v1::Expect::kLogLacks: return judge_log(expect.log_lacks(), false);
    case v1::Expect::kNeverHappens: return judge_never_happens(expect.never_happens());
    case v1::Expect::WHAT_NOT_SET: break;
  }
  return std::nullopt;
}

// ---------------------------------------------------------------- checking what is written

constexpr int kFirstInputField = 60;  // of At: what is no operation begins here

std::unexpected<Error> complain(const TextLocations& locations, const FieldPath& path, std::string what,
                                std::string remedy = {}) {
  return std::unexpected(Error{
      .where = locations.where(path), .field = field_text(path), .what = std::move(what), .remedy = std::move(remedy)});
}

// Some names that `of` could mean, for the remedy.
std::string names_of(const Timeline& timeline) {
  constexpr std::size_t kListedMax = 8;
  std::string text;
  const std::size_t count = timeline.entries().size();
  for (std::size_t i = 0; i < std::min(count, kListedMax); ++i) text += (i == 0 ? "" : ", ") + timeline.name(i);
  if (count == 0) return "the timeline is empty";
  return (count > kListedMax ? "the timeline begins with " : "the timeline has ") + text;
}

Expected<void> check_name(const Timeline& timeline, const TextLocations& locations, const std::string& name,
                          const FieldPath& path, bool one_only) {
  const std::vector<std::size_t> found = timeline.find(name);
  if (found.empty())
    return complain(locations, path, fmt::format("nothing in the timeline is called \"{}\"", name), names_of(timeline));
  if (one_only && found.size() > 1) {
    return complain(locations, path, fmt::format("{} entries are called \"{}\"", found.size(), name),
                    fmt::format("say which: \"{}#1\", or give the one you mean a label", name));
  }
  const v1::At& at = timeline.scenario().at(static_cast<int>(timeline.entries()[found.front()].at));
  if (static_cast<int>(at.what_case()) >= kFirstInputField) {
    return complain(locations, path, fmt::format("\"{}\" is a {}, which no verdict decides", name, kind_name(at)),
                    "name an operation");
  }
  return {};
}

// The fields of expectations that hold a duration.
bool is_duration(const std::string& field) {
  static constexpr std::string_view kNames[] = {"at", "held", "held_at_most", "shown_at", "closed_at"};
  return std::find(std::begin(kNames), std::end(kNames), field) != std::end(kNames);
}

Expected<void> check_expectation(const Timeline& timeline, const TextLocations& locations, int index) {
  const v1::Expect& expect = timeline.scenario().expect(index);
  const Reflection* reflection = expect.GetReflection();
  static const google::protobuf::OneofDescriptor* const kWhat = v1::Expect::descriptor()->FindOneofByName("what");
  const FieldDescriptor* what = reflection->GetOneofFieldDescriptor(expect, kWhat);
  const FieldStep self{"expect", index};
  if (what == nullptr)
    return complain(locations, {self}, "it expects nothing", "add one: verdict, prompt, no_prompt, count, ...");
  const FieldPath path{self, {what->name(), -1}};
  if (what->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    const std::string text = reflection->GetString(expect, what);
    if (text.empty()) return complain(locations, path, "the text is empty: it would say nothing");
    if (expect.what_case() != v1::Expect::kNeverHappens) return {};
    return check_name(timeline, locations, text, path, true);
  }
  const Message& wishes = reflection->GetMessage(expect, what);
  std::vector<const FieldDescriptor*> fields;
  wishes.GetReflection()->ListFields(wishes, &fields);
  const bool negative = what->name().starts_with("no_");
  if (expect.has_count() && fields.empty())
    return complain(locations, path, "it counts nothing", "add one: prompts: 1");
  if (expect.has_status() && expect.status().has_field() && expect.status().field().field().empty()) {
    return complain(locations, path, "the field has no name", "add field: \"event_monitoring.enabled\"");
  }
  for (const FieldDescriptor* field : fields) {
    FieldPath below = path;
    below.push_back({field->name(), -1});
    if (field->name() == "of") {
      const std::string name = wishes.GetReflection()->GetString(wishes, field);
      if (auto ok = check_name(timeline, locations, name, below, !negative); !ok) return ok;
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING && is_duration(field->name())) {
      const Expected<std::uint64_t> ns = parse_duration(wishes.GetReflection()->GetString(wishes, field));
      if (!ns) return complain(locations, below, ns.error().what, ns.error().remedy);
    }
  }
  return {};
}

}  // namespace

Expected<void> check_expectations(const Timeline& timeline, const TextLocations& locations) {
  if (timeline.scenario().expect_size() > kExpectationsMax) {
    return complain(locations, {{"expect", kExpectationsMax}},
                    fmt::format("there are more than {} expectations", kExpectationsMax),
                    "split the story, or say it with count");
  }
  for (int i = 0; i < timeline.scenario().expect_size(); ++i) {
    if (auto ok = check_expectation(timeline, locations, i); !ok) return ok;
  }
  return {};
}

std::vector<Failure> judge(const Timeline& timeline, const ScenarioRun& run) {
  const Judge bench(timeline, run);
  std::vector<Failure> failures;
  for (int i = 0; i < timeline.scenario().expect_size(); ++i) {
    std::optional<Failure> failure = bench.judge(timeline.scenario().expect(i));
    if (!failure) continue;
    failure->expectation = i;
    failure->step = std::min(failure->step, run.steps.size());
    failures.push_back(std::move(*failure));
  }
  return failures;
}

}  // namespace holdfast
