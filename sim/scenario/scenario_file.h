// Scenarios as people write them: protobuf text of holdfast.v1.Scenario (docs/writing-scenarios.md).
//
//   auto file = load_scenario("scenarios/reference/05-asking/nobody-answers.txtpb");
//   if (!file) print(file.error().text());
//   auto run = run_scenario(file->scenario, engine::default_tables(), &file->locations);
#pragma once

#include <string>
#include <string_view>

#include "engine/schema/error.h"
#include "engine/schema/scenario.pb.h"
#include "sim/text/text_proto.h"

namespace holdfast {

struct ScenarioFile {
  std::string path;  // as given
  std::string text;
  v1::Scenario scenario;
  TextLocations locations;
};

// Reads, parses and checks: times and their units, exactly one `what`, unique labels, names that expectations refer to,
// limits. Fails with file, line, field and reason; nothing is half taken.
Expected<ScenarioFile> load_scenario(const std::string& path);

// The same from text; `name` stands for the file in errors.
Expected<ScenarioFile> parse_scenario(const std::string& name, std::string_view text);

}  // namespace holdfast
