#include "sim/checkers/promises.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/checkers/held.h"
#include "sim/text/duration.h"

namespace holdfast {

Promises::Promises(InputsFrom from) : watch_(from), checkers_(all_checkers()) {
  for (const auto& checker : checkers_) {
    if (checker->sees_quiet_steps()) of_quiet_steps_.push_back(checker.get());
  }
}

void Promises::begin_with(const v1::EngineState& state) {
  watch_.begin_with(state);
  for (const auto& checker : checkers_) checker->begin_with(state, watch_.law());
}

Expected<void> Promises::on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) {
  const SeenStep step = watch_.see(input, outputs);
  if (outputs.empty() && input.has_operation() && !is_held(input.operation())) {
    for (Checker* checker : of_quiet_steps_) checker->on_step(step);
    return {};
  }
  for (const auto& checker : checkers_) checker->on_step(step);
  return {};
}

void Promises::on_state(const v1::EngineState& state) {
  for (const auto& checker : checkers_) checker->on_state(state);
}

void Promises::end(RunEnd end) {
  end.stalled_ns = watch_.stalled_ns();
  for (const auto& checker : checkers_) checker->on_end(end);
}

bool Promises::kept() const {
  return std::ranges::all_of(checkers_, [](const auto& checker) { return checker->broken().empty(); });
}

std::vector<Promises::Broken> Promises::broken() const {
  std::vector<Broken> all;
  for (const auto& checker : checkers_) {
    for (const BrokenPromise& broken : checker->broken()) {
      all.push_back({.promise = checker->promise(), .at_ns = broken.at_ns, .what = broken.what});
    }
  }
  return all;
}

std::vector<std::string> Promises::sentences() const {
  std::vector<std::string> all;
  for (const Broken& one : broken()) all.push_back(broken_promise_text(one));
  return all;
}

std::string broken_promise_text(const Promises::Broken& broken) {
  return fmt::format("always: {}: {} at {}", broken.promise, broken.what, clock_text(broken.at_ns));
}

std::vector<std::string_view> promise_names() {
  std::vector<std::string_view> names;
  for (const auto& checker : all_checkers()) names.push_back(checker->promise());  // literals: they stay
  return names;
}

}  // namespace holdfast
