// An event's XML, wherever it was read, becomes the fields of an EventDocument.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sensors/evtx/binary_xml.h"
#include "sensors/import/event_document.h"

namespace holdfast {

// Takes the XML of one event, of its EventData alone, or of something around them.
class EventXml final : public XmlSink {
 public:
  // Forgets the event before; what it added elsewhere points nowhere then.
  void clear();
  // Adds the fields to `event`, where they are valid until clear(); the names of them as long as the reader says.
  void add_to(EventDocument& event) const;

  void open(std::string_view element) override;
  void attribute(std::string_view name, std::string_view value) override;
  void constant_attribute(std::string_view name, std::string_view value) override;
  void text(std::string_view piece) override;
  void next_item() override { text(", "); }
  void close() override;
  bool takes_elements() const override { return true; }
  std::string* begin_element(XmlElement& element) override;
  void end_element() override { named_.back().value.size = texts_.size() - named_.back().value.begin; }
  bool wants_attribute(std::string_view name) const override;
  bool wants_text() const override { return is_field() && EventDocument::takes(named_.back().field); }

  const std::string& texts() const { return texts_; }  // all of them together
  std::size_t fields() const { return named_.size(); }
  // EventRecordID; the empty text where there is none.
  std::string_view record_id() const {
    return record_id_ == kNone ? std::string_view() : view(named_[record_id_].value);
  }

 private:
  enum class Section : std::uint8_t { kNone, kSystem, kEventData, kUserData };

  struct Text {  // in texts_
    std::size_t begin = 0;
    std::size_t size = 0;
  };
  struct Named {
    Section section = Section::kNone;
    std::uint16_t spelling = 0;
    Field field = Field::kUnknown;
    std::string_view name;  // the reader's; the text below where that is not empty
    Text data_name;
    Text value;
  };
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  bool is_field(std::size_t depth) const;
  bool is_field() const { return is_field(depth_); }
  Text keep(std::string_view text);
  void add(std::string_view name, Text value);
  Field told_by(std::string_view attribute) const;
  std::string_view view(Text text) const { return std::string_view(texts_).substr(text.begin, text.size); }

  std::string texts_;         // of the event
  std::vector<Named> named_;  // fields and attributes in their order
  std::size_t record_id_ = kNone;
  std::size_t element_ = 0;  // in named_: what texts belong to; its attributes stand behind it
  std::size_t depth_ = 0;
  std::size_t section_depth_ = 0;
  Section section_ = Section::kNone;
};

}  // namespace holdfast
