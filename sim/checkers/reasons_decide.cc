#include "sim/checkers/reasons_decide.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace holdfast {
namespace {

using Verdict = v1::Verdict;
using Policy = v1::MonitoredEventPolicy;

// What a verdict is whose last reason is this one.
struct Meaning {
  v1::ReasonCode because;
  Verdict::Decision decision;
  // The action of its event in the settings in force; ACTION_UNSPECIFIED: any.
  Policy::Action action = Policy::ACTION_UNSPECIFIED;
};

constexpr std::array kMeanings = {
    Meaning{v1::ACTION_IS_ASSESS, Verdict::ALLOW, Policy::ASSESS},
    Meaning{v1::ACTION_IS_ALLOW, Verdict::ALLOW, Policy::ALLOW},
    Meaning{v1::ACTION_IS_DENY, Verdict::DENY, Policy::DENY},
    Meaning{v1::ON_BLOCKED_LIST, Verdict::DENY},
    Meaning{v1::ON_APPROVED_LIST, Verdict::ALLOW},
    Meaning{v1::NO_MONITORED_EVENT, Verdict::ALLOW},
    Meaning{v1::EVENT_MONITORING_OFF, Verdict::ALLOW},
    Meaning{v1::SYSTEM_PROGRAM, Verdict::ALLOW},
    Meaning{v1::SIGNATURE_TRUSTED, Verdict::ALLOW},
    Meaning{v1::CERTIFIED_SAFE, Verdict::ALLOW},
    Meaning{v1::USER_ALLOWED, Verdict::ALLOW},
    Meaning{v1::USER_DENIED, Verdict::DENY},
    Meaning{v1::REMEMBERED_ALLOW, Verdict::ALLOW},
    Meaning{v1::REMEMBERED_DENY, Verdict::DENY},
    Meaning{v1::NOBODY_ANSWERED, Verdict::ALLOW},
    Meaning{v1::EXPIRY_SET_TO_DENY, Verdict::DENY},
    Meaning{v1::PROGRAM_EXITED, Verdict::MOOT},
    Meaning{v1::AGENT_STOPPED, Verdict::ALLOW},
    Meaning{v1::AGENT_NOT_STARTED, Verdict::ALLOW},
    Meaning{v1::BEHAVIOR_MONITORING_STOPPED, Verdict::ALLOW},
    Meaning{v1::PENDING_TABLE_FULL, Verdict::ALLOW},
    Meaning{v1::PROMPT_OPERATIONS_FULL, Verdict::ALLOW},
    Meaning{v1::HOLD_LIMIT_REACHED, Verdict::ALLOW},
    Meaning{v1::PLATFORM_NOT_SUPPORTED, Verdict::ALLOW},
    Meaning{v1::SERVICE_PACK_MISSING, Verdict::ALLOW},
    Meaning{v1::OFF_BY_DEFAULT_ON_SERVERS, Verdict::ALLOW},
    Meaning{v1::SERVICE_SWITCHED_OFF, Verdict::ALLOW},
    Meaning{v1::SERVICE_NOT_RUNNING, Verdict::ALLOW},
};

}  // namespace

void ReasonsDecide::look_at(const SeenStep& step, const v1::Verdict& verdict) {
  if (verdict.reason().empty() || verdict.reason(verdict.reason_size() - 1).code() != verdict.because()) {
    return breaks(step.now_ns,
                  fmt::format("operation {} is not decided by the last of its reasons", verdict.operation_id()));
  }
  const auto meaning = std::ranges::find(kMeanings, verdict.because(), &Meaning::because);
  if (meaning == kMeanings.end()) return;
  if (meaning->decision != verdict.decision()) {
    return breaks(step.now_ns,
                  fmt::format("operation {}: {} because of {}", verdict.operation_id(),
                              Verdict::Decision_Name(verdict.decision()), v1::ReasonCode_Name(verdict.because())));
  }
  // What waited may have been decided by settings that held before.
  if (meaning->action == Policy::ACTION_UNSPECIFIED || verdict.held_ns() != 0 || step.law_changed) return;
  if (verdict.event() > v1::SUSPICIOUS_BEHAVIOR) return;
  const Policy::Action wanted = step.law.action(verdict.event());
  if ((wanted == Policy::ACTION_UNSPECIFIED ? Policy::ASSESS : wanted) == meaning->action) return;
  breaks(step.now_ns, fmt::format("operation {}: {}, and the settings say {}", verdict.operation_id(),
                                  v1::ReasonCode_Name(verdict.because()), Policy::Action_Name(wanted)));
}

void ReasonsDecide::on_step(const SeenStep& step) {
  for (const v1::Output& output : step.outputs) {
    if (output.has_verdict()) look_at(step, output.verdict());
  }
}

}  // namespace holdfast
