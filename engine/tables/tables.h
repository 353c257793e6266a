// The rules of the domain as data a reader can check against DOMAIN.md by eye. The engine takes them as an argument, so
// a test can hand it a table with one cell changed and see that somebody notices.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "engine/downloads/download_rules.h"
#include "engine/lookups/cloud_rules.h"
#include "engine/monitoring/event_rule.h"
#include "engine/monitoring/event_rules.h"
#include "engine/schema/output.pb.h"
#include "engine/schema/settings.pb.h"
#include "engine/verdicts/action_rule.h"

namespace holdfast::engine {

// A row of DOMAIN 2.
struct PlatformRule {
  v1::Platform platform;
  std::string_view name;  // as logs print it
  bool supported;
  std::uint32_t service_pack_min;   // 0: none needed
  bool server;                      // off by default; never shows the newly-encountered prompt
  bool newly_encountered_any_port;  // false: HTTP on ports 80, 81 and 8080 only
};

// When a prompt that nobody answers allows the program (DOMAIN 5).
struct AutoAllowRule {
  bool needs_event_monitoring;
  bool needs_ask_when_necessary;
};

struct Tables {
  std::span<const EventRule> events;
  std::span<const PlatformRule> platforms;
  std::span<const ActionRule> actions;
  AutoAllowRule auto_allow;
  CloudRules cloud;
  NewlyEncounteredRules newly_encountered;
  // `events` made ready for some system roots; of another table or for another root, each engine makes its own.
  std::vector<std::shared_ptr<const CompiledRules>> compiled_events = {};
};

const Tables& default_tables();

// The row of the action table; every action has one.
const ActionRule& action_rule(const Tables& tables, v1::MonitoredEventPolicy::Action action);

}  // namespace holdfast::engine
