// Events as XML, whatever the bytes: the reader must end, name each damage, and tell only UTF-8. The first byte is the
// size of the pieces in which the rest arrives.
//
// Links: holdfast_import
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "engine/text/utf8.h"
#include "sensors/import/utf16_bytes.h"
#include "sensors/import/xml_events.h"
#include "tests/sensors/memory_bytes.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace holdfast {
namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void read_events(ByteSource& bytes, std::size_t size) {
  ImportLimits limits;
  limits.document_bytes_max = 4096;
  limits.depth_max = 16;
  XmlEvents events(bytes, limits);
  EventDocument event;
  for (std::size_t steps = 0;; ++steps) {
    require(steps <= size + 1);
    const Expected<EventSource::Next> next = events.next(event);
    require(next.has_value());
    if (*next == EventSource::Next::kEnd) return;
    require(events.line() >= 1);
    if (*next == EventSource::Next::kMalformed) {
      require(!events.reason().empty());
      continue;
    }
    for (std::size_t i = 0; i < kFields; ++i) {
      const RawValue* value = event.find(static_cast<Field>(i));
      if (value != nullptr) require(is_utf8(value->view()));
    }
    for (const std::string_view name : event.unknown()) require(is_utf8(name));
  }
}

}  // namespace
}  // namespace holdfast

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holdfast;
  if (size == 0) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  MemoryBytes bytes(rest, static_cast<std::size_t>(data[0]) + 1);
  const TextUnits units = text_units(rest);
  if (units == TextUnits::kBytes) {
    read_events(bytes, size);
  } else {
    Utf16Bytes decoded(bytes, units);
    read_events(decoded, 3 * size);
  }
  return 0;
}
