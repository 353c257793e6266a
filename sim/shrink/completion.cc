#include "sim/shrink/completion.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "reports/explain.h"
#include "reports/wording.h"
#include "sim/scenario/scenario_file.h"
#include "sim/scenario/scenario_run.h"
#include "sim/shrink/shrink_story.h"
#include "sim/story/timeline.h"
#include "sim/text/text_proto.h"

namespace holdfast {
namespace {

// The section of the domain that speaks of such a decision.
int section_of(const v1::Verdict& verdict) { return verdict.event() == v1::NEWLY_ENCOUNTERED_PROGRAM ? 7 : 4; }

// The entry of the timeline that the first such decision of the run was made about.
std::optional<std::size_t> decided_entry(const ScenarioRun& run, const v1::Verdict& verdict) {
  for (const Step& step : run.steps) {
    for (const v1::Output& output : step.outputs) {
      if (!output.has_verdict() || !is_same_decision(output.verdict(), verdict)) continue;
      const auto played = std::ranges::find(run.played, output.verdict().operation_id(), &PlayedEntry::operation_id);
      if (played != run.played.end()) return played->occurrence;
    }
  }
  return std::nullopt;
}

}  // namespace

std::string sentence_of(const v1::Verdict& verdict) {
  constexpr std::size_t kTargetWidth = 60;
  const std::string program = verdict.program().empty() ? "An unknown program" : shown_file_name(verdict.program());
  return fmt::format("{} {} {}: {}, {}", program, operation_verb(verdict.operation()),
                     shortened(verdict.target(), kTargetWidth), decision_word(verdict.decision()),
                     because_text(verdict));
}

Expected<void> complete_with_verdict(const v1::Verdict& verdict, const std::string& source, v1::Scenario& story) {
  story.set_name(sentence_of(verdict));
  story.set_source(story.source().empty() ? fmt::format("DOMAIN {}, {}", section_of(verdict), source)
                                          : story.source() + ", " + source);
  HOLDFAST_TRY(run, run_scenario(story));
  const TextLocations nowhere("scenario");
  HOLDFAST_TRY(timeline, Timeline::compile(story, nowhere));
  v1::ExpectVerdict& expected = *story.add_expect()->mutable_verdict();
  if (const auto entry = decided_entry(run, verdict)) expected.set_of(timeline.name(*entry));
  expected.set_decision(verdict.decision());
  expected.set_because(verdict.because());
  if (verdict.event() != v1::MONITORED_EVENT_UNSPECIFIED) expected.set_event(verdict.event());
  return {};
}

void complete_with_promise(const std::string& promise, const std::string& source, v1::Scenario& story) {
  story.set_name(fmt::format("A promise is broken: {}", promise));
  story.set_source(story.source().empty() ? source : story.source() + ", " + source);
  // Every scenario expects something. This one fails as long as the promise is broken, which is checked always.
  story.add_expect()->set_log_lacks(fmt::format("a broken promise: {}", promise));
}

Expected<ScenarioRun> prove_scenario(const std::string& path, const std::string& text, bool must_pass) {
  HOLDFAST_TRY(file, parse_scenario(path, text));
  auto run = run_scenario(file.scenario, engine::default_tables(), &file.locations);
  if (run && must_pass && !run->met()) {
    return std::unexpected(Error{
        .where = path,
        .field = {},
        .what = "the story does not pass: " + run->failures.front().expected + ", but " + run->failures.front().actual,
        .remedy = "use --checker for a broken promise"});
  }
  return run;
}

}  // namespace holdfast
