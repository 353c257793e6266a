// Events as PowerShell's Export-Clixml writes what Get-WinEvent gives: objects with named properties, in XML.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "sensors/import/event_source.h"
#include "sensors/import/xml_reader.h"

namespace holdfast {

// True where a text in XML is one of Export-Clixml.
bool is_clixml(std::string_view start);

class ClixmlEvents final : public EventSource {
 public:
  // All must outlive the source.
  ClixmlEvents(ByteSource& bytes, EventDocumentReader& reader, const ImportLimits& limits)
      : xml_(bytes, limits.depth_max), reader_(reader), limits_(limits) {}

  Expected<Next> next(EventDocument& event) override;
  std::uint64_t line() const override { return line_; }
  std::uint64_t offset() const override { return 0; }
  const std::string& reason() const override { return reason_; }
  std::uint64_t number() const override { return objects_; }
  std::uint64_t bytes_read() const override { return xml_.bytes_read(); }
  void add_remarks(ImportRemarks&) const override {}

 private:
  struct Property {
    std::string name;
    std::string text;
  };

  void begin_object();
  void open_property(std::size_t depth);
  Expected<Next> malformed(std::string reason);
  Expected<Next> finish(EventDocument& event);

  XmlReader xml_;
  EventDocumentReader& reader_;
  const ImportLimits& limits_;
  std::vector<std::string> open_;    // names of the elements that are open
  std::size_t object_ = 0;           // depth of the object's element; 0: none is open
  std::deque<Property> properties_;  // of the object
  Property* property_ = nullptr;     // the one that is open
  std::vector<NamedText> row_;
  std::uint64_t line_ = 0;
  std::uint64_t objects_ = 0;
  std::uint64_t begin_ = 0;
  std::string reason_;
};

}  // namespace holdfast
