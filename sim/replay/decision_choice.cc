#include "sim/replay/decision_choice.h"

#include <fmt/format.h>

#include "engine/text/ascii.h"
#include "reports/wording.h"

namespace holdfast {

bool DecisionWish::fits(std::uint64_t count, const v1::Verdict& verdict) const {
  return (number == 0 || number == count) &&
         (decision == v1::Verdict::DECISION_UNSPECIFIED || decision == verdict.decision()) &&
         (program.empty() || ascii::lower_case(verdict.program()).find(program) != std::string::npos) &&
         (event == v1::MONITORED_EVENT_UNSPECIFIED || event == verdict.event()) &&
         (because == v1::REASON_CODE_UNSPECIFIED || because == verdict.because());
}

Expected<void> DecisionFinder::on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) {
  events_ += input.has_operation() ? 1 : 0;
  for (const v1::Output& output : outputs) {
    if (output.has_verdict()) consider(output.verdict());
  }
  return {};
}

void DecisionFinder::consider(const v1::Verdict& verdict) {
  ++decisions_;
  if (!wish_.fits(decisions_, verdict)) return;
  const Outcome outcome = outcome_of(verdict);
  const bool telling = !wish_.any || (outcome != Outcome::kPassed && outcome != Outcome::kAssessed);
  if (telling && !telling_) telling_ = verdict;
  if (outcome == Outcome::kAssessed && !other_) other_ = verdict;
}

Error no_such_decision(const std::string& path, const DecisionFinder& finder) {
  return Error{.where = path,
               .field = {},
               .what = fmt::format("none of its {} decisions is the one that is meant", grouped(finder.decisions())),
               .remedy = "holdfast replay --all lists them"};
}

}  // namespace holdfast
