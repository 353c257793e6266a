// Who learns of a decision besides whoever waits for it: the one place that says whether it is logged (DOMAIN 4 and 6).
#pragma once

#include <cstdint>

#include "engine/schema/output.pb.h"
#include "engine/verdicts/action_rule.h"

namespace holdfast::engine {

// What a decision rests on.
enum class Grounds : std::uint8_t {
  kNothing,      // no rule speaks of the operation, or nobody may decide about it
  kTrust,        // the approved list, a signature or a certificate settled it
  kBlockedList,  // the administrator named the program
  kAction,       // the action of the event, by itself or by somebody's answer
};

struct Telling {
  bool logged = false;
  bool user_warned = false;
};

// `action`: of the event that decided; null if none did, and then the grounds are not kAction.
Telling telling_of(Grounds grounds, v1::Verdict::Decision decision, const ActionRule* action, bool log_every_decision);

}  // namespace holdfast::engine
