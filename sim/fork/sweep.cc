#include "sim/fork/sweep.h"

#include <fmt/format.h>

#include <optional>
#include <string_view>
#include <utility>

#include "sim/scenario/parallel.h"
#include "sim/text/moment.h"

namespace holdfast {
namespace {

constexpr std::string_view kMoment = "at";
constexpr std::string_view kDoesNotHappen = "no verdict: it does not happen";
constexpr std::string_view kNotJudged = "no verdict: it happens, and nobody judges it";

// Catches the verdict about one operation.
class OutcomeOfOne final : public StepObserver {
 public:
  OutcomeOfOne(const Fork& fork, std::uint64_t operation_id) : operation_id_(operation_id) {
    if (fork.state()) settings_.begin_with(*fork.state());
  }
  Expected<void> on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) override {
    settings_.see(input);
    const bool happens = input.has_operation() && input.operation().id() == operation_id_;
    if (happens && told_.outcome == kDoesNotHappen) told_.outcome = kNotJudged;
    for (const v1::Output& output : outputs) {
      if (!output.has_verdict() || output.verdict().operation_id() != operation_id_) continue;
      told_.outcome = outcome_text(output.verdict().decision(), output.verdict().because());
      told_.held_ns = output.verdict().held_ns();
      told_.settings = settings_.text();
    }
    return {};
  }
  SweptValue told(std::string value) const {
    SweptValue told = told_;
    told.value = std::move(value);
    return told;
  }

 private:
  std::uint64_t operation_id_;
  SettingsName settings_;
  SweptValue told_{.value = {}, .outcome = std::string(kDoesNotHappen)};
};

// The wish and the moment of one value.
struct OneOfSweep {
  ForkWish different;
  std::uint64_t at_ns = 0;
};

Expected<OneOfSweep> one_of(const Fork& fork, const SweepWish& wish, const std::string& value) {
  OneOfSweep one{.different = wish.different, .at_ns = wish.at_ns};
  if (!sweeps_moment(wish.axis)) {
    one.different.what_if.push_back(wish.axis.key + '=' + value);
    return one;
  }
  HOLDFAST_TRY(moment_ns, parse_moment(wish.axis.key, value, fork.header().started_wall_ns()));
  one.at_ns = moment_ns;
  return one;
}

Expected<SweptValue> swept(const Fork& fork, const SweepWish& wish, const std::string& value) {
  HOLDFAST_TRY(one, one_of(fork, wish, value));
  HOLDFAST_TRY(change, fork.change(one.at_ns, one.different));
  OutcomeOfOne verdict(fork, wish.operation_id);
  HOLDFAST_TRY_DO(fork.run(change, {&verdict}));
  return verdict.told(value);
}

}  // namespace

bool sweeps_moment(const Axis& axis) { return axis.key == kMoment; }

Expected<std::vector<SweptValue>> sweep_fork(const Fork& fork, const SweepWish& wish, unsigned jobs) {
  std::vector<std::optional<Expected<SweptValue>>> outcomes(wish.axis.values.size());
  for_each_index(outcomes.size(), jobs, [&](std::size_t i) { outcomes[i] = swept(fork, wish, wish.axis.values[i]); });
  std::vector<SweptValue> values;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    HOLDFAST_TRY(outcome, std::move(*outcomes[i]));
    values.push_back(std::move(outcome));
  }
  return values;
}

Expected<SweptValue> unswept(const Fork& fork, const SweepWish& wish) {
  HOLDFAST_TRY(one, one_of(fork, wish, wish.axis.values.front()));
  HOLDFAST_TRY(without, fork.without(one.at_ns, one.different));
  const DecidedOperation* decided = (without ? *without : fork.reference().decided()).about(wish.operation_id);
  const DecidedOperation* recorded = fork.recorded() == nullptr ? nullptr : fork.recorded()->about(wish.operation_id);
  const bool is_recorded = decided != nullptr && recorded != nullptr && decided->same_as(*recorded);
  SweptValue told{.value = is_recorded ? "recorded" : "without it", .outcome = std::string(kDoesNotHappen)};
  if (decided == nullptr) return told;
  told.outcome = outcome_text(decided->decision, decided->because);
  told.held_ns = decided->held_ns;
  told.settings = decided->settings;
  return told;
}

std::vector<std::size_t> longer_waits_of(const std::vector<SweptValue>& swept, std::uint64_t longer_by_ns) {
  std::vector<std::size_t> longer;
  for (std::size_t i = 1; i < swept.size(); ++i) {
    const bool same = swept[i].outcome == swept[i - 1].outcome;
    if (same && swept[i].held_ns > swept[i - 1].held_ns && swept[i].held_ns - swept[i - 1].held_ns >= longer_by_ns) {
      longer.push_back(i);
    }
  }
  return longer;
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
