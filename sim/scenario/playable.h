// A recording or a scenario, played through the engine: what a person looks at does not depend on which of the two it
// is.
//
//   auto story = Playable::open({.options = {.path = "incident.hfr"}});
//   auto played = story->play({&observer});
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/host/host.h"
#include "engine/schema/error.h"
#include "engine/schema/settings.pb.h"
#include "reports/wording.h"
#include "sim/replay/replay.h"
#include "sim/scenario/scenario_file.h"
#include "sim/text/text_proto.h"

namespace holdfast {

// How a recording is to be replayed, and where the settings to decide by were read from.
struct ReplayRequest {
  ReplayOptions options;
  std::string settings_name = {};  // the file as given; empty where none is
  TextLocations settings_locations = {};
};

// A name that ends in ".txtpb" means a scenario, everything else a recording.
bool is_scenario_path(std::string_view path);

class Playable {
 public:
  // What `request` names; of a scenario nothing but its path counts. Fails as load_scenario and Replay do.
  static Expected<Playable> open(ReplayRequest request);

  // Once. A scenario is shown to the observers after it has ended.
  Expected<void> play(const std::vector<StepObserver*>& observers);

  // How to write its times: a recording by the wall clock, a scenario since its start.
  TimeText time() const;
  // As parse_moment, by the story's own clock.
  Expected<std::uint64_t> parse_time(const std::string& option, const std::string& text) const;
  // "03:06:57" for the start of a process; empty if unknown.
  std::string start_of(const v1::ProcessKey& process) const;
  const std::string& path() const { return path_; }
  const v1::Settings& settings() const;
  std::string settings_name() const;
  // Where the settings say what to do about an event: "ask-all.txtpb:7". Empty where no text says so.
  std::string policy_place(v1::MonitoredEvent event) const;

 private:
  Playable() = default;

  std::string path_;
  std::uint64_t started_wall_ns_ = 0;
  std::optional<Replay> replay_;
  std::optional<ScenarioFile> scenario_;
  TextLocations settings_locations_;
  std::string settings_name_;
};

}  // namespace holdfast
