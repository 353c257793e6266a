// What the readers promise that make events of rows of named texts (tables, Clixml), whatever the bytes: each ends,
// names each damage, and tells only UTF-8.
#pragma once

#include <cstddef>
#include <cstdlib>

#include "engine/text/utf8.h"
#include "sensors/import/event_source.h"

namespace holdfast {

inline void require(bool holds) {
  if (!holds) std::abort();
}

// `size`: of the input.
inline void read_rows(EventSource& events, std::size_t size) {
  EventDocument event;
  for (std::size_t steps = 0;; ++steps) {
    require(steps <= size + 1);
    const Expected<EventSource::Next> next = events.next(event);
    require(next.has_value());
    if (*next == EventSource::Next::kEnd) return;
    if (*next == EventSource::Next::kMalformed) {
      require(!events.reason().empty());
      continue;
    }
    for (std::size_t i = 0; i < kFields; ++i) {
      const RawValue* value = event.find(static_cast<Field>(i));
      if (value != nullptr) require(value->quoted || is_utf8(value->view()));
    }
  }
}

}  // namespace holdfast
