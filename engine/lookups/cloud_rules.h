// The rules of DOMAIN 8 as data: what holds where the settings say nothing, and how routes and attempts are chosen.
// Part of the engine's tables, so that a test can change one cell and see that somebody notices.
#pragma once

#include <cstdint>

namespace holdfast::engine {

struct CloudRules {
  // Defaults of CertifiedSafeSoftwareSettings.
  std::uint32_t attempt_timeout_ms = 2'000;
  std::uint32_t hold_budget_ms = 10'000;
  std::uint32_t attempts_max = 3;
  std::uint32_t backoff_ms = 200;
  std::uint32_t breaker_failures = 3;
  std::uint32_t breaker_open_ms = 10'000;
  std::uint64_t cache_safe_s = 604'800;
  std::uint64_t cache_unknown_s = 3'600;
  std::uint64_t cache_malicious_s = 86'400;
  // Routes.
  bool pure_ipv6_needs_converting_proxy = true;
  bool ipv6_goes_first = true;    // on direct routes, until the other family answered
  bool routes_take_turns = true;  // from attempt to attempt, where there are several
  // Attempts.
  bool pauses_double = true;
  bool retry_after_is_obeyed = true;       // the pause after an answer that asks for a longer one
  bool one_tries_the_open_circuit = true;  // when its pause is over; the others go on without asking
  bool network_change_closes_circuit = true;
};

}  // namespace holdfast::engine
