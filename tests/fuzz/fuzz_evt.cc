// A log of Windows XP, whatever the bytes: the reader must end, and what it tells must be UTF-8. The first byte is the
// size of the pieces in which the rest arrives.
//
// Links: holdfast_import
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "engine/text/utf8.h"
#include "sensors/import/evt_events.h"
#include "tests/sensors/memory_bytes.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace holdfast {
namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace
}  // namespace holdfast

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holdfast;
  if (size == 0) return 0;
  MemoryBytes bytes({reinterpret_cast<const char*>(data) + 1, size - 1}, static_cast<std::size_t>(data[0]) + 1);
  EvtEvents events(bytes);
  EventDocument event;
  for (std::size_t steps = 0;; ++steps) {
    require(steps <= size + 1);
    const Expected<EventSource::Next> next = events.next(event);
    if (!next || *next == EventSource::Next::kEnd) return 0;
    require(events.offset() <= size);
    if (*next == EventSource::Next::kMalformed) continue;
    for (std::size_t i = 0; i < kFields; ++i) {
      const RawValue* value = event.find(static_cast<Field>(i));
      if (value != nullptr) require(is_utf8(value->view()));
    }
  }
}
