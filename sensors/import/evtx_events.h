// Events of a Windows event log file (.evtx).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sensors/evtx/evtx_reader.h"
#include "sensors/import/event_source.h"

namespace holdfast {

class EvtxEvents final : public EventSource, private XmlSink {
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
  enum class Section : std::uint8_t { kNone, kSystem, kEventData, kUserData };

  struct Text {  // in texts_
    std::size_t begin = 0;
    std::size_t size = 0;
  };
  struct Named {
    Section section = Section::kNone;
    std::string_view name;  // the reader's; of EventData the text below
    Text data_name;
    Text value;
  };

  void open(std::string_view element) override;
  void attribute(std::string_view name, std::string_view value) override;
  void text(std::string_view piece) override;
  void next_item() override { text(", "); }
  void close() override;

  bool is_field() const;
  Text keep(std::string_view text);
  void add(std::string_view name, std::string_view value);
  std::string_view view(Text text) const { return std::string_view(texts_).substr(text.begin, text.size); }
  void fill(EventDocument& event) const;

  EvtxReader reader_;
  std::string texts_;         // of the event
  std::vector<Named> named_;  // fields and attributes in their order
  std::size_t depth_ = 0;
  Section section_ = Section::kNone;
};

}  // namespace holdfast
