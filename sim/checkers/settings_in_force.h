// Which settings the engine has accepted so far, read off the stream: the checkers' own view, not the engine's.
#pragma once

#include <array>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/schema/input.pb.h"
#include "engine/schema/output.pb.h"
#include "engine/schema/settings.pb.h"
#include "engine/schema/state.pb.h"

namespace holdfast {

class SettingsInForce {
 public:
  SettingsInForce() { compute(); }

  // In the midst of an engine's life.
  void begin_with(const v1::EngineState& state);
  // True if this step took over other settings or another profile.
  bool on_step(const v1::Input& input, const std::vector<v1::Output>& outputs);

  const v1::Settings& settings() const { return settings_; }
  const v1::AgentProfile& profile() const { return profile_; }
  // As the engine's last Status says; nothing: it has said none.
  std::optional<bool> behavior_monitoring_active() const { return active_; }

  // What the policy says of the event; ACTION_UNSPECIFIED where it names none.
  v1::MonitoredEventPolicy::Action action(v1::MonitoredEvent event) const;
  // The longest that a held operation may wait under these settings, ns: for a service, and then for a user (DOMAIN 5
  // and 8).
  std::uint64_t hold_max_ns() const { return hold_max_ns_; }
  // Something may extend a hold: a prompt that is used, or an expiry that keeps held.
  bool extends_holds() const { return extends_holds_; }
  // The longest that any hold may last, ns, whatever extends it.
  std::uint64_t hold_limit_ns() const { return hold_limit_ns_; }
  // The longest that anybody may wait for a service outside, ns; 0 where none is asked (DOMAIN 8).
  std::uint64_t lookup_max_ns() const { return lookup_max_ns_; }
  // Whether an entry of the list is this very path, letter by letter: only of entries that need no rule to be read
  // (no wildcard, no variable, no short name). `path`: as verdicts and prompts print it.
  bool plainly_approved(std::string_view path) const { return is_listed(approved_, path); }
  bool approves_plainly() const { return !approved_.empty(); }
  bool plainly_blocked(std::string_view path) const { return is_listed(blocked_, path); }

 private:
  using Entries = std::set<std::string, std::less<>>;
  static bool is_listed(const Entries& entries, std::string_view path);
  void compute();

  v1::Settings settings_;
  v1::AgentProfile profile_;
  std::optional<bool> active_;
  // Computed from them:
  bool extends_holds_ = false;
  std::uint64_t hold_max_ns_ = 0;
  std::uint64_t hold_limit_ns_ = 0;
  std::uint64_t lookup_max_ns_ = 0;
  std::array<v1::MonitoredEventPolicy::Action, v1::SUSPICIOUS_BEHAVIOR + 1> actions_{};
  Entries approved_;
  Entries blocked_;
};

}  // namespace holdfast
