// The events of one log in their order, whatever the format that they lie in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/schema/error.h"
#include "sensors/import/event_document.h"
#include "sensors/import/import.h"

namespace holdfast {

class EventSource {
 public:
  enum class Next : std::uint8_t { kEvent, kMalformed, kEnd };

  virtual ~EventSource() = default;
  // Reads the next event into `event`, which is valid until the next call. With kMalformed, reason() says what is wrong
  // at line() or offset(), and reading goes on behind it. Fails when the bytes cannot be had or are of another kind.
  virtual Expected<Next> next(EventDocument& event) = 0;
  virtual std::uint64_t line() const = 0;    // of the event or the damage, from 1; 0 in a format without lines
  virtual std::uint64_t offset() const = 0;  // in a format without lines
  virtual const std::string& reason() const = 0;
  // The event as it stands in the log, where that is a JSON document.
  virtual std::string_view text() const { return {}; }
  // Of the event, ascending in the order in which the log was written.
  virtual std::uint64_t number() const = 0;

  virtual std::uint64_t bytes_read() const = 0;
  // Adds what was noticed so far to `remarks`: once, when the log has been read.
  virtual void add_remarks(ImportRemarks& remarks) const = 0;
};

}  // namespace holdfast
