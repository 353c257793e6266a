// The report of a run as CI servers read it: JUnit XML, one <testsuite> per folder, one <testcase> per scenario.
#pragma once

#include <string>

#include "reports/run_report.h"

namespace holdfast {

// The whole XML document. Characters that XML 1.0 cannot carry become U+FFFD. Scenarios that cannot be read are
// <error>, expectations that are not met are <failure>.
std::string junit_report(const RunReport& report);

}  // namespace holdfast
