#include "sim/fork/forked_recording.h"

#include <fmt/format.h>

#include <utility>

#include "reports/wording.h"
#include "sim/text/duration.h"
#include "sim/text/file_hash.h"
#include "sim/text/text_file.h"

namespace holdfast {

Expected<ForkedRecording> ForkedRecording::create(const std::string& path, const std::string& of, const Fork& fork,
                                                  const ForkChange& change) {
  HOLDFAST_TRY(hash, sha256_of(of));
  v1::RecordingHeader header = fork.header();
  header.set_origin(v1::RecordingHeader::SIMULATED);
  header.set_writer("holdfast fork");
  header.set_source(fmt::format("recording {}, SHA-256 {}, forked at {}; different: {}", file_name(portable_path(of)),
                                hash, duration_text(change.at_ns), what_changes(change)));
  header.clear_import();
  HOLDFAST_TRY(writer, RecordingWriter::create(path, header));
  ForkedRecording written;
  written.writer_ = std::make_unique<RecordingWriter>(std::move(writer));
  written.recorder_ = std::make_unique<StepRecorder>(*written.writer_);
  if (!fork.state()) return written;
  if (auto begun = written.writer_->write(*fork.state()); !begun) {
    written.discard();
    return std::unexpected(std::move(begun).error());
  }
  return written;
}

Expected<void> ForkedRecording::finish() {
  recorder_->end();
  return writer_->close();
}

}  // namespace holdfast
