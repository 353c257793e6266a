#include "sensors/import/recording_sink.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "sensors/native_path.h"

namespace holdfast {

RecordingSink::RecordingSink(std::string path) : path_(std::move(path)) {}

RecordingSink::~RecordingSink() {
  if (!writer_) return;
  writer_.reset();
  std::error_code ignored;  // a file that cannot be removed is still not under its final name
  std::filesystem::remove(native_path_of(path_ + ".partial"), ignored);
}

Expected<void> RecordingSink::begin(const v1::RecordingHeader& header) {
  writer_.reset();
  HOLDFAST_TRY(writer, RecordingWriter::create(path_, header));
  writer_.emplace(std::move(writer));
  return {};
}

Expected<void> RecordingSink::take(const v1::Input& input) { return writer_->write(input); }

Expected<void> RecordingSink::close(const v1::ImportSummary& summary) {
  writer_->set_import_summary(summary);
  const Expected<void> closed = writer_->close();
  if (closed) writer_.reset();
  return closed;
}

}  // namespace holdfast
