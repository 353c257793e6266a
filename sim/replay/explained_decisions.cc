#include "sim/replay/explained_decisions.h"

#include "reports/wording.h"

namespace holdfast {

Expected<void> ExplainedDecisions::on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) {
  if (input.has_operation()) see(input.operation());
  for (const v1::Output& output : outputs) {
    if (output.has_status()) status_ = output.status();
    if (output.has_verdict()) consider(input.at_ns(), output.verdict());
  }
  return {};
}

void ExplainedDecisions::see(const v1::Operation& operation) {
  constexpr std::size_t kScriptsMax = 65'536;
  if (!operation.script().empty() && scripts_.size() < kScriptsMax) scripts_[operation.id()] = operation.script();
  if (wish_.operation == 0 || operation.id() != wish_.operation) return;
  operation_ = operation;
  status_then_ = status_;
}

void ExplainedDecisions::consider(std::uint64_t at_ns, const v1::Verdict& verdict) {
  ++decisions_;
  if (wish_.names_one()) {
    if (decisions_ == wish_.decision || verdict.operation_id() == wish_.operation) keep(at_ns, verdict, kept_);
    return;
  }
  const Outcome outcome = outcome_of(verdict);
  if (outcome != Outcome::kPassed && outcome != Outcome::kAssessed) {
    ++telling_;
    if (numbers_.size() < kNumbersMax) numbers_.push_back(decisions_);
    if (kept_.size() < wish_.limit) keep(at_ns, verdict, kept_);
  } else if (verdict.event() != v1::MONITORED_EVENT_UNSPECIFIED) {
    if (other_numbers_.size() < kNumbersMax) other_numbers_.push_back(decisions_);
    if (others_.size() < wish_.limit) keep(at_ns, verdict, others_);
  }
}

void ExplainedDecisions::keep(std::uint64_t at_ns, const v1::Verdict& verdict, std::vector<Kept>& where) {
  const auto script = scripts_.find(verdict.operation_id());
  where.push_back({.number = decisions_,
                   .at_ns = at_ns,
                   .verdict = verdict,
                   .script = script == scripts_.end() ? std::string() : script->second});
}

}  // namespace holdfast
