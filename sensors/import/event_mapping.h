// What becomes of each kind of event: the tables are at the end of sysmon_mapping.cc, security_mapping.cc and
// log_mapping.cc, and docs/importing.md prints them for people.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include "engine/schema/operation.pb.h"
#include "sensors/import/event_document.h"
#include "sensors/import/import.h"
#include "sensors/import/process_ids.h"
#include "sensors/import/value_text.h"
#include "sensors/import/volumes.h"

namespace holdfast {

// An event's fields as a mapping reads them. Keeps which ones were read, and the first that could not be.
class EventFields {
 public:
  EventFields(const EventDocument& event, ProcessIds& process_ids, Volumes& volumes, ImportRemarks& remarks)
      : event_(event), process_ids_(process_ids), volumes_(volumes), remarks_(remarks) {}

  static constexpr std::size_t kUnbounded = std::numeric_limits<std::size_t>::max();

  // Present, and neither "" nor "-".
  bool has(Field field);
  // Writes the text to `out`; leaves it alone where the field is absent or blank. Beyond `bytes_max` it is cut.
  void text(Field field, std::string* out, std::size_t bytes_max = kUnbounded);
  // The text until the next call of view() or a function below; empty where absent or blank.
  std::string_view view(Field field);
  // As view(), but "-" is "-".
  std::string_view verbatim(Field field);
  // 0 where absent or blank; an error where it is no number or more than `max`.
  std::uint64_t number(Field field, std::uint64_t max = std::numeric_limits<std::uint64_t>::max());
  std::uint32_t number32(Field field) { return static_cast<std::uint32_t>(number(field, 0xFFFFFFFF)); }
  // "true" and "True"; Sysmon writes words behind it at times ("true - shredded ...").
  bool flag(Field field);
  // ns since 1970 of one of Sysmon's UTC times; 0 where absent; an error where it is none.
  std::uint64_t utc_ns(Field field);
  // DOMAIN\name of two fields.
  void account(Field domain, Field name, std::string* out);
  void sha256(Field hashes, std::string* out);
  // A program's path; "<unknown process>" is none.
  void image(Field field, std::string* out) {
    text(field, out);
    drop_unknown(out);
  }
  // Key of a process by Sysmon's GUID and pid; sets nothing where the event has neither. What belongs together is
  // learnt.
  void process(Field guid, Field pid, v1::ProcessKey* key);

  bool failed() const { return !error_.empty(); }
  const std::string& error() const { return error_; }
  void fail(Field field, std::string_view what);
  const FieldSet& used() const { return used_; }
  ImportRemarks& remarks() { return remarks_; }

 private:
  const RawValue* find(Field field);
  bool unescape(Field field, const RawValue& raw, std::string& out);
  void name_drive(std::string& path);
  static void drop_unknown(std::string* image) {
    if (*image == "<unknown process>") image->clear();
  }

  const EventDocument& event_;
  ProcessIds& process_ids_;
  Volumes& volumes_;
  ImportRemarks& remarks_;
  FieldSet used_;
  std::string scratch_;
  std::string error_;
};

enum class EventProvider : std::uint8_t { kSysmon, kSecurity, kSystem, kFirewall, kTaskScheduler, kOther };

// A field that an event cannot do without, for its operation would be empty or wrong; or two of which one will do.
struct Need {
  constexpr Need() = default;
  constexpr Need(Field one, Field other = Field::kCount) : fields{one, other} {}

  bool is_met_by(EventFields& event) const;
  std::string text() const;  // "ProcessGuid or ProcessId"

  std::array<Field, 2> fields{Field::kCount, Field::kCount};  // kCount: no further one
};

// One row of the table. `map` fills the operation and returns false where this very event has no meaning for us (a
// handle on an object of another type, say). Errors stay in `fields`.
struct EventMapping {
  EventProvider provider;
  std::uint32_t event_id;
  std::string_view becomes;  // fields of Operation it can set, for docs and messages
  bool (*map)(EventFields& fields, v1::Operation& operation);
  std::array<Need, 3> needs{};  // of what has a meaning; those without a field are none
};

std::span<const EventMapping> sysmon_mappings();
std::span<const EventMapping> security_mappings();  // Security and System
std::span<const EventMapping> log_mappings();       // the firewall's and the task scheduler's own logs
// The first need that the event does not meet; null if there is none.
const Need* unmet_need(const EventMapping& mapping, EventFields& event);
// Null for kinds without meaning.
const EventMapping* find_mapping(EventProvider provider, std::uint64_t event_id);

}  // namespace holdfast
