// Every promise at once, for whoever watches a run: the observer that run, fork, replay and record share.
//
//   Promises promises;
//   Host host({..., .observers = {&promises}});
//   ...
//   promises.end(false);
//   for (const Promises::Broken& broken : promises.broken()) print(broken_promise_text(broken));
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/host/host.h"
#include "sim/checkers/checker.h"

namespace holdfast {

class Promises final : public StepObserver {
 public:
  explicit Promises(InputsFrom from = InputsFrom::kHost);

  // Before the first step of a run that begins in the midst of an engine's life. What happened earlier is not known,
  // and nothing is held against the engine that only the past could tell.
  void begin_with(const v1::EngineState& state);
  // Never fails.
  Expected<void> on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) override;
  // A snapshot, taken between two steps.
  void on_state(const v1::EngineState& state);
  void end(RunEnd end);
  // At the time of the last step. `cut`: things may still be under way.
  void end(bool cut) { end({.at_ns = watch_.now_ns(), .cut = cut}); }

  struct Broken {
    std::string_view promise;  // outlives this
    std::uint64_t at_ns = 0;
    std::string what;
  };
  bool kept() const;
  // By promise, in the order in which they were broken.
  std::vector<Broken> broken() const;
  std::vector<std::string> sentences() const;  // the same, as broken_promise_text tells them

 private:
  StepWatch watch_;
  std::vector<std::unique_ptr<Checker>> checkers_;
  std::vector<Checker*> of_quiet_steps_;  // of them
};

// "always: each held operation gets exactly one verdict: operation 3 got a second verdict at 00:00:04.000"
std::string broken_promise_text(const Promises::Broken& broken);

// All promises in words.
std::vector<std::string_view> promise_names();

}  // namespace holdfast
