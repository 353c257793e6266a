// What real recordings must show: the table of ../shared/corpus/README.md ("Positive and benign cases per monitored
// event"), row by row, with exact files. The test reads the recordings in place; none of them is part of this project.
#pragma once

#include <span>
#include <string_view>

#include "engine/schema/settings.pb.h"

namespace holdfast {

enum class Expectation {
  kLogged,              // with every event set to Assess, at least one violation of `event` by `program` on `target`
  kNotLogged,           // the operations are there, and none of them leads to a violation of `event`
  kSettled,             // a rule of `event` sees it, and something trusted settles it: allowed without a violation
  kSettledBySignature,  // as kSettled; logged once signatures settle questions only (signature_settles: ASK_ONLY)
  kNamedBeside,         // the chain of reasons names `event` beside the event that decided
  kQuietOnceApproved,   // benign, logged because the recording tells no signature; an approved entry for it settles it
  kNoProgramTold,       // benign, logged because these events name no program that anything could settle
  kRecorded,            // an operation by `program` on `target` is in the recording; a later capability decides
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
