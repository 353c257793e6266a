// Makes a scenario of a story that was cut down: its name, its source, what it expects, and the proof that it passes.
//
//   auto done = complete_with_verdict(verdict, "recording incident.hfr, SHA-256 0cf2...", shrunk->scenario);
//   auto proven = prove_scenario("incident.txtpb", scenario_text(shrunk->scenario, {}), true);
#pragma once

#include <string>

#include "engine/schema/error.h"
#include "engine/schema/output.pb.h"
#include "engine/schema/scenario.pb.h"
#include "sim/story/run.h"

namespace holdfast {

// "setup.exe sets HKU\…\Run\Updater: denied, its action is Deny"
std::string sentence_of(const v1::Verdict& verdict);

// Names the story after the verdict and lets it expect it. `source`: what the story was made of. Fails where the story
// cannot be played.
Expected<void> complete_with_verdict(const v1::Verdict& verdict, const std::string& source, v1::Scenario& story);

// Names it after a broken promise (sim/checkers); it fails as long as the promise is broken.
void complete_with_promise(const std::string& promise, const std::string& source, v1::Scenario& story);

// Plays what is to be written to `path`. Fails where `text` is no scenario, and, if `must_pass`, where it does not
// pass.
Expected<ScenarioRun> prove_scenario(const std::string& path, const std::string& text, bool must_pass);

}  // namespace holdfast
