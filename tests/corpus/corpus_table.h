// What real recordings must show: the table of ../shared/corpus/README.md ("Positive and benign cases per monitored
// event"), row by row, with exact files. The test reads the recordings in place; none of them is part of this project.
#pragma once

#include <span>
#include <string_view>

#include "engine/schema/settings.pb.h"

namespace holdfast {

enum class Expectation {
  kLogged,     // with every event set to Assess, at least one violation of `event` by `program` on `target`
  kNotLogged,  // the operations are there, and none of them leads to a violation of `event`
  kSettled,    // a rule of `event` sees it, and something trusted settles it: allowed without a violation
  kRecorded,   // an operation on `target` is in the recording; the event is not decided by Event Monitoring
  kNeedsEvtx,  // the recording exists as EVTX only: it waits for a reader of that format
};

struct CorpusRow {
  v1::MonitoredEvent event;
  Expectation expectation;
  std::string_view file;     // below the corpus
  std::string_view program;  // what the acting program's path contains, without case; empty: any
  std::string_view target;   // what the target contains, without case; empty: any
  std::string_view note;
};

std::span<const CorpusRow> corpus_table();

}  // namespace holdfast
