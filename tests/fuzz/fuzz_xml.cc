// Events as XML, whatever the bytes: the reader must end, name each damage, and tell only UTF-8. The first byte is the
// size of the pieces in which the rest arrives.
//
// Links: holdfast_import
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "sensors/import/utf16_bytes.h"
#include "sensors/import/xml_events.h"
#include "tests/fuzz/events_of_text.h"
#include "tests/sensors/memory_bytes.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace holdfast {
namespace {

void read_xml(ByteSource& bytes, std::size_t size) {
  ImportLimits limits;
  limits.document_bytes_max = 4096;
  limits.depth_max = 16;
  XmlEvents events(bytes, limits);
  read_events(events, size);
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
    read_xml(bytes, size);
  } else {
    Utf16Bytes decoded(bytes, units);
    read_xml(decoded, 3 * size);
  }
  return 0;
}
