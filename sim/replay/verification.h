// Whether this build says again what a recording holds, byte for byte.
//
//   auto verified = verify_recording("incident.hfr");
//   verified->same() ? ... : verified->first->fields
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "agent/playback/playback.h"
#include "engine/schema/error.h"
#include "reports/timeline.h"

namespace holdfast {

struct Verification {
  std::string path;
  Fidelity fidelity;
  bool torn = false;
  std::uint64_t inputs_lost = 0;  // while it was recorded: by its trailer, or by the gaps in its sequence numbers
  std::uint64_t differences = 0;
  std::uint64_t damages = 0;         // places that cannot be read
  std::string damage = {};           // the first of them, for people
  std::uint64_t inputs_skipped = 0;  // behind damage, up to the next state that was recorded
  std::string log_sha256;            // of what the engine decides now; empty where nobody asked
  std::optional<PlaybackDifference> first;

  bool same() const { return differences == 0; }
  // Nothing of it is left that could be compared.
  bool lost() const { return torn && fidelity.inputs == 0; }
  bool good() const { return same() && damages == 0 && !lost(); }
};

// Goes on behind damage, from the next state that was recorded. Fails on what is no recording, on an imported one,
// which holds nothing that an engine said, and on a snapshot that this build cannot begin with. `hash_log`: say the
// hash of the decision log too; bytes that are equal need none, and it takes longer than comparing them.
Expected<Verification> verify_recording(const std::string& path, bool hash_log);

// The last `rows` of the story that lead to the input of `difference` and what came of it. Plays the recording again:
// nobody keeps a story for the day that something differs.
Expected<std::deque<TimelineRow>> rows_before(const std::string& path, const PlaybackDifference& difference,
                                              std::size_t rows);

}  // namespace holdfast
