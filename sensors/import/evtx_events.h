// Events of a Windows event log file (.evtx).
#pragma once

#include <cstdint>
#include <string>

#include "sensors/evtx/evtx_reader.h"
#include "sensors/import/event_source.h"
#include "sensors/import/event_xml.h"

namespace holdfast {

class EvtxEvents final : public EventSource {
 public:
  // `bytes` must outlive the source.
  explicit EvtxEvents(ByteSource& bytes) : reader_(bytes) {}

  Expected<Next> next(EventDocument& event) override;
  std::uint64_t line() const override { return 0; }
  std::uint64_t offset() const override { return reader_.offset(); }
  const std::string& reason() const override { return reader_.reason(); }
  std::uint64_t number() const override { return reader_.record_id(); }
  std::uint64_t bytes_read() const override { return reader_.bytes_read(); }
  void add_remarks(ImportRemarks& remarks) const override;

 private:
  EvtxReader reader_;
  EventXml xml_;
};

}  // namespace holdfast
