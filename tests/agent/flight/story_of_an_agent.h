// What an agent lived through: a story with prompts, answers, questions to a service, violations and many observations,
// as the steps that its engine took.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/core/engine.h"
#include "tests/sim/text/scenario_text.h"

namespace holdfast {

inline ScenarioRun story_of_an_agent() {
  return run_text(R"(
    settings {
      event_monitoring {
        enabled: true
        policy { event: NEW_STARTUP_PROGRAM do: ASK_WHEN_NECESSARY }
        policy { event: NEW_SERVICE do: DENY }
      }
      certified_safe_software { enabled: true service_url: "https://csss.example" }
    }
    world {
      user { answers { kind: DENY after: "7s" } }
      service { latency: "300ms" }
    }
    at { t: "1s" process_start { pid: 10 image: "C:\\Users\\user\\setup.exe" sha256: "the SHA-256 of setup.exe........" } }
    at { t: "1s" process_start { pid: 11 image: "C:\\Users\\user\\tool.exe" } }
    at { t: "1200ms" every: "90ms" times: 400 by: 11 file_write { path: "C:\\Users\\user\\notes.txt" } }
    at {
      t: "2s" every: "9s" times: 4 by: 10
      registry_set { key: "HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run" value: "Updater" }
    }
    at { t: "3s" every: "4s" times: 8 by: 11 service_install { name: "Helper" image_path: "C:\\Users\\user\\helper.exe" } }
  )");
}

inline v1::RecordingHeader header_of_an_agent() {
  v1::RecordingHeader header;
  header.set_origin(v1::RecordingHeader::LIVE);
  header.set_writer("test");
  return header;
}

// The engine after the first `inputs` steps, found the long way.
inline engine::Engine engine_after(const ScenarioRun& story, std::size_t inputs) {
  engine::Engine engine;
  std::vector<v1::Output> outputs;
  for (std::size_t i = 0; i < inputs; ++i) engine.step(story.steps[i].input, outputs);
  return engine;
}

}  // namespace holdfast
