#include "sensors/recording/recording_sensor.h"

#include <utility>

namespace holdfast {

RecordingSensor::RecordingSensor(RecordingReader reader, AdvanceTo advance_to, Options options)
    : reader_(std::move(reader)), advance_to_(std::move(advance_to)), options_(options) {}

void RecordingSensor::advance(std::uint64_t at_ns) {
  if (at_ns <= now_ns_) return;
  now_ns_ = at_ns;
  advance_to_(at_ns);
}

// Whether there is another input; then it stands in record_. Ends with the recording.
Expected<bool> RecordingSensor::look_ahead() {
  while (!has_input_) {
    const auto read = reader_.next(record_);
    if (!read) return std::unexpected(read.error());
    if (*read == RecordingReader::Next::kEnd) return false;
    if (record_.has_snapshot() && !had_input_) begins_with_ = record_.snapshot();
    if (!record_.has_input()) continue;
    had_input_ = true;
    if (options_.timers == Timers::kFromHost && record_.input().has_timer_fired()) {
      ++skipped_timers_;
      continue;
    }
    has_input_ = true;
  }
  return true;
}

Expected<const v1::Input*> RecordingSensor::peek() {
  const auto found = look_ahead();
  if (!found) return std::unexpected(found.error());
  return *found ? &record_.input() : nullptr;
}

Expected<Sensor::Next> RecordingSensor::next(std::uint64_t until_ns, v1::Input& input) {
  const auto found = look_ahead();
  if (!found) return std::unexpected(found.error());
  if (!*found && until_ns == kForever) return Next::kEnd;
  if (!*found || record_.input().at_ns() >= until_ns) {
    advance(until_ns);
    return Next::kDeadline;
  }
  advance(record_.input().at_ns());
  input.Swap(record_.mutable_input());
  has_input_ = false;
  return Next::kInput;
}

}  // namespace holdfast
