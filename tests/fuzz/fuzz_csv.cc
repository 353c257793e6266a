// Events as the rows of a table, whatever the bytes: the reader must end and name each damage. The first byte is the
// size of the pieces in which the rest arrives.
//
// Links: holdfast_import
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "sensors/import/csv_events.h"
#include "tests/fuzz/events_of_text.h"
#include "tests/sensors/memory_bytes.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holdfast;
  if (size == 0) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  is_table_of_events(rest);
  ImportLimits limits;
  limits.document_bytes_max = 4096;
  MemoryBytes bytes(rest, static_cast<std::size_t>(data[0]) + 1);
  static EventDocumentReader reader(limits.depth_max);
  CsvEvents events(bytes, reader, limits);
  read_events(events, size);
  return 0;
}
