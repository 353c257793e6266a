#include "sim/world/phases.h"

#include <string>

#include "sim/text/duration.h"

namespace holdfast {
Phases::Phases(const v1::World& world) {
  for (const v1::Phase& phase : world.phase()) {
    Window window;
    window.from_ns = duration_or(phase.from(), 0);
    window.lasts_ns = duration_or(phase.until(), UINT64_MAX) - window.from_ns;
    window.every_ns = duration_or(phase.every(), 0);
    window.effect = {.service = phase.service(), .proxy = phase.proxy(), .latency_ns = {}};
    if (!phase.latency().empty()) window.effect.latency_ns = duration_or(phase.latency(), 0);
    windows_.push_back(window);
  }
}

bool Phases::Window::covers(std::uint64_t at_ns) const {
  if (at_ns < from_ns) return false;
  const std::uint64_t since_ns = at_ns - from_ns;
  return (every_ns == 0 ? since_ns : since_ns % every_ns) < lasts_ns;
}

PhaseEffect Phases::at(std::uint64_t at_ns) const {
  PhaseEffect effect;
  for (const Window& window : windows_) {
    if (!window.covers(at_ns)) continue;
    if (window.effect.service != v1::SERVICE_BEHAVIOUR_UNSPECIFIED) effect.service = window.effect.service;
    if (window.effect.proxy != v1::PROXY_BEHAVIOUR_UNSPECIFIED) effect.proxy = window.effect.proxy;
    if (window.effect.latency_ns) effect.latency_ns = window.effect.latency_ns;
  }
  return effect;
}

}  // namespace holdfast
