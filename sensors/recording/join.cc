#include "sensors/recording/join.h"

namespace holdfast {
namespace {

Expected<void> copy(const v1::Record& record, RecordingWriter& writer) {
  switch (record.kind_case()) {
    case v1::Record::kInput: return writer.write(record.input());
    case v1::Record::kOutput: return writer.write(record.output());
    case v1::Record::kSnapshot: return writer.write(record.snapshot());
    case v1::Record::kSnapshotPart:
    case v1::Record::KIND_NOT_SET: return {};  // readers give neither
  }
  return {};
}

Expected<void> append(RecordingReader& part, RecordingWriter& writer, JoinReport& report) {
  v1::Record record;
  while (true) {
    const auto next = part.next(record);
    if (!next) return std::unexpected(next.error());
    if (*next == RecordingReader::Next::kEnd) break;
    if (auto copied = copy(record, writer); !copied) return copied;
    report.inputs += record.has_input() ? 1 : 0;
  }
  report.torn += part.torn() ? 1 : 0;
  report.inputs_lost += part.trailer().inputs_lost();
  return {};
}

}  // namespace

Expected<JoinReport> join_recordings(std::vector<RecordingReader> parts, const std::string& path) {
  if (parts.empty()) {
    return std::unexpected(Error{.where = path, .field = {}, .what = "there is nothing to join", .remedy = {}});
  }
  auto writer = RecordingWriter::create(path, parts.front().header());
  if (!writer) return std::unexpected(writer.error());
  JoinReport report;
  for (RecordingReader& part : parts) {
    if (auto appended = append(part, *writer, report); !appended) {
      writer->discard();
      return std::unexpected(appended.error());
    }
  }
  writer->count_lost(report.inputs_lost);
  if (auto closed = writer->close(); !closed) return std::unexpected(closed.error());
  return report;
}

}  // namespace holdfast
