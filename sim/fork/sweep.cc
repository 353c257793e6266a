#include "sim/fork/sweep.h"

#include <fmt/format.h>

#include <optional>
#include <string_view>

#include "sim/scenario/parallel.h"
#include "sim/text/moment.h"

namespace holdfast {
namespace {

constexpr std::string_view kMoment = "at";

// Catches the verdict about one operation.
class OutcomeOfOne final : public StepObserver {
 public:
  explicit OutcomeOfOne(std::uint64_t operation_id) : operation_id_(operation_id) {}
  Expected<void> on_step(const v1::Input& /*input*/, const std::vector<v1::Output>& outputs) override {
    for (const v1::Output& output : outputs) {
      if (!output.has_verdict() || output.verdict().operation_id() != operation_id_) continue;
      outcome_ = outcome_text(output.verdict().decision(), output.verdict().because());
    }
    return {};
  }
  const std::string& outcome() const { return outcome_; }

 private:
  std::uint64_t operation_id_;
  std::string outcome_ = "no verdict: it does not happen";
};

Expected<std::string> swept(const Fork& fork, const SweepWish& wish, const std::string& value) {
  ForkWish different = wish.different;
  std::uint64_t at_ns = wish.at_ns;
  if (sweeps_moment(wish.axis)) {
    HOLDFAST_TRY(moment_ns, parse_moment(wish.axis.key, value, fork.header().started_wall_ns()));
    at_ns = moment_ns;
  } else {
    different.what_if.push_back(wish.axis.key + '=' + value);
  }
  HOLDFAST_TRY(change, fork.change(at_ns, different));
  OutcomeOfOne verdict(wish.operation_id);
  HOLDFAST_TRY_DO(fork.run(change, {&verdict}));
  return verdict.outcome();
}

}  // namespace

bool sweeps_moment(const Axis& axis) { return axis.key == kMoment; }

Expected<std::vector<SweptValue>> sweep_fork(const Fork& fork, const SweepWish& wish, unsigned jobs) {
  std::vector<std::optional<Expected<std::string>>> outcomes(wish.axis.values.size());
  for_each_index(outcomes.size(), jobs, [&](std::size_t i) { outcomes[i] = swept(fork, wish, wish.axis.values[i]); });
  std::vector<SweptValue> values;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    HOLDFAST_TRY(outcome, std::move(*outcomes[i]));
    values.push_back({.value = wish.axis.values[i], .outcome = std::move(outcome)});
  }
  return values;
}

std::vector<std::size_t> flips_of(const std::vector<SweptValue>& swept) {
  std::vector<std::size_t> flips;
  for (std::size_t i = 1; i < swept.size(); ++i) {
    if (swept[i].outcome != swept[i - 1].outcome) flips.push_back(i);
  }
  return flips;
}

std::string outcome_text(v1::Verdict::Decision decision, v1::ReasonCode because) {
  return fmt::format("{}, {}", v1::Verdict::Decision_Name(decision), v1::ReasonCode_Name(because));
}

}  // namespace holdfast
