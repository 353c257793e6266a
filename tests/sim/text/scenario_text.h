// Scenarios as tests write them, and the shortest ways to read and run them.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "sim/scenario/scenario_file.h"
#include "sim/scenario/scenario_run.h"

namespace holdfast {

// Parses a scenario that must be good. Name and an expectation are added, so that tests write only what they are about.
inline ScenarioFile good_scenario(std::string_view text) {
  std::string whole(text);
  whole += "\nname: \"a test\" expect { log_lacks: \"this text stands in no log\" }\n";
  auto file = parse_scenario("test.txtpb", whole);
  if (!file) {
    ADD_FAILURE() << file.error().text() << "\n" << whole;
    return {};
  }
  return std::move(*file);
}

// The error of a scenario that must be bad, as one line; empty (and a failure) if it is good.
inline std::string complaint_about(std::string_view text) {
  const auto file = parse_scenario("test.txtpb", text);
  if (file) {
    ADD_FAILURE() << "taken as good:\n" << text;
    return {};
  }
  return file.error().text();
}

inline ScenarioRun run_file(const ScenarioFile& file) {
  auto run = run_scenario(file.scenario, engine::default_tables(), &file.locations);
  if (!run) {
    ADD_FAILURE() << run.error().text();
    return {};
  }
  return std::move(*run);
}

inline ScenarioRun run_text(std::string_view text) { return run_file(good_scenario(text)); }

// Asking about new startup programs, and a program that sets a Run value: the smallest story with a prompt.
inline constexpr std::string_view kAskAboutStartup =
    "settings { event_monitoring { enabled: true policy { event: NEW_STARTUP_PROGRAM do: ASK_WHEN_NECESSARY } } }\n";
inline constexpr std::string_view kSetupStarts =
    "at { t: \"0s\" process_start { pid: 4711 image: \"C:\\\\Users\\\\u\\\\setup.exe\" } }\n";
inline constexpr std::string_view kSetupSetsRunValue =
    "at { t: \"1s\" by: 4711 registry_set { key: \"HKLM\\\\Software\\\\Microsoft\\\\Windows\\\\CurrentVersion\\\\Run\" "
    "value: \"x\" } }\n";

}  // namespace holdfast
