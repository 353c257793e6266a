#include "sim/checkers/answers_as_given.h"
#include "sim/checkers/approved_never_asked.h"
#include "sim/checkers/blocked_never_runs.h"
#include "sim/checkers/bounded_tables.h"
#include "sim/checkers/checker.h"
#include "sim/checkers/lookups_in_time.h"
#include "sim/checkers/no_forbidden_prompt.h"
#include "sim/checkers/no_timer_in_the_past.h"
#include "sim/checkers/nonsense_is_said.h"
#include "sim/checkers/one_verdict.h"
#include "sim/checkers/prompts_close_once.h"
#include "sim/checkers/reasons_decide.h"
#include "sim/checkers/single_flight.h"
#include "sim/checkers/state_matches.h"
#include "sim/checkers/steady_stream.h"
#include "sim/checkers/timers_fire_when_set.h"
#include "sim/checkers/verdict_in_time.h"
#include "sim/checkers/violations_told.h"

namespace holdfast {
namespace {

template <typename... AChecker>
std::vector<std::unique_ptr<Checker>> made() {
  std::vector<std::unique_ptr<Checker>> checkers;
  (checkers.push_back(std::make_unique<AChecker>()), ...);
  return checkers;
}

}  // namespace

std::vector<std::unique_ptr<Checker>> all_checkers() {
  return made<SteadyStream, OneVerdict, VerdictInTime, BlockedNeverRuns, ApprovedNeverAsked, NoForbiddenPrompt,
              PromptsCloseOnce, TimersFireWhenSet, LookupsInTime, SingleFlight, NoTimerInThePast, NonsenseIsSaid,
              ViolationsTold, AnswersAsGiven, ReasonsDecide, BoundedTables, StateMatches>();
}

}  // namespace holdfast
