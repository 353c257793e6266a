#include "sim/checkers/approved_never_asked.h"
#include "sim/checkers/blocked_never_runs.h"
#include "sim/checkers/checker.h"
#include "sim/checkers/lookups_in_time.h"
#include "sim/checkers/no_forbidden_prompt.h"
#include "sim/checkers/one_verdict.h"
#include "sim/checkers/prompts_close_once.h"
#include "sim/checkers/single_flight.h"
#include "sim/checkers/steady_stream.h"
#include "sim/checkers/timers_fire_when_set.h"
#include "sim/checkers/verdict_in_time.h"

namespace holdfast {

std::vector<std::unique_ptr<Checker>> all_checkers() {
  std::vector<std::unique_ptr<Checker>> checkers;
  checkers.push_back(std::make_unique<SteadyStream>());
  checkers.push_back(std::make_unique<OneVerdict>());
  checkers.push_back(std::make_unique<VerdictInTime>());
  checkers.push_back(std::make_unique<BlockedNeverRuns>());
  checkers.push_back(std::make_unique<ApprovedNeverAsked>());
  checkers.push_back(std::make_unique<NoForbiddenPrompt>());
  checkers.push_back(std::make_unique<PromptsCloseOnce>());
  checkers.push_back(std::make_unique<TimersFireWhenSet>());
  checkers.push_back(std::make_unique<LookupsInTime>());
  checkers.push_back(std::make_unique<SingleFlight>());
  return checkers;
}

}  // namespace holdfast
