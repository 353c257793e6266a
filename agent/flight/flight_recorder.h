// The recorder that is always on: everything the engine is told and says, in a ring of segments on disk. Each segment
// is a recording that begins with a snapshot, so what is left of the ring can be replayed whatever was overwritten.
//
//   auto recorder = FlightRecorder::create(engine, header, {.folder = "C:/ProgramData/Holdfast/flight"});
//   SyncThread syncs(recorder->syncer());                                // has the disk store it meanwhile
//   Host host({.engine = engine, ..., .observers = {&*recorder}});       // before every other observer
//   recorder->dump(minutes(5), "incident.hfr");                          // without stopping
//
// What a killed agent loses: nothing that anybody was told. A step whose outputs leave the agent is with the system
// before they do; observations are at the latest when the chunk is full or Options::unflushed_ns_max of engine time
// have passed by the next step. A power cut takes in addition what the medium does not have yet: see
// agent/flight/syncer.h. Nothing here waits for the medium.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agent/flight/syncer.h"
#include "agent/host/host.h"
#include "engine/core/engine.h"
#include "engine/schema/error.h"
#include "engine/schema/recording.pb.h"
#include "sensors/recording/disk.h"

namespace holdfast {

class FlightRecorder final : public StepObserver {
 public:
  struct Options {
    std::string folder;  // of the ring; made if it is missing. What an earlier run left stays part of it
    // Of all segments, exceeded by one chunk at most; at least three times segment_bytes_max. A snapshot that alone
    // takes more leaves only its own segment.
    std::uint64_t bytes_max = 256ULL << 20;
    std::uint64_t reaches_back_ns = 3'600'000'000'000;  // older segments go
    std::uint64_t segment_bytes_max = 16ULL << 20;      // after its snapshot; it ends with the chunk that exceeds it
    std::uint64_t segment_ns_max = 300'000'000'000;     // of engine time
    std::uint64_t unflushed_ns_max = 1'000'000'000;     // of engine time
    std::uint64_t retry_after_ns = 10'000'000'000;      // after the system refused a write, or the medium to store it
    std::uint64_t sync_after_ns = 1'000'000'000;        // of the syncing thread's time
    std::uint32_t snapshot_part_bytes = 8U << 20;       // a longer snapshot is written in parts of this size
  };
  struct Status {
    std::uint64_t inputs_written = 0;
    std::uint64_t inputs_lost = 0;  // while the system refused to write
    std::uint64_t segments = 0;     // begun
    std::string last_error;         // empty: none yet
  };

  // `engine`, which must outlive the recorder, is where the first segment begins. Fails on options that contradict each
  // other and when the first segment cannot be written. `disk` must outlive the recorder.
  static Expected<FlightRecorder> create(const engine::Engine& engine, v1::RecordingHeader header, Options options,
                                         Disk& disk = system_disk());
  ~FlightRecorder() override;  // closes the segment
  FlightRecorder(FlightRecorder&&) noexcept;
  FlightRecorder& operator=(FlightRecorder&&) noexcept;

  // Never fails: an agent goes on without its recorder. When the system refuses a write the segment ends there, inputs
  // are counted as lost, and after Options::retry_after_ns a new segment begins with a new snapshot; at once where only
  // a record was at fault, once in that time.
  Expected<void> on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) override;

  Status status() const;
  // What has the medium store the segments, on any one thread; lives as long as the recorder. A segment that a power
  // cut would leave an agent to begin with stays in the ring until the medium has the beginning of a newer one.
  Syncer& syncer();
  // The segments that reach into the last `ns` of engine time, in order, as far as they follow each other: those of an
  // earlier run only where its engine was recovered. The open one is closed for it, so that they are whole and hold
  // every step so far. They stay until the ring needs their room.
  std::vector<std::string> last(std::uint64_t ns);

 private:
  struct Tape;
  explicit FlightRecorder(std::unique_ptr<Tape> tape);
  std::unique_ptr<Tape> tape_;
};

}  // namespace holdfast
