// Plays the inputs of a recording on a clock that it moves on itself.
//
//   VirtualClock clock;
//   RecordingSensor sensor(std::move(*RecordingReader::open("a.hfr")), [&](auto at_ns) { clock.advance_to(at_ns); },
//   {}); Host host({.engine = engine, .sensor = sensor, ...});
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "sensors/recording/recording.h"
#include "sensors/sensor.h"

namespace holdfast {

class RecordingSensor final : public Sensor {
 public:
  // Which of the recorded inputs are played.
  enum class Timers : std::uint8_t {
    kFromHost,  // recorded TimerFired inputs are left out: other settings set other timers, and the host fires those
    kRecorded,  // every input as it was: the host must fire none by itself
  };
  struct Options {
    Timers timers = Timers::kFromHost;
  };
  // Told the time, in ns of the recording, at which the clock has to stand before next() returns; never decreases.
  using AdvanceTo = std::function<void(std::uint64_t at_ns)>;

  RecordingSensor(RecordingReader reader, AdvanceTo advance_to, Options options);

  // Inputs keep the time and the sequence number they were recorded with. An input recorded before the clock's time
  // is given at once, with its own time. After the last input it is kDeadline for any bound, kEnd without one. Fails on
  // damage in the recording; the next call resumes behind it.
  Expected<Next> next(std::uint64_t until_ns, v1::Input& input) override;

  // The input that comes next, whenever that is; null: there is none. Valid until the next call. Fails on damage.
  Expected<const v1::Input*> peek();

  const RecordingReader& reader() const { return reader_; }
  // After the first call of next() or peek(): the engine's state that stands before the first input, if one does.
  const std::optional<v1::EngineState>& begins_with() const { return begins_with_; }
  std::uint64_t skipped_timers() const { return skipped_timers_; }

 private:
  Expected<bool> look_ahead();
  void advance(std::uint64_t at_ns);

  RecordingReader reader_;
  AdvanceTo advance_to_;
  Options options_;
  v1::Record record_;  // the next input, once it is known
  bool has_input_ = false;
  bool had_input_ = false;
  std::optional<v1::EngineState> begins_with_;
  std::uint64_t now_ns_ = 0;
  std::uint64_t skipped_timers_ = 0;
};

}  // namespace holdfast
