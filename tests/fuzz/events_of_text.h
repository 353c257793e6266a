// What the readers promise that make events of texts (tables, Clixml, XML), whatever the bytes: each ends,
// names each damage, and tells only UTF-8.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <string_view>

#include "engine/text/utf8.h"
#include "sensors/import/event_source.h"

namespace holdfast {

inline void require(bool holds) {
  if (!holds) std::abort();
}

// `size`: of the input.
inline void read_events(EventSource& events, std::size_t size) {
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

}  // namespace holdfast
