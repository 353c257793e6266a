// The engine: a pure function of its inputs.
//
//   Engine engine;
//   std::vector<v1::Output> outputs;
//   engine.step(input, outputs);   // every decision that `input` leads to
//
// It owns no clock, thread, file, socket or random number and never asks whether it is simulated. The same inputs give
// the same outputs on every machine.
#pragma once

#include <memory>
#include <vector>

#include "engine/schema/error.h"
#include "engine/schema/input.pb.h"
#include "engine/schema/output.pb.h"
#include "engine/schema/state.pb.h"
#include "engine/tables/tables.h"

namespace holdfast::engine {

class Engine {
 public:
  // `tables` must outlive the engine.
  explicit Engine(const Tables& tables = default_tables());
  ~Engine();
  Engine(Engine&&) noexcept;
  Engine& operator=(Engine&&) noexcept;

  // Takes one input and appends what the engine wants to `outputs`, in the order to be carried out. Inputs that make no
  // sense (time running backwards, unknown timer) are answered with InputIgnored, never with a failure.
  void step(const v1::Input& input, std::vector<v1::Output>& outputs);

  // Everything the engine knows. restore(snapshot()) gives an engine that answers every further input alike.
  v1::EngineState snapshot() const;

  // Fails on a state of another version or one that contradicts itself; Error.field names the place.
  static Expected<Engine> restore(const v1::EngineState& state, const Tables& tables = default_tables());

 private:
  struct Core;
  explicit Engine(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

}  // namespace holdfast::engine
