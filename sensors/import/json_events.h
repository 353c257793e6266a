// Events as JSON documents.
#pragma once

#include "sensors/import/document_splitter.h"
#include "sensors/import/event_source.h"

namespace holdfast {

class JsonEvents final : public EventSource {
 public:
  // All must outlive the source.
  JsonEvents(ByteSource& bytes, EventDocumentReader& reader, const ImportLimits& limits)
      : splitter_(bytes, limits), reader_(reader) {}

  Expected<Next> next(EventDocument& event) override;
  std::uint64_t line() const override { return splitter_.line(); }
  std::uint64_t offset() const override { return 0; }
  const std::string& reason() const override { return splitter_.reason(); }
  std::string_view text() const override { return splitter_.text(); }
  std::uint64_t number() const override { return splitter_.line(); }
  std::uint64_t bytes_read() const override { return splitter_.bytes_read(); }
  void add_remarks(ImportRemarks&) const override {}

 private:
  DocumentSplitter splitter_;
  EventDocumentReader& reader_;
};

}  // namespace holdfast
