#include "sensors/import/json_events.h"

namespace holdfast {

Expected<EventSource::Next> JsonEvents::next(EventDocument& event) {
  Expected<DocumentSplitter::Next> found = splitter_.next();
  while (found && *found == DocumentSplitter::Next::kDocument) {
    const std::string reason = reader_.read(splitter_.text(), event);
    if (reason.empty()) return Next::kEvent;
    found = splitter_.extend(reason);
  }
  if (!found) return std::unexpected(found.error());
  return *found == DocumentSplitter::Next::kEnd ? Next::kEnd : Next::kMalformed;
}

}  // namespace holdfast
