// Events as the Event Viewer ("Save all events as XML") and `wevtutil qe /f:xml` write them, with an element around
// them or without.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <string>

#include "sensors/byte_source.h"
#include "sensors/import/event_source.h"
#include "sensors/import/event_xml.h"
#include "sensors/import/xml_reader.h"

namespace holdfast {

// Reads one element, and all that it holds, out of an XmlReader into an EventXml.
class EventXmlFeed {
 public:
  // Forgets the event before.
  void begin();
  // Takes the token that `reader` just gave. False at what cannot be taken: reason() says why.
  bool take(XmlReader::Token token, const XmlReader& reader);
  bool complete() const { return depth_ == 0; }  // as it is before the first token
  const char* reason() const { return reason_; }
  // False where a text is not UTF-8: only a whole event can say.
  bool finish();
  const EventXml& event() const { return event_; }

 private:
  EventXml event_;
  std::set<std::string, std::less<>> names_;  // of elements: nearly the same ones in every event
  std::size_t depth_ = 0;
  std::size_t elements_ = 0;
  const char* reason_ = "";
};

class XmlEvents final : public EventSource {
 public:
  // Both must outlive the source.
  XmlEvents(ByteSource& bytes, const ImportLimits& limits) : reader_(bytes, limits.depth_max), limits_(limits) {}

  Expected<Next> next(EventDocument& event) override;
  std::uint64_t line() const override { return line_; }
  std::uint64_t offset() const override { return 0; }
  const std::string& reason() const override { return reason_; }
  std::uint64_t number() const override { return number_; }
  std::uint64_t bytes_read() const override { return reader_.bytes_read(); }
  void add_remarks(ImportRemarks&) const override {}

 private:
  Expected<Next> malformed(std::string reason);

  XmlReader reader_;
  const ImportLimits& limits_;
  EventXmlFeed feed_;
  bool began_ = false;  // the next event's first tag is read already
  std::uint64_t line_ = 0;
  std::uint64_t events_ = 0;
  std::uint64_t number_ = 0;
  std::string reason_;
};

}  // namespace holdfast
