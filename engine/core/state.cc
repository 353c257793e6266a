// The engine as a message, and back. Every part checks what it is given: a state may come from anywhere.
#include <fmt/format.h>

#include <utility>

#include "engine/core/core.h"

namespace holdfast::engine {
namespace {

constexpr std::uint32_t kStateVersion = 1;

}  // namespace

v1::EngineState Engine::Core::save() const {
  v1::EngineState state;
  state.set_version(kStateVersion);
  step.save(state);
  timers.save(state);
  agent.save(state);
  processes.save(state);
  downloads.save(state);
  sessions.save(state);
  prompts.save(state, holds);
  remembered.save(state);
  verdicts.save(state);
  lookups.save(state, [this](const Waiter& waiter, v1::WaiterState& saved) {
    if (waiter.who == Waiter::Who::kDetection) {
      *saved.mutable_detection() = detections.at(waiter.id);
      return;
    }
    const Hold& hold = holds.at(waiter.id);
    *saved.mutable_operation() = hold.kept;
    *saved.mutable_process() = to_proto(hold.process);
    *saved.mutable_found() = hold.found;
  });
  return state;
}

Expected<void> Engine::Core::load(const v1::EngineState& state) {
  if (state.version() != kStateVersion) {
    return bad_state("version",
                     fmt::format("state of version {}, this engine knows {}", state.version(), kStateVersion));
  }
  step.load(state);
  HOLDFAST_TRY_DO(timers.load(state));
  HOLDFAST_TRY_DO(agent.load(state));
  const EffectiveLimits& limits = agent.settings().limits;
  const PathNormaliser& paths = *agent.law().paths;
  processes = ProcessTable(limits.processes_max, limits.process_bytes_max);
  HOLDFAST_TRY_DO(processes.load(state, paths));
  downloads.set_downloads_max(limits.downloads_max);
  downloads.set_bytes_max(limits.download_bytes_max);
  HOLDFAST_TRY_DO(downloads.load(state, paths));
  if (const int rows = state.download_size(); rows != 0 && state.download(rows - 1).at_ns() > state.now_ns()) {
    return bad_state(fmt::format("download[{}].at_ns", rows - 1), "it lies in the future");
  }
  HOLDFAST_TRY_DO(sessions.load(state));
  HOLDFAST_TRY_DO(prompts.load(state, holds, timers));
  HOLDFAST_TRY_DO(remembered.load(state, limits.remembered_answers_max));
  HOLDFAST_TRY_DO(verdicts.load(state));
  return lookups.load(state, agent.settings().cloud, timers,
                      [&](std::uint64_t lookup_id, const v1::WaiterState& waiting) -> Expected<Waiter> {
                        Waiter waiter{.asked_at_ns = waiting.asked_at_ns(), .deadline_ns = waiting.deadline_ns()};
                        switch (waiting.who_case()) {
                          case v1::WaiterState::kDetection:
                            if (!Detections::names_a_module(waiting.detection()))
                              return bad_state("detection.module", "there is no such module");
                            waiter.who = Waiter::Who::kDetection;
                            waiter.id = detections.add(waiting.detection());
                            return waiter;
                          case v1::WaiterState::kOperation: {
                            const std::string& endpoint = waiting.operation().operation().endpoint();
                            Hold hold{.kept = waiting.operation(),
                                      .process = key_of(waiting.process(), endpoint),
                                      .found = waiting.found()};
                            hold.awaited = Awaited::kService;
                            hold.of = lookup_id;
                            hold.deadline_ns = waiting.deadline_ns();
                            hold.services_from_ns = waiting.asked_at_ns();
                            HOLDFAST_TRY(id, holds.load_one(std::move(hold), state.now_ns()));
                            waiter.who = Waiter::Who::kHold;
                            waiter.id = id;
                            return waiter;
                          }
                          case v1::WaiterState::WHO_NOT_SET: break;
                        }
                        return bad_state("waiter", "it does not say who waits");
                      });
}

}  // namespace holdfast::engine
