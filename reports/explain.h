// Why a verdict came out as it did, in sentences. The engine carries the chain of reasons as data; here is the only
// place that turns it into words, so there is no second implementation of any rule.
//
//   const Explanation why = explain(at_ns, verdict, {.time = time, .settings_name = "ask-all.txtpb"});
//   print(explanation_text(why));
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/schema/output.pb.h"
#include "reports/wording.h"

namespace holdfast {

// One reason code in words. The texts may hold {text} and {number} (whose meaning for each code stands at ReasonCode in
// output.proto), {event} (the monitored event), {program}, {approval} and {coverage} (an entry of the approved, of
// either exception list for it, where one can be), and {place} (where the settings say so).
struct ReasonSentence {
  v1::ReasonCode code;
  std::string_view brief;  // for a list of verdicts: "nobody answered"
  std::string_view sentence;
  // What would have turned a verdict around that this reason settled: a denied one into a pass and the reverse. Empty
  // where the code never settles a verdict.
  std::string_view otherwise;
};

// One row per code of the schema except REASON_CODE_UNSPECIFIED, in its order.
std::span<const ReasonSentence> reason_sentences();

// What the verdict itself does not say. Everything may be empty.
struct ExplainContext {
  TimeText time = TimeText::since_start();
  std::string settings_name;    // "ask-all.txtpb"
  std::string policy_place;     // where the settings say what to do about the event: "ask-all.txtpb:7"
  std::string program_started;  // when the acting program started: "03:06:57.120"
  std::string script;           // that drives the program, where the sensor knew it
};

struct Explanation {
  std::string headline;            // "Denied: cmd.exe (pid 5012) writes C:\Windows\...\hosts"
  std::vector<std::string> when;   // decided when, held how long, and what that was worth
  std::vector<std::string> chain;  // one sentence per reason, in the order in which it was thought
  std::string otherwise_label;     // "what would have let it pass"
  std::string otherwise;           // empty where nothing could have
};

// `at_ns`: engine time of the verdict.
Explanation explain(std::uint64_t at_ns, const v1::Verdict& verdict, const ExplainContext& context);

// One reason as a sentence. An unknown code of a newer schema is named by its number.
std::string reason_text(const v1::Reason& reason, const v1::Verdict& verdict, const ExplainContext& context);

// Lines of at most one thought each, '\n' at the end of each.
std::string explanation_text(const Explanation& explanation);

// The one reason that settled a verdict, for a list: "nobody answered".
std::string because_text(const v1::Verdict& verdict);
// The same where a reason settled something that is no verdict: a status, a prompt that closed, a field without effect,
// a detection.
std::string because_text(const v1::Reason& settled);
std::string because_text(v1::ReasonCode settled);
// Why an operation led to no verdict at all, as a line: `status` is the one in force then, `event_monitoring` whether
// the settings have it on.
std::string no_decision_text(const v1::Operation& operation, const v1::Status& status, bool event_monitoring);

}  // namespace holdfast
