// A forked run as a recording.
//
//   auto written = ForkedRecording::create("forked.hfr", "incident.hfr", fork, change);
//   auto report = fork.run(change, {&written->recorder()});
//   auto closed = written->finish();
#pragma once

#include <memory>
#include <string>

#include "agent/host/host.h"
#include "engine/schema/error.h"
#include "sensors/recording/recording.h"
#include "sim/fork/fork.h"
#include "sim/replay/recorded_run.h"

namespace holdfast {

class ForkedRecording {
 public:
  // `of`: path of the recording that forks, whose SHA-256 the header names. Nothing is left at `path` until finish().
  static Expected<ForkedRecording> create(const std::string& path, const std::string& of, const Fork& fork,
                                          const ForkChange& change);

  StepObserver& recorder() { return *recorder_; }
  // After the last step. Without it nothing is left at `path`.
  Expected<void> finish();
  void discard() { writer_->discard(); }

 private:
  ForkedRecording() = default;

  std::unique_ptr<RecordingWriter> writer_;
  std::unique_ptr<StepRecorder> recorder_;
};

}  // namespace holdfast
