#include "sensors/import/event_mapping.h"

#include <algorithm>
#include <utility>

#include "sensors/import/event_time.h"
#include "sensors/import/value_text.h"

namespace holdfast {
namespace {

// Text that goes into an error message: shortened, and without what would break the line.
std::string in_quotes(std::string_view text) {
  constexpr std::size_t kShown = 60;
  std::string shown(text.substr(0, kShown));
  shorten_utf8(shown, shown.size());
  for (char& c : shown) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  return "\"" + shown + (text.size() > kShown ? "...\"" : "\"");
}

}  // namespace

void EventFields::fail(Field field, std::string_view what) {
  if (error_.empty()) error_ = "field " + std::string(field_name(field)) + ": " + std::string(what);
}

const RawValue* EventFields::find(Field field) {
  used_.set(static_cast<std::size_t>(field));
  const RawValue* raw = event_.find(field);
  if (raw == nullptr && !event_.not_scalar().empty() &&
      std::ranges::find(event_.not_scalar(), field) != event_.not_scalar().end()) {
    fail(field, "is an object or a list, not a value");
  }
  return raw;
}

bool EventFields::unescape(Field field, const RawValue& raw, std::string& out) {
  if (!raw.quoted) {
    out.assign(raw.data, raw.size);
    return true;
  }
  if (!unescape_json(raw.view(), out, remarks_.replaced_surrogates)) {
    fail(field, "holds an escape that JSON does not know");
    return false;
  }
  if (event_.find(Field::kSourceModuleType) != nullptr) unescape_xml(out);
  return true;
}

bool EventFields::has(Field field) {
  const RawValue* raw = find(field);
  return raw != nullptr && !is_blank(*raw);
}

void EventFields::text(Field field, std::string* out, std::size_t bytes_max) {
  const RawValue* raw = find(field);
  if (raw == nullptr || is_blank(*raw) || !unescape(field, *raw, *out)) return;
  if (out->starts_with('\\')) name_drive(*out);
  if (shorten_utf8(*out, bytes_max)) ++remarks_.shortened_texts;
}

void EventFields::name_drive(std::string& path) {
  const RawValue* computer = event_.find(Field::kComputer);
  const VolumePath named = volumes_.name_drive(computer == nullptr ? std::string_view() : computer->view(), path);
  if (named == VolumePath::kNamed) ++remarks_.volumes_named;
  if (named == VolumePath::kLeft) ++remarks_.volumes_left;
}

std::string_view EventFields::verbatim(Field field) {
  const RawValue* raw = find(field);
  if (raw == nullptr) return {};
  if (!raw->quoted ||
      std::ranges::find_if(raw->view(), [](char c) { return c == '\\' || c == '&'; }) == raw->view().end()) {
    return raw->view();
  }
  return unescape(field, *raw, scratch_) ? std::string_view(scratch_) : std::string_view();
}

std::string_view EventFields::view(Field field) { return has(field) ? verbatim(field) : std::string_view(); }

std::uint64_t EventFields::number(Field field, std::uint64_t max) {
  const std::string_view digits = view(field);
  if (digits.empty()) return 0;
  const std::optional<std::uint64_t> value = parse_number(digits);
  if (!value) {
    fail(field, in_quotes(digits) + " is not a number");
  } else if (*value > max) {
    fail(field, in_quotes(digits) + " is more than " + std::to_string(max));
  } else {
    return *value;
  }
  return 0;
}

bool EventFields::flag(Field field) {
  const std::string_view word = view(field);
  return word.starts_with("true") || word.starts_with("True");
}

std::uint64_t EventFields::utc_ns(Field field) {
  const std::string_view written = view(field);
  if (written.empty()) return 0;
  const std::optional<ParsedTime> time = parse_time(written);
  if (!time) {
    // Files from before 1970 or with a damaged date exist: the date is dropped, not the event.
    if (written.size() < 19) fail(field, in_quotes(written) + " is not a time");
    return 0;
  }
  return static_cast<std::uint64_t>(time->ns);
}

void EventFields::account(Field domain, Field name, std::string* out) {
  std::string user;
  text(name, &user);
  std::string of;
  text(domain, &of);
  if (user.empty()) return;
  *out = of.empty() ? std::move(user) : of + "\\" + user;
}

void EventFields::sha256(Field hashes, std::string* out) {
  const std::string_view written = view(hashes);
  if (written.empty()) return;
  if (std::optional<std::string> sha256 = sha256_of_hashes(written)) {
    *out = std::move(*sha256);
  } else {
    ++remarks_.hashes_unknown;
  }
}

void EventFields::process(Field guid, Field pid, v1::ProcessKey* key) {
  const std::uint32_t told_pid = number32(pid);
  const std::string_view written = view(guid);
  std::uint64_t start_ns = 0;
  if (!written.empty()) {
    const std::optional<std::uint64_t> start = start_of_process_guid(written);
    if (!start) fail(guid, in_quotes(written) + " is not a GUID");
    start_ns = start.value_or(0);
  }
  key->set_start_ns(start_ns);
  key->set_pid(told_pid);
  if (start_ns != 0 && told_pid != 0) process_ids_.learn(start_ns, told_pid);
}

bool Need::is_met_by(EventFields& event) const {
  const bool none = fields.front() == Field::kCount;
  return none || std::ranges::any_of(fields, [&](Field field) { return field != Field::kCount && event.has(field); });
}

std::string Need::text() const {
  std::string text;
  for (const Field field : fields) {
    if (field != Field::kCount) text += (text.empty() ? "" : " or ") + std::string(field_name(field));
  }
  return text;
}

const Need* unmet_need(const EventMapping& mapping, EventFields& event) {
  for (const Need& need : mapping.needs) {
    if (!need.is_met_by(event)) return &need;
  }
  return nullptr;
}

const EventMapping* find_mapping(EventProvider provider, std::uint64_t event_id) {
  const auto in = [&](std::span<const EventMapping> table) -> const EventMapping* {
    // Ascending within each provider, and short: the wrong provider's rows fail the comparison at once.
    for (const EventMapping& row : table) {
      if (row.event_id == event_id && row.provider == provider) return &row;
    }
    return nullptr;
  };
  switch (provider) {
    case EventProvider::kSysmon: return in(sysmon_mappings());
    case EventProvider::kSecurity:
    case EventProvider::kSystem: return in(security_mappings());
    case EventProvider::kFirewall:
    case EventProvider::kTaskScheduler: return in(log_mappings());
    case EventProvider::kOther: break;
  }
  return nullptr;
}

}  // namespace holdfast
