// A recording that may leave the house: its names replaced by keyed pseudonyms, its decisions proven to be the same.
//
//   auto redaction = redact({.path = "incident.hfr", .output = "redacted.hfr", .pseudonyms = pseudonyms});
//   redaction->proven()
//
// The recording is read three times: for its names, for longer words that hold a name, and to be written. What is
// written is checked first: no text of it holds a replaced name, and an engine that is told it says the same as was
// recorded, the names apart, byte for byte (agent/playback/playback.h). An imported recording holds nothing that an
// engine said: there two engines decide side by side, about the original and about what is to be written, before
// anything is written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "engine/schema/error.h"
#include "sim/redaction/names.h"
#include "sim/redaction/pseudonym.h"

namespace holdfast {

struct RedactOptions {
  std::string path;
  std::string output;
  Pseudonyms pseudonyms;
  std::size_t names_max = Names::kNamesMax;
};

struct RedactionDifference {
  std::uint64_t sequence = 0;  // of the input
  std::string original;        // what was said, with its names replaced: a line of the decision log, or the output
  std::string redacted;        // what is said about the redacted input
};

struct Redaction {
  std::uint64_t inputs = 0;
  std::uint64_t outputs = 0;  // compared, recorded or of the two engines
  std::size_t names = 0;      // that were found and replaced
  std::string log_sha256;     // of the decision log that the redacted recording gives
  bool imported = false;
  bool torn = false;  // the recording's end is torn off; the redacted one ends whole, with its last whole input
  std::optional<RedactionDifference> difference;  // nothing: proven, and written
  bool proven() const { return !difference; }
};

// Fails on a recording that is damaged or that this build does not say again as it was recorded, on what cannot be kept
// (Error.where names the input, Error.field the field), and on what the system refuses. Then, and after a difference,
// nothing was written: what stood at `output` before stands there still.
Expected<Redaction> redact(const RedactOptions& options);

}  // namespace holdfast
