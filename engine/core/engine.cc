#include "engine/core/engine.h"

#include <utility>

#include "engine/core/core.h"

namespace holdfast::engine {

Engine::Engine(const Tables& tables) : core_(std::make_unique<Core>(tables)) {}
Engine::Engine(std::unique_ptr<Core> core) : core_(std::move(core)) {}
Engine::~Engine() = default;
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;

void Engine::step(const v1::Input& input, std::vector<v1::Output>& outputs) { core_->take(input, outputs); }

v1::EngineState Engine::snapshot() const { return core_->save(); }

Expected<Engine> Engine::restore(const v1::EngineState& state, const Tables& tables) {
  auto core = std::make_unique<Core>(tables);
  HOLDFAST_TRY_DO(core->load(state));
  return Engine(std::move(core));
}

}  // namespace holdfast::engine
