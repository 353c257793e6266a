// One recording out of several that follow each other, such as the segments of a flight recorder.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/schema/error.h"
#include "sensors/recording/recording.h"

namespace holdfast {

struct JoinReport {
  std::uint64_t inputs = 0;
  std::uint64_t inputs_lost = 0;  // that the parts' own trailers count
  std::uint64_t torn = 0;  // parts that ended without a trailer: what each had is there, and the next begins anew
};

// Writes every record of `parts`, in this order, to a new recording at `path`, with the header of the first. Fails
// where one of them is damaged in the middle, where the numbers of inputs do not ascend from part to part (they are of
// different runs), and on what the system refuses; then nothing is left at `path`.
Expected<JoinReport> join_recordings(std::vector<RecordingReader> parts, const std::string& path);

}  // namespace holdfast
