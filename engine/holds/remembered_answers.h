// What users answered, where the settings let an answer count for longer than once (DOMAIN 5). Bounded; the oldest
// answer is forgotten first.
#pragma once

#include <cstdint>
#include <deque>
#include <set>
#include <string>

#include "engine/path/windows_path.h"
#include "engine/processes/process_table.h"
#include "engine/schema/error.h"
#include "engine/schema/input.pb.h"
#include "engine/schema/state.pb.h"
#include "engine/settings/effective_settings.h"
#include "engine/step/step.h"

namespace holdfast::engine {

// What an answer for always is kept under. Empty where nothing tells for sure which file it is about (a path that only
// looks like another one, a program that nobody saw start) or its name is too long to be kept: such an answer counts
// until the program exits.
std::string lasting_name(const WindowsPath& image);
inline constexpr std::size_t kLastingNameBytesMax = 4'096;

class RememberedAnswers {
 public:
  // The latest answer about the event that counts for the program, where the settings in force let answers count for as
  // long as `at_most`; null if none does.
  const v1::RememberedAnswer* recall(v1::MonitoredEvent event, const ProcessRow& program, v1::Remember at_most) const;

  // An answer to a prompt that held operations of these events. The settings say for how long it may count at most; the
  // user may wish for less.
  void remember(const v1::PromptState& prompt, const std::set<v1::MonitoredEvent>& events,
                const v1::PromptAnswer& answer, const EffectiveSettings& settings, Step& step);

  // The process has exited: what counted until then counts no longer.
  void forget(const ProgramKey& process);
  // Forgets down to the limit, and says so.
  void limit_to(std::uint32_t answers_max, Step& step);

  void save(v1::EngineState& state) const;
  Expected<void> load(const v1::EngineState& state, std::uint32_t answers_max);

 private:
  std::deque<v1::RememberedAnswer> answers_;  // oldest first
};

}  // namespace holdfast::engine
