// Runs as reports are handed them, made up for their tests.
#pragma once

#include <string>

#include "reports/run_report.h"

namespace holdfast {

inline CaseReport passed_case(const std::string& folder, const std::string& file) {
  CaseReport one;
  one.folder = folder;
  one.path = folder + "/" + file;
  one.name = "it works";
  one.simulated_ns = 60'000'000'000;
  one.took_ns = 1'500'000;
  one.log_sha256 = std::string(64, 'a');
  return one;
}

inline CaseReport failed_case(const std::string& folder, const std::string& file) {
  CaseReport one = passed_case(folder, file);
  one.outcome = CaseReport::Outcome::kFailed;
  one.failures.push_back({.where = one.path + ":19",
                          .expected = "no prompt",
                          .actual = "prompt for NEW_SERVICE at 00:00:04.000",
                          .around = {"  00:00:03.120  file_rename", "> 00:00:04.000  prompt"},
                          .reproduce = "holdfast run scenarios/" + one.path});
  return one;
}

inline CaseReport unreadable_case(const std::string& folder, const std::string& file) {
  CaseReport one;
  one.folder = folder;
  one.path = folder + "/" + file;
  one.outcome = CaseReport::Outcome::kUnreadable;
  one.error = one.path + ":3: at[0].t: \"30\" has no unit";
  return one;
}

inline RunReport mixed_report() {
  RunReport report;
  report.cases = {passed_case("05-asking", "a.txtpb"), failed_case("05-asking", "b.txtpb"),
                  passed_case("05-asking", "c.txtpb"), passed_case("07-newly", "d.txtpb"),
                  unreadable_case("09-other", "e.txtpb")};
  report.passed = 3;
  report.failed = 1;
  report.unreadable = 1;
  report.simulated_ns = 240'000'000'000;
  report.took_ns = 210'000'000;
  report.log_sha256 = "9f2c" + std::string(58, '0') + "e1";
  return report;
}

}  // namespace holdfast
