// What `explain` and `show` look at: a recording or a scenario, played through the engine.
//
//   auto story = Story::open(given);
//   story->play({&observer});
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/host/host.h"
#include "commands/frame/arguments.h"
#include "engine/schema/error.h"
#include "engine/schema/settings.pb.h"
#include "reports/wording.h"
#include "sim/replay/replay.h"
#include "sim/scenario/scenario_file.h"
#include "sim/text/text_proto.h"

namespace holdfast {

// A point in time as a person names it: "2.5s" after the start, or "03:06:58.5" by the clock of a story that began at
// `started_wall_ns`; nothing: it has no clock but its own. Gives engine time in ns; Error.field is `option`.
Expected<std::uint64_t> parse_moment(const std::string& option, const std::string& text,
                                     std::optional<std::uint64_t> started_wall_ns);

class Story {
 public:
  // The first positional argument; a name that ends in ".txtpb" is a scenario, everything else a recording, to which
  // the options of replay_options.h apply.
  static Expected<Story> open(const Arguments& given);

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
  Story() = default;

  std::string path_;
  std::uint64_t started_wall_ns_ = 0;
  std::optional<Replay> replay_;
  std::optional<ScenarioFile> scenario_;
  TextLocations settings_locations_;
  std::string settings_name_;
};

}  // namespace holdfast
