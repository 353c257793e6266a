// Events as JSON, whatever the bytes: the importer must end, keep its counts in step, and make only inputs that can be
// written and read back. The first byte is the size of the pieces in which the rest arrives.
//
// Links: holdfast_import
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "sensors/import/document_splitter.h"
#include "sensors/import/event_document.h"
#include "sensors/import/event_mapping.h"
#include "sensors/import/event_time.h"
#include "tests/sensors/memory_bytes.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace holdfast {
namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void map_event(const EventDocument& event, ProcessIds& process_ids, Volumes& volumes, ImportRemarks& remarks) {
  static constexpr EventProvider kProviders[] = {EventProvider::kSysmon, EventProvider::kSecurity,
                                                 EventProvider::kSystem, EventProvider::kFirewall,
                                                 EventProvider::kTaskScheduler};
  EventFields id_field(event, process_ids, volumes, remarks);
  const std::uint32_t id = id_field.number32(Field::kEventId);
  for (const EventProvider provider : kProviders) {
    const EventMapping* mapping = find_mapping(provider, id);
    if (mapping == nullptr) continue;
    EventFields fields(event, process_ids, volumes, remarks);
    v1::Operation operation;
    const bool meaningful = mapping->map(fields, operation);
    if (!meaningful || fields.failed()) continue;
    require(operation.what_case() != v1::Operation::WHAT_NOT_SET);
    v1::Operation again;
    require(again.ParseFromString(operation.SerializeAsString()));  // fails on text that is not UTF-8
  }
  for (const Field field : {Field::kUtcTime, Field::kSystemTime, Field::kEventTime}) {
    if (const RawValue* raw = event.find(field)) parse_time(raw->view());
  }
}

}  // namespace
}  // namespace holdfast

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holdfast;
  if (size == 0) return 0;
  ImportLimits limits;
  limits.document_bytes_max = 4096;
  MemoryBytes bytes({reinterpret_cast<const char*>(data) + 1, size - 1}, static_cast<std::size_t>(data[0]) + 1);
  DocumentSplitter splitter(bytes, limits);
  // What they keep from one run to the next is what they keep from one event to the next.
  static EventDocumentReader reader(limits.depth_max);
  static EventDocument event;
  static ProcessIds process_ids;
  static Volumes volumes;
  static ImportRemarks remarks;
  for (std::size_t steps = 0;; ++steps) {
    require(steps <= size + 1);
    Expected<DocumentSplitter::Next> next = splitter.next();
    while (next && *next == DocumentSplitter::Next::kDocument) {
      const std::string reason = reader.read(splitter.text(), event);
      if (reason.empty()) {
        map_event(event, process_ids, volumes, remarks);
        break;
      }
      next = splitter.extend(reason);
    }
    if (!next || *next == DocumentSplitter::Next::kEnd) return 0;
  }
}
