// What tools moved away from where an event has it: the Elastic Common Schema ("process.executable"), Sysmon's message,
// the event's id as PowerShell calls it, the computer. All count only where the event itself is silent.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "sensors/import/event_document.h"

namespace holdfast {

struct CommonField;  // a row of the table in moved_fields.cc

class MovedFields {
 public:
  void clear();
  // `path`: names of objects and the field, with dots. Unknown ones are left out. `value` must live until add_to().
  void keep_common(std::string_view path, const RawValue& value);
  void keep_message(const RawValue& message) { message_ = message; }
  void keep_plain_id(const RawValue& id) { id_ = id; }
  // Adds to `event` what it lacks; valid until clear().
  void add_to(EventDocument& event);

 private:
  struct Kept {
    const CommonField* field = nullptr;
    RawValue value;
  };

  void add_data(EventDocument& event);
  void add_message(EventDocument& event, std::uint32_t kind);
  void add_technique(EventDocument& event);
  void add_common(EventDocument& event, std::uint32_t kind);
  RawValue made(std::string text, bool quoted);

  std::vector<Kept> common_;
  RawValue message_;
  RawValue id_;
  std::string message_text_;
  std::deque<std::string> made_;
};

}  // namespace holdfast
