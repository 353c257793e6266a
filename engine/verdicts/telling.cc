#include "engine/verdicts/telling.h"

#include "engine/text/check.h"

namespace holdfast::engine {

Telling telling_of(Grounds grounds, v1::Verdict::Decision decision, const ActionRule* action, bool log_every_decision) {
  if (decision == v1::Verdict::MOOT) return {};
  switch (grounds) {
    case Grounds::kNothing: return {};
    case Grounds::kTrust: return {.logged = log_every_decision, .user_warned = false};
    case Grounds::kBlockedList: return {.logged = true, .user_warned = true};
    case Grounds::kAction: break;
  }
  check(action != nullptr, "an action decided, so there is one");
  if (decision == v1::Verdict::DENY) {
    return {.logged = log_every_decision || action->logs_when_denied, .user_warned = action->warns_when_denied};
  }
  return {.logged = log_every_decision || action->logs_when_allowed, .user_warned = false};
}

}  // namespace holdfast::engine
