// The report of a run for a person: one line per folder, failures in full, the summary last.
//
//   ok    reference/05-asking     14 scenarios
//   FAIL  reference/07-newly-encountered/renamed-attachment.txtpb:19
//         expected  no prompt
//         ...
//   36 passed, 1 failed in 0.21 s   (simulated 3 h 12 min, 54,000x)   log 9f2c…e1
#pragma once

#include <string>

#include "reports/run_report.h"

namespace holdfast {

struct ConsoleStyle {
  bool colours = false;  // only on a terminal; never the only carrier of meaning
};

// The whole report, '\n' at the end of each line. Without took_ns in the report it says nothing of real time, so that
// equal runs print equal bytes.
std::string console_report(const RunReport& report, const ConsoleStyle& style);

// The same for machines: one JSON object, UTF-8, '\n' at the end.
std::string json_report(const RunReport& report);

}  // namespace holdfast
