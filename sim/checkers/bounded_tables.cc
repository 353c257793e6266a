#include "sim/checkers/bounded_tables.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/core/state_view.h"

namespace holdfast {
namespace {

constexpr std::uint64_t kProcessesDefault = 65'536;
constexpr std::uint64_t kCachedAnswersDefault = 65'536;
constexpr std::uint64_t kDownloadsDefault = 4'096;
constexpr std::uint64_t kRememberedDefault = 4'096;
constexpr std::uint64_t kPromptsDefault = 32;
// Nobody has more sessions on a machine; the engine's own bound may be lower.
constexpr std::uint64_t kSessionsMax = 1'024;

}  // namespace

// What the settings do not say is as the defaults are.
BoundedTables::Limits BoundedTables::limits_of(const v1::Limits& limits) {
  Limits in_force;
  if (limits.has_pending_max()) in_force.pending = limits.pending_max();
  if (limits.has_operations_per_prompt_max()) in_force.operations_per_prompt = limits.operations_per_prompt_max();
  if (limits.has_lookups_max()) in_force.lookups = limits.lookups_max();
  return in_force;
}

void BoundedTables::raise(const Limits& limits) {
  highest_.pending = std::max(highest_.pending, limits.pending);
  highest_.operations_per_prompt = std::max(highest_.operations_per_prompt, limits.operations_per_prompt);
  highest_.lookups = std::max(highest_.lookups, limits.lookups);
}

void BoundedTables::begin_with(const v1::EngineState& state, const SettingsInForce& /*law*/) {
  settle_down(state);  // what earlier settings allowed is not known
}

void BoundedTables::on_step(const SeenStep& step) {
  if (!step.law_changed) return;
  const Limits now = limits_of(step.law.settings().limits());
  if (step.input.has_agent_started()) highest_ = now;  // nothing waits any more
  raise(now);
}

void BoundedTables::need(std::uint64_t at_ns, std::string_view table, std::uint64_t rows, std::uint64_t limit) {
  if (rows > limit) breaks(at_ns, fmt::format("{}: {} rows, and the limit is {}", table, rows, limit));
}

void BoundedTables::on_state(const v1::EngineState& state) {
  const v1::Limits& limits = state.settings().limits();
  const auto rows = [](int size) { return static_cast<std::uint64_t>(size); };
  const auto check = [&](std::string_view table, std::uint64_t count, std::uint64_t limit) {
    need(state.now_ns(), table, count, limit);
  };
  check("processes", rows(state.process_size()),
        limits.has_processes_max() ? limits.processes_max() : kProcessesDefault);
  check("downloads", rows(state.download_size()),
        limits.has_downloads_max() ? limits.downloads_max() : kDownloadsDefault);
  check("cached answers", rows(state.cloud().answer_size()),
        limits.has_cached_answers_max() ? limits.cached_answers_max() : kCachedAnswersDefault);
  check("sessions", rows(state.session_size()), kSessionsMax);
  check("remembered answers", rows(state.remembered_size()),
        limits.has_remembered_answers_max() ? limits.remembered_answers_max() : kRememberedDefault);
  check("lookups", rows(state.cloud().lookup_size()), highest_.lookups);
  check("held operations", engine::held_operations(state).size(), highest_.pending);
  std::uint64_t shown = 0;
  std::uint64_t waiting = 0;
  for (const v1::PromptState& prompt : state.prompt()) {
    check("operations of a prompt", rows(prompt.pending_size()), highest_.operations_per_prompt);
    if (prompt.not_shown() == v1::REASON_CODE_UNSPECIFIED) ++shown;
    if (prompt.not_shown() == v1::PROMPTS_FULL) ++waiting;
  }
  const std::uint64_t places = limits.has_prompts_max() ? limits.prompts_max() : kPromptsDefault;
  if (waiting != 0 && shown < places) {
    breaks(state.now_ns(), fmt::format("{} prompts wait for a place, and {} of {} are taken", waiting, shown, places));
  }
  check("prompts shown", shown, places);
  settle_down(state);
}

// What a table holds beyond its limit was there when the limit was lowered, and only goes.
void BoundedTables::settle_down(const v1::EngineState& state) {
  const auto rows = [](int size) { return static_cast<std::uint64_t>(size); };
  highest_ = limits_of(state.settings().limits());
  Limits now{.pending = engine::held_operations(state).size(),
             .operations_per_prompt = 0,
             .lookups = rows(state.cloud().lookup_size())};
  for (const v1::PromptState& prompt : state.prompt()) {
    now.operations_per_prompt = std::max(now.operations_per_prompt, rows(prompt.pending_size()));
  }
  raise(now);
}

}  // namespace holdfast
