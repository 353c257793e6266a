#include "reports/explain.h"

#include <fmt/args.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "reports/timeline.h"

namespace holdfast {
namespace {

// clang-format off
constexpr auto kSentences = std::to_array<ReasonSentence>({
    // Whether Behavior Monitoring runs here.
    {v1::BEHAVIOR_MONITORING_ACTIVE, "Behavior Monitoring is active",
     "Behavior Monitoring is active: {text}", ""},
    {v1::PLATFORM_NOT_SUPPORTED, "platform not supported",
     "Behavior Monitoring is inactive: {text} is not a supported platform",
     "a supported version of Windows"},
    {v1::SERVICE_PACK_MISSING, "service pack {number} is missing",
     "Behavior Monitoring is inactive: {text} needs service pack {number}",
     "service pack {number} on the endpoint, and settings that forbid the event"},
    {v1::OFF_BY_DEFAULT_ON_SERVERS, "off by default on servers",
     "Behavior Monitoring is inactive: {text} is a server, and nobody enabled it there",
     "enabled_on_servers: true, and the Unauthorized Change Prevention Service switched on for servers"},
    {v1::SERVICE_SWITCHED_OFF, "service switched off",
     "Behavior Monitoring is inactive: the settings switch the Unauthorized Change Prevention Service off",
     "the service switched on in unauthorized_change_prevention"},
    {v1::SERVICE_NOT_RUNNING, "service not running",
     "Behavior Monitoring is inactive: the Unauthorized Change Prevention Service is on by settings but does not run",
     "the service running on the endpoint"},
    {v1::EVENT_MONITORING_OFF, "Event Monitoring is off",
     "Event Monitoring is off: no monitored event is looked for",
     "event_monitoring.enabled: true, and action Deny (or Ask and the user's no)"},
    {v1::MALWARE_BEHAVIOR_BLOCKING_OFF, "this version has no Malware Behavior Blocking",
     "Malware Behavior Blocking is off: no part of this version carries it out, nor protects documents",
     "nothing in the settings: this version has no Malware Behavior Blocking"},
    {v1::NO_EVENT_ASKS, "no event asks",
     "Event Monitoring is on, but no event's action is Ask when necessary", ""},
    {v1::AGENT_NOT_STARTED, "the agent was not ready yet",
     "the operation came before the agent was ready: it was let pass unjudged",
     "an agent that is ready before the program starts"},

    // What the operation is.
    {v1::NO_MONITORED_EVENT, "no monitored event",
     "no rule of Event Monitoring speaks of this operation",
     "nothing in the settings: only the blocked list stops what is no monitored event, and only programs that start"},
    {v1::MONITORED_EVENT_SEEN, "rule {text}",
     "this is the monitored event {event} (rule {text})", ""},
    {v1::ACTION_IS_ASSESS, "set to Assess",
     "{event} is set to Assess: allow and log{place}",
     "action Deny, or Ask when necessary and the user's no"},
    {v1::ACTION_IS_ALLOW, "set to Allow",
     "{event} is set to Allow: allow without a log line{place}",
     "action Deny, or Ask when necessary and the user's no"},
    {v1::ACTION_IS_ASK, "set to Ask when necessary",
     "{event} is set to Ask when necessary{place}",
     "the user's no within the countdown, or action Deny"},
    {v1::ACTION_IS_DENY, "set to Deny",
     "{event} is set to Deny{place}",
     "{approval}; or action Assess, or Ask when necessary and the user's yes"},

    // Trust.
    {v1::ON_BLOCKED_LIST, "on the blocked list (entry {number})",
     "entry {number} of the blocked list covers the program: {text}",
     "entry {number} of the blocked list removed or made narrower"},
    {v1::ON_APPROVED_LIST, "on the approved list (entry {number})",
     "entry {number} of the approved list covers the program: {text}",
     "no entry of the approved list for this program, and action Deny; or an entry of the blocked list"},
    {v1::NOT_ON_EXCEPTION_LIST, "on no exception list",
     "neither the approved nor the blocked list covers the program ({number} entries)",
     "{coverage}"},
    {v1::SIGNATURE_TRUSTED, "signed by {text}",
     "the program's signature is valid: {text}",
     "an entry of the blocked list; or signature_settles: ASK_ONLY or NOTHING, and action Deny"},
    {v1::SIGNATURE_NOT_TRUSTED, "signature not trusted ({text})",
     "the program's signature settles nothing: {text}",
     "a valid signature of the program file"},
    {v1::SIGNATURE_OF_INTERPRETER, "signed, but an interpreter",
     "the signature is valid ({text}), but the program carries out other people's instructions, which it does not vouch for",
     "{approval}"},
    {v1::SYSTEM_PROGRAM, "Windows itself",
     "a genuine Windows program does its own work: {text}",
     "nothing in the settings: Windows' own work is not held up"},
    {v1::CERTIFIED_SAFE, "certified safe",
     "the Certified Safe Software Service certifies the program safe: {text}",
     "an entry of the blocked list; or the service switched off, and action Deny"},
    {v1::CERTIFIED_UNKNOWN, "not known as safe",
     "the Certified Safe Software Service does not know the program ({text})", ""},
    {v1::CERTIFIED_MALICIOUS, "known as malicious",
     "the Certified Safe Software Service knows the program as malicious ({text})",
     "{approval}, if the service is wrong"},
    {v1::CSSS_OFF, "safe-software service off",
     "the Certified Safe Software Service is not asked: it is off", ""},
    {v1::CSSS_FAILED, "safe-software service gave no answer",
     "the Certified Safe Software Service gave no usable answer ({failure}; attempts: {number}): the settings decide as "
     "if it were off", ""},
    {v1::CSSS_NOT_ASKED, "safe-software service not asked",
     "the Certified Safe Software Service is not asked: {text}", ""},

    // Asking.
    {v1::USER_ALLOWED, "the user said yes",
     "the user allowed it (session {number})",
     "the user's no, or action Deny"},
    {v1::USER_DENIED, "the user said no",
     "the user denied it (session {number})",
     "the user's yes, or no answer; {approval} spares the question"},
    {v1::NOBODY_ANSWERED, "nobody answered",
     "nobody answered the prompt for {number} s: the countdown ended",
     "the user's no within the countdown; on_expiry: EXPIRY_DENIES; or action Deny"},
    {v1::REMEMBERED_ALLOW, "an earlier yes counts",
     "the user's earlier yes still counts (prompt {number})",
     "remember: REMEMBER_ONCE, and the user's no"},
    {v1::REMEMBERED_DENY, "an earlier no counts",
     "the user's earlier no still counts (prompt {number})",
     "remember: REMEMBER_ONCE, and the user's yes; or {approval}"},
    {v1::NO_USER_LOGGED_ON, "no user logged on",
     "no user was logged on: the prompt could be shown to nobody, its countdown ran all the same",
     "a user who is logged on and answers"},
    {v1::SESSION_LOCKED, "session locked",
     "every session was locked: nobody could see the prompt, its countdown ran all the same",
     "an unlocked session and a user who answers"},
    {v1::PROMPT_PROGRAM_FAILED, "prompt program failed",
     "the prompt could not be shown: the program that shows prompts failed, the countdown ran all the same",
     "a working prompt program and a user who answers"},
    {v1::PROMPT_DISMISSED, "prompt closed without a choice",
     "the user closed the prompt without a choice: that is no answer, the countdown went on",
     "a choice instead of a closed window"},
    {v1::JOINED_PROMPT, "joined prompt {number}",
     "the program waited for an answer already: this operation joined prompt {number}", ""},
    {v1::EXPIRY_SET_TO_DENY, "nobody answered, which is set to deny",
     "the settings deny what nobody answers",
     "the user's yes within the countdown, or on_expiry: EXPIRY_ALLOWS"},
    {v1::EXPIRY_SET_TO_KEEP_HELD, "kept held",
     "the settings keep held what nobody answers: the countdown ended, the prompt stayed",
     "the user's answer"},

    // What ended a wait otherwise.
    {v1::SETTINGS_CHANGED_MEANWHILE, "settings or profile changed",
     "the settings or the endpoint's profile changed while it was held, and what is in force now decides: {text}",
     "settings that say otherwise"},
    {v1::PROGRAM_EXITED, "the program exited",
     "the program exited while it was held: nobody was left to obey", ""},
    {v1::AGENT_STOPPED, "the agent stopped",
     "the agent stopped while it was held: everything held was released",
     "an agent that goes on running until the wait is over"},
    {v1::BEHAVIOR_MONITORING_STOPPED, "Behavior Monitoring was switched off",
     "Behavior Monitoring was switched off while it was held: everything held was released",
     "Behavior Monitoring that goes on running until the wait is over"},

    // Limits.
    {v1::PENDING_TABLE_FULL, "too many held operations",
     "{number} operations were held already, the most that may be: further ones are allowed",
     "a higher limits.pending_max, or fewer programs that wait"},
    {v1::PROMPT_OPERATIONS_FULL, "too many operations at one prompt",
     "{number} operations waited for the same prompt already, the most that may: further ones are allowed",
     "a higher limits.operations_per_prompt_max, or an answer in time"},
    {v1::PROMPTS_FULL, "too many prompts",
     "{number} prompts were open already, the most that may be: this one was not shown",
     "a higher limits.prompts_max, or answers to the open prompts"},
    {v1::HOLD_LIMIT_REACHED, "longest hold reached ({number} s)",
     "it was held for {number} s, the longest any hold lasts: it is allowed",
     "an answer in time, or a higher limits.hold_max_s"},

    // Newly encountered programs.
    {v1::NEWLY_ENCOUNTERED, "newly encountered",
     "the program is newly encountered: {text}",
     "a program that is known longer and more widely"},
    {v1::NOT_NEWLY_ENCOUNTERED, "known long and widely enough",
     "the program is not newly encountered: known long and widely enough ({number} detections)", ""},
    {v1::WEB_REPUTATION_OFF, "Web Reputation Services off",
     "newly encountered programs are not looked for: Web Reputation Services are off on this agent",
     "Web Reputation Services enabled on the agent"},
    {v1::SERVERS_EXCLUDED, "never asked on a server",
     "newly encountered programs are never asked about on a server ({text})",
     "nothing in the settings: servers never show this prompt"},
    {v1::PORT_NOT_COVERED, "port {number} not covered",
     "the program came over port {number}, which this version of Windows does not watch (80, 81 and 8080 only)",
     "a download over HTTP on port 80, 81 or 8080"},
    {v1::FILE_TYPE_NOT_COVERED, "file type not covered",
     "the file that arrived is of a kind that newly encountered programs do not cover: {text}",
     "an .exe file, or an .exe inside an unencrypted .zip or .rar from email"},
    {v1::NAME_DOES_NOT_MATCH, "name does not match",
     "the program that starts does not bear the name under which it arrived ({text}): email programs are matched by name",
     "match: HASH_AND_PROVENANCE, which sees through a renaming"},
    {v1::PREVALENCE_FAILED, "prevalence unknown",
     "the reputation network gave no usable answer about the program's prevalence ({failure}; attempts: {number}): it is "
     "not taken for newly encountered", ""},
    {v1::CHANNEL_NOT_COVERED, "came another way",
     "the program came by a way that newly encountered programs do not cover: {text}",
     "a download over plain HTTP, or an attachment of an email"},
    {v1::ARCHIVE_ENCRYPTED, "came in an encrypted archive",
     "the program came in an encrypted archive, whose members nobody can look at: {text}",
     "an unencrypted .zip or .rar"},
    {v1::DOWNLOAD_SEEN, "arrived from outside",
     "the program's file arrived from outside: {text}", ""},
    {v1::ACTION_IS_PROMPT, "newly encountered programs are asked about",
     "newly encountered programs are asked about{place}",
     "the user's yes, or no answer; newly_encountered.action: LOG_ONLY spares the question"},
    {v1::ACTION_IS_LOG_ONLY, "newly encountered programs are logged",
     "newly encountered programs are let pass and logged{place}",
     "newly_encountered.action: PROMPT, and the user's no"},

    // The observation itself.
    {v1::ACTOR_UNKNOWN, "unknown program",
     "the acting program never started before our eyes (pid {text}): its file and signature are unknown", ""},
});
// clang-format on

const ReasonSentence* find_sentence(v1::ReasonCode code) {
  const auto* row = std::ranges::find(kSentences, code, &ReasonSentence::code);
  return row == kSentences.end() ? nullptr : row;
}

// Reasons about an event name it in `number`; a verdict without one names its own.
std::string event_of(const v1::Reason& reason, const v1::Verdict& verdict) {
  std::string_view name;
  if (v1::MonitoredEvent_IsValid(static_cast<int>(reason.number()))) {
    name = event_name(static_cast<v1::MonitoredEvent>(reason.number()));
  }
  if (name.empty()) name = event_name(verdict.event());
  return std::string(name.empty() ? "the event" : name);
}

// What to advise where an entry of the exception list would help. None of the approved list covers a lookalike.
std::string approval_of(const std::string& program, bool lookalike) {
  if (!lookalike) return "an approved entry for " + program;
  return "an approved entry for the program where its path is what it seems (none covers " + program + ")";
}

std::string coverage_of(const std::string& program, bool lookalike) {
  if (!lookalike) return "an entry of the exception list that covers " + program;
  return "an entry of the blocked list that covers " + program + ", which none of the approved list can";
}

std::string fill(std::string_view sentence, const v1::Reason& reason, const v1::Verdict& verdict,
                 const ExplainContext& context) {
  std::string place;
  const std::string& settings = context.policy_place.empty() ? context.settings_name : context.policy_place;
  if (!settings.empty()) place = "   (settings " + printable(settings) + ")";
  v1::LookupFailure failure = v1::LOOKUP_FAILURE_UNSPECIFIED;
  const bool named = v1::LookupFailure_Parse(reason.text(), &failure);
  fmt::dynamic_format_arg_store<fmt::format_context> arguments;
  arguments.push_back(fmt::arg("failure", named ? std::string(failure_words(failure)) : printable(reason.text())));
  arguments.push_back(fmt::arg("text", printable(reason.text())));
  arguments.push_back(fmt::arg("number", reason.number()));
  arguments.push_back(fmt::arg("event", event_of(reason, verdict)));
  arguments.push_back(fmt::arg("place", place));
  const std::string program = shown_path(verdict.program().empty() ? "the program" : verdict.program());
  arguments.push_back(fmt::arg("program", program));
  arguments.push_back(fmt::arg("approval", approval_of(program, is_lookalike(verdict.program()))));
  arguments.push_back(fmt::arg("coverage", coverage_of(program, is_lookalike(verdict.program()))));
  return fmt::vformat(sentence, arguments);
}

// The reason of the chain that settled the verdict, with its text and number.
v1::Reason settling_reason(const v1::Verdict& verdict) {
  v1::Reason settled;
  settled.set_code(verdict.because());
  for (const v1::Reason& reason : verdict.reason()) {
    if (reason.code() == verdict.because()) settled = reason;
  }
  return settled;
}

std::string brief_text(const v1::Reason& settled, const v1::Verdict& verdict) {
  const ReasonSentence* row = find_sentence(settled.code());
  if (row == nullptr) return fmt::format("reason {}", static_cast<int>(settled.code()));
  return fill(row->brief, settled, verdict, {});
}

std::string capitalised(std::string_view word) {
  std::string text(word);
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

std::string headline_of(const v1::Verdict& verdict, const ExplainContext& context) {
  const std::string program =
      verdict.program().empty() ? std::string("an unknown program") : shown_file_name(verdict.program());
  std::string who = program;
  if (verdict.operation() == "process_start") {
    who += " starts   " + shown_path(verdict.program());
    if (verdict.actor().pid() != 0) who += fmt::format("   (by pid {})", verdict.actor().pid());
  } else {
    std::string run = verdict.actor().pid() == 0 ? "" : fmt::format("pid {}", verdict.actor().pid());
    if (!context.program_started.empty()) run += ", started " + context.program_started;
    if (!context.script.empty()) run += (run.empty() ? "driven by " : ", driven by ") + printable(context.script);
    if (!run.empty()) who += " (" + run + ")";
    who += fmt::format(" {} {}", operation_verb(verdict.operation()), shown_path(verdict.target()));
  }
  return capitalised(decision_word(verdict.decision())) + ": " + who;
}

std::vector<std::string> when_of(std::uint64_t at_ns, const v1::Verdict& verdict, const ExplainContext& context) {
  std::vector<std::string> lines;
  const std::string day = context.time.day(at_ns);
  std::string decided = "decided " + (day.empty() ? "" : day + " ") + context.time.at(at_ns);
  decided += verdict.held_ns() == 0 ? ", at once" : ", after it was held for " + spoken_duration(verdict.held_ns());
  lines.push_back(decided);
  switch (verdict.hold()) {
    case v1::HOLD_CAPABILITY_PRE_EXECUTION: break;
    case v1::HOLD_CAPABILITY_BEST_EFFORT:
      lines.emplace_back("the sensor could only suspend it after its start: it may have run for a moment");
      break;
    default:
      if (verdict.decision() == v1::Verdict::ALLOW) break;
      lines.emplace_back("the sensor saw it only afterwards: the verdict came too late to stop it");
  }
  if (verdict.logged()) lines.emplace_back("the administrator's log has a line about it");
  if (verdict.user_warned()) lines.emplace_back("the user was warned");
  return lines;
}

}  // namespace

std::span<const ReasonSentence> reason_sentences() { return kSentences; }

std::string reason_text(const v1::Reason& reason, const v1::Verdict& verdict, const ExplainContext& context) {
  const ReasonSentence* row = find_sentence(reason.code());
  if (row == nullptr) {
    return fmt::format("a reason this version has no words for: code {}", static_cast<int>(reason.code()));
  }
  return fill(row->sentence, reason, verdict, context);
}

Explanation explain(std::uint64_t at_ns, const v1::Verdict& verdict, const ExplainContext& context) {
  Explanation why;
  why.headline = headline_of(verdict, context);
  why.when = when_of(at_ns, verdict, context);
  for (const v1::Reason& reason : verdict.reason()) why.chain.push_back(reason_text(reason, verdict, context));
  const v1::Reason settled = settling_reason(verdict);
  const ReasonSentence* row = find_sentence(settled.code());
  if (row != nullptr && !row->otherwise.empty() && verdict.decision() != v1::Verdict::MOOT) {
    const bool passed = verdict.decision() == v1::Verdict::ALLOW;
    why.otherwise_label = passed ? "what would have stopped it" : "what would have let it pass";
    why.otherwise = fill(row->otherwise, settled, verdict, context);
  }
  return why;
}

std::string explanation_text(const Explanation& explanation) {
  std::string text = explanation.headline + '\n';
  for (const std::string& line : explanation.when) text += "  " + line + '\n';
  for (std::size_t i = 0; i < explanation.chain.size(); ++i) {
    text += fmt::format(" {:2}. {}\n", i + 1, explanation.chain[i]);
  }
  if (!explanation.otherwise.empty()) text += explanation.otherwise_label + ": " + explanation.otherwise + '\n';
  return text;
}

std::string because_text(const v1::Verdict& verdict) { return brief_text(settling_reason(verdict), verdict); }

std::string because_text(const v1::Reason& settled) { return brief_text(settled, v1::Verdict::default_instance()); }

std::string because_text(v1::ReasonCode settled) {
  v1::Reason reason;
  reason.set_code(settled);
  std::string text = because_text(reason);
  const ReasonSentence* row = find_sentence(settled);
  const std::size_t number = row == nullptr ? std::string::npos : row->brief.find(" ({number}");
  if (number != std::string::npos) text.erase(number);  // of a code alone nobody knows it
  return text;
}

std::string no_decision_text(const v1::Operation& operation, const v1::Status& status, bool event_monitoring) {
  std::string text = fmt::format("No decision: operation {} ({}  {}) was not held, ", operation.id(),
                                 operation_name(operation), shown_path(operation_target(operation)));
  if (!status.effective_active()) {
    text += "and Behavior Monitoring did not run: " + because_text(status.because());
  } else if (!event_monitoring) {
    text += "and Event Monitoring is off";
  } else {
    text += "and no rule of Event Monitoring speaks of it";
  }
  return text + '\n';
}

}  // namespace holdfast
