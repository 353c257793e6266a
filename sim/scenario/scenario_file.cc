#include "sim/scenario/scenario_file.h"

#include "sim/expect/expectations.h"
#include "sim/story/timeline.h"
#include "sim/text/settings_file.h"
#include "sim/text/text_file.h"

namespace holdfast {

Expected<ScenarioFile> parse_scenario(const std::string& name, std::string_view text) {
  ScenarioFile file{.path = name, .text = std::string(text), .scenario = {}, .locations = {}};
  Expected<TextLocations> locations = parse_text_proto(name, text, file.scenario);
  if (!locations) return std::unexpected(std::move(locations.error()));
  file.locations = std::move(*locations);
  if (file.scenario.name().empty()) {
    return std::unexpected(Error{.where = name,
                                 .field = "name",
                                 .what = "a scenario needs a name",
                                 .remedy = "say in one sentence what happens: name: \"...\""});
  }
  if (file.scenario.expect().empty()) {
    return std::unexpected(Error{.where = name,
                                 .field = "expect",
                                 .what = "a scenario that expects nothing proves nothing",
                                 .remedy = "add one: expect { count { prompts: 0 } }"});
  }
  HOLDFAST_TRY(timeline, Timeline::compile(file.scenario, file.locations));
  if (auto ok = check_expectations(timeline, file.locations); !ok) return std::unexpected(std::move(ok.error()));
  return file;
}

Expected<ScenarioFile> load_scenario(const std::string& path) {
  HOLDFAST_TRY(text, read_text_file(path, kTextFileBytesMax));
  return parse_scenario(path, text);
}

}  // namespace holdfast
