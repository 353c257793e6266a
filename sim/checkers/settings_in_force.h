// Which settings the engine has accepted so far, read off the stream: the checkers' own view, not the engine's.
#pragma once

#include <vector>

#include "engine/schema/input.pb.h"
#include "engine/schema/output.pb.h"
#include "engine/schema/settings.pb.h"

namespace holdfast {

class SettingsInForce {
 public:
  // True if this step took over other settings or another profile.
  bool on_step(const v1::Input& input, const std::vector<v1::Output>& outputs);

  const v1::Settings& settings() const { return settings_; }
  const v1::AgentProfile& profile() const { return profile_; }
  bool behavior_monitoring_active() const { return active_; }  // as the engine's last Status says

  v1::MonitoredEventPolicy policy(v1::MonitoredEvent event) const;  // of the last entry for that event
  // The longest that a held operation may wait under these settings, ns: for a service, and then for a user (DOMAIN 5
  // and 8).
  std::uint64_t hold_max_ns() const;
  // The longest that anybody may wait for a service outside, ns; 0 where none is asked (DOMAIN 8).
  std::uint64_t lookup_max_ns() const;

 private:
  v1::Settings settings_;
  v1::AgentProfile profile_;
  bool active_ = false;
};

}  // namespace holdfast
