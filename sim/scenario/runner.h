// Runs scenario files and folders of them.
//
//   RunReport report = run_scenarios({.paths = {"scenarios"}, .jobs = 2});
//   std::cout << console_report(report, {});
//   return report.exit_code();
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "engine/tables/tables.h"
#include "reports/run_report.h"
#include "sensors/clock.h"

namespace holdfast {

struct RunOptions {
  std::vector<std::string> paths = {};  // files, or folders searched for *.txtpb at any depth
  unsigned jobs = 1;                    // threads; the report is the same for any number
  std::string filter = {};              // only files whose path or name contains this text; empty: all
  bool update = false;                  // rewrite expectations that are not met to what happened
  // Changes of every scenario before it is played, in order: "service.latency=5s" (sim/scenario/what_if.h). Not with
  // update.
  std::vector<std::string> what_if = {};
  const Clock* stopwatch = nullptr;        // real time for the report; null: nothing is measured
  const engine::Tables* tables = nullptr;  // null: default_tables()
  // Called whenever a scenario is done, with how many there are; from any of the threads, several at a time.
  std::function<void(std::size_t scenarios)> finished = {};
};

// Never fails as a whole: what cannot be read is a case or an error of the report.
RunReport run_scenarios(const RunOptions& options);

}  // namespace holdfast
