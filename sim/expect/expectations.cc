#include "sim/expect/expectations.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <utility>

#include "engine/log/decision_log.h"
#include "sim/expect/comparison.h"
#include "sim/expect/facts.h"
#include "sim/text/duration.h"

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
    case FieldDescriptor::CPPTYPE_UINT64: return fmt::format("{}", reflection->GetUInt64(message, field));
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

std::string core_text(const RequestFact& fact) {
  const v1::HttpRequest& request = *fact.request;
  std::string text =
      fmt::format("request for {} at {}, {}", v1::HttpRequest::Purpose_Name(request.purpose()), clock_text(fact.at_ns),
                  request.proxy().empty() ? "direct" : fmt::format("through {}", request.proxy()));
  if (request.family() != v1::ADDRESS_FAMILY_UNSPECIFIED) text += ", " + v1::AddressFamily_Name(request.family());
  if (fact.outcome == nullptr) return text + (fact.cancelled ? ": cancelled" : ": no outcome");
  text += ": " + v1::HttpResult_Name(fact.outcome->result());
  return fact.outcome->status() == 0 ? text : text + fmt::format(" {}", fact.outcome->status());
}

std::string core_text(const Fact<v1::CloudStatus>& fact) {
  const v1::CloudStatus& status = *fact.message;
  std::string text =
      fmt::format("cloud status at {}: {}", clock_text(fact.at_ns), v1::CloudStatus::Health_Name(status.health()));
  if (status.last_failure() != v1::LOOKUP_FAILURE_UNSPECIFIED) {
    text += fmt::format(" after {}", v1::LookupFailure_Name(status.last_failure()));
  }
  return status.route().empty() ? text : text + fmt::format(" ({})", status.route());
}

std::string core_text(const Fact<v1::DetectionAnswer>& fact) {
  return fmt::format("answer to detection {} at {}: {}", fact.message->detection_id(), clock_text(fact.at_ns),
                     v1::SafeSoftwareAnswer::Verdict_Name(fact.message->verdict()));
}

// ---------------------------------------------------------------- comparing one output

template <typename Message_>
std::optional<bool> wish(bool has, bool (Message_::*get)() const, const Message_& message) {
  return has ? std::optional<bool>((message.*get)()) : std::nullopt;
}

// Whether `codes` occur in the chain in this order.
template <typename Wish, typename Chain>
bool occurs_in_order(const Wish& wish, const Chain& chain) {
  int at = 0;
  for (const v1::Reason& reason : chain.reason()) {
    if (at < wish.via_size() && reason.code() == wish.via(at)) ++at;
  }
  return at == wish.via_size();
}

template <typename Chain>
std::string chain_text(const Chain& chain) {
  std::string text = "[";
  for (const v1::Reason& reason : chain.reason()) {
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
  comparison.part("reason_contains", wish_for.reason_contains(), fact.message->reason());
  return comparison;
}

Comparison compare(const v1::ExpectLimit& wish_for, const Fact<v1::LimitReached>& fact) {
  Comparison comparison;
  comparison.value("table", wish_for.table(), fact.message->table(), &v1::LimitReached::Table_Name);
  return comparison;
}

Comparison compare(const v1::ExpectRequest& wish_for, const RequestFact& fact) {
  const v1::HttpRequest& request = *fact.request;
  Comparison comparison;
  comparison.value("purpose", wish_for.purpose(), request.purpose(), &v1::HttpRequest::Purpose_Name);
  comparison.text("proxy", wish_for.proxy(), request.proxy());
  comparison.value("family", wish_for.family(), request.family(), &v1::AddressFamily_Name);
  comparison.time("at", wish_for.at(), fact.at_ns);
  comparison.flag("direct", wish(wish_for.has_direct(), &v1::ExpectRequest::direct, wish_for), request.proxy().empty());
  // Nobody can write down an outcome that never came.
  if (fact.outcome == nullptr && wish_for.result() != v1::HTTP_RESULT_UNSPECIFIED) {
    comparison.other("result", false, v1::HttpResult_Name(wish_for.result()), "never");
  } else if (fact.outcome != nullptr) {
    comparison.value("result", wish_for.result(), fact.outcome->result(), &v1::HttpResult_Name);
  }
  const std::uint32_t status = fact.outcome == nullptr ? 0 : fact.outcome->status();
  if (wish_for.status() != 0) {
    comparison.other("status", wish_for.status() == status, fmt::format("{}", wish_for.status()),
                     status == 0 ? "never" : fmt::format("{}", status));
  }
  return comparison;
}

Comparison compare(const v1::ExpectCloudStatus& wish_for, const Fact<v1::CloudStatus>& fact) {
  const v1::CloudStatus& status = *fact.message;
  Comparison comparison;
  comparison.value("health", wish_for.health(), status.health(), &v1::CloudStatus::Health_Name);
  comparison.value("last_failure", wish_for.last_failure(), status.last_failure(), &v1::LookupFailure_Name);
  comparison.time("at", wish_for.at(), fact.at_ns);
  const bool is_open = status.health() == v1::CloudStatus::CIRCUIT_OPEN;
  comparison.time("retry_at", wish_for.retry_at(), is_open ? std::optional(status.retry_at_ns()) : std::nullopt);
  comparison.part("route_contains", wish_for.route_contains(), status.route());
  return comparison;
}

Comparison compare(const v1::ExpectDetection& wish_for, const Fact<v1::DetectionAnswer>& fact) {
  const v1::DetectionAnswer& answer = *fact.message;
  Comparison comparison;
  comparison.number("detection_id", wish_for.detection_id(), answer.detection_id());
  comparison.value("verdict", wish_for.verdict(), answer.verdict(), &v1::SafeSoftwareAnswer::Verdict_Name);
  if (wish_for.via_size() != 0) comparison.other("via", occurs_in_order(wish_for, answer), "", chain_text(answer));
  comparison.time_at_most("waited_at_most", wish_for.waited_at_most(), answer.waited_ns());
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
  std::vector<Fact<v1::DetectionAnswer>> answers_to(std::uint64_t detection_id) const;

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

std::vector<Fact<v1::DetectionAnswer>> Judge::answers_to(std::uint64_t detection_id) const {
  if (detection_id == 0) return facts_.detection_answers;
  std::vector<Fact<v1::DetectionAnswer>> found;
  for (const auto& fact : facts_.detection_answers) {
    if (fact.message->detection_id() == detection_id) found.push_back(fact);
  }
  return found;
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
  count("requests", wish_for.has_requests(), wish_for.requests(), facts_.requests.size());
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
    case v1::Expect::kRequest: return expect_one("request", "", expect.request(), facts_.requests, Meant());
    case v1::Expect::kNoRequest: return expect_none("request", "", expect.no_request(), facts_.requests);
    case v1::Expect::kCloudStatus:
      return expect_one("cloud status", "", expect.cloud_status(), facts_.cloud_statuses, Meant());
    case v1::Expect::kDetectionAnswer:
      return expect_one("answer to a detection", "", expect.detection_answer(),
                        answers_to(expect.detection_answer().detection_id()), Meant());
    case v1::Expect::kLogContains: return judge_log(expect.log_contains(), true);
    case v1::Expect::kLogLacks: return judge_log(expect.log_lacks(), false);
    case v1::Expect::kNeverHappens: return judge_never_happens(expect.never_happens());
    case v1::Expect::WHAT_NOT_SET: break;
  }
  return std::nullopt;
}

}  // namespace

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
