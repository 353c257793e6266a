#include "sensors/import/evt_events.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "sensors/evtx/byte_cursor.h"
#include "sensors/evtx/utf16.h"
#include "sensors/import/value_text.h"

namespace holdfast {
namespace {

constexpr std::string_view kEvtMagic = "LfLe";
constexpr std::size_t kEvtMagicAt = 4;
constexpr std::size_t kEvtHeaderBytes = 0x30;
constexpr std::size_t kEvtEndBytes = 0x28;  // of the record behind the newest one
constexpr std::uint32_t kEvtEndMagic = 0x11111111;
constexpr std::size_t kRecordFixedBytes = 56;
constexpr std::size_t kRecordBytesMin = kRecordFixedBytes + 8;  // two names, however short, and the size again
constexpr std::size_t kEvtRecordBytesMax = 256 * 1024;
constexpr std::size_t kEvtBlock = 64 * 1024;
constexpr std::size_t kStringsMax = 256;

constexpr std::uint16_t kAuditSuccess = 8;
constexpr std::uint16_t kAuditFailure = 16;

// Events of the Security log under the number that they have since Vista (4096 more), with the names that their texts
// have there. kCount: a text without a meaning for us.
struct OldEvent {
  std::uint32_t id;
  std::vector<Field> texts;
};

const OldEvent* old_event(std::uint32_t id) {
  static const std::vector<OldEvent> kOldEvents = {
      {592,
       {Field::kNewProcessId, Field::kNewProcessName, Field::kProcessId, Field::kSubjectUserName,
        Field::kSubjectDomainName, Field::kSubjectLogonId}},
      {593,
       {Field::kProcessId, Field::kProcessName, Field::kSubjectUserName, Field::kSubjectDomainName,
        Field::kSubjectLogonId}},
      {601,
       {Field::kServiceName, Field::kServiceFileName, Field::kServiceType, Field::kServiceStartType,
        Field::kServiceAccount, Field::kSubjectUserName, Field::kSubjectDomainName, Field::kSubjectLogonId}},
      {602,
       {Field::kTaskName, Field::kTaskContent, Field::kCount, Field::kCount, Field::kCount, Field::kCount,
        Field::kSubjectUserName, Field::kSubjectDomainName, Field::kSubjectLogonId}},
  };
  const auto found = std::ranges::find(kOldEvents, id, &OldEvent::id);
  return found == kOldEvents.end() ? nullptr : &*found;
}

constexpr std::uint32_t kSinceVista = 4096;

std::uint32_t number_at(std::span<const std::uint8_t> bytes, std::size_t at) {
  return ByteCursor(bytes, at, bytes.size()).u32();
}

bool has_magic(std::span<const std::uint8_t> bytes) {
  return bytes.size() >= kEvtMagicAt + kEvtMagic.size() &&
         std::ranges::equal(bytes.subspan(kEvtMagicAt, kEvtMagic.size()), kEvtMagic,
                            [](std::uint8_t a, char b) { return a == static_cast<std::uint8_t>(b); });
}

// The text in UTF-16 that begins at `at`, up to its NUL; `at` moves behind it. Nothing where it does not end.
std::span<const std::uint8_t> text_at(std::span<const std::uint8_t> bytes, std::size_t& at) {
  const std::size_t begin = std::min(at, bytes.size());
  for (std::size_t i = begin; i + 1 < bytes.size(); i += 2) {
    if (bytes[i] != 0 || bytes[i + 1] != 0) continue;
    at = i + 2;
    return bytes.subspan(begin, i - begin);
  }
  at = bytes.size();
  return {};
}

// "(0x0,0x3E7)", the two halves of a logon's number, as one number.
std::string logon_number(std::string_view halves) {
  const std::size_t comma = halves.find(',');
  if (!halves.starts_with('(') || !halves.ends_with(')') || comma == std::string_view::npos) return std::string(halves);
  const std::optional<std::uint64_t> high = parse_number(halves.substr(1, comma - 1));
  const std::optional<std::uint64_t> low = parse_number(halves.substr(comma + 1, halves.size() - comma - 2));
  if (!high || !low || *high > 0xFFFFFFFF || *low > 0xFFFFFFFF) return std::string(halves);
  return std::to_string(*high << 32 | *low);
}

}  // namespace

bool is_evt(std::string_view start) {
  return start.size() >= kEvtHeaderBytes && start.substr(kEvtMagicAt).starts_with(kEvtMagic) && start[0] == 0x30 &&
         start[1] == 0 && start[2] == 0 && start[3] == 0;
}

Expected<bool> EvtEvents::fill(std::size_t size) {
  if (buffer_.size() - at_ >= size) return true;
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(at_));
  base_ += at_;
  at_ = 0;
  while (buffer_.size() < size && !source_ended_) {
    const std::size_t filled = buffer_.size();
    buffer_.resize(filled + kEvtBlock);
    HOLDFAST_TRY(got, source_.read(reinterpret_cast<char*>(buffer_.data()) + filled, kEvtBlock));
    buffer_.resize(filled + got);
    source_ended_ = got == 0;
  }
  return buffer_.size() >= size;
}

bool EvtEvents::is_whole(std::span<const std::uint8_t> bytes) const {
  return number_at(bytes, bytes.size() - sizeof(std::uint32_t)) == bytes.size();
}

Expected<bool> EvtEvents::find_record() {
  for (;;) {
    HOLDFAST_TRY(there, fill(kRecordBytesMin));
    const std::span<const std::uint8_t> rest = std::span(buffer_).subspan(at_);
    offset_ = base_ + at_;
    const std::size_t size = number_at(rest, 0);
    if (has_magic(rest) && size >= kRecordBytesMin && size <= kEvtRecordBytesMax) {
      HOLDFAST_TRY(whole, fill(size));
      const std::span<const std::uint8_t> bytes = std::span(buffer_).subspan(at_);
      const std::size_t inside = std::min(size, bytes.size());
      record_.assign(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(inside));
      if (!whole && size - inside <= first_.size()) {
        record_.insert(record_.end(), first_.begin(), first_.begin() + static_cast<std::ptrdiff_t>(size - inside));
      }
      if (record_.size() == size && is_whole(record_)) {
        at_ += inside;
        in_remains_ = false;
        return true;
      }
    } else if (rest.size() >= kEvtEndBytes && size == kEvtEndBytes && number_at(rest, 4) == kEvtEndMagic) {
      at_ += kEvtEndBytes;
      in_remains_ = true;
      continue;
    }
    if (!there && buffer_.size() - at_ < sizeof(std::uint32_t)) return false;
    if (!in_remains_ && !is_damaged_ && size != 0) {
      is_damaged_ = true;
      damaged_at_ = offset_;
    }
    at_ += sizeof(std::uint32_t);
  }
}

EventSource::Next EvtEvents::malformed(const char* reason, std::uint64_t offset) {
  reason_ = reason;
  offset_ = offset;
  return Next::kMalformed;
}

std::string_view EvtEvents::kept(std::span<const std::uint8_t> utf16) {
  std::string& text = texts_.emplace_back();
  replaced_ += append_utf16(utf16, text);
  return text;
}

// Null, or why the record is none.
const char* EvtEvents::read_record(EventDocument& event) {
  ByteCursor at(record_, kEvtMagicAt + kEvtMagic.size(), record_.size());
  number_ = at.u32();
  const std::uint32_t seconds = at.u32();
  at.skip(4);  // when it was written
  const std::uint32_t id = at.u32() & 0xFFFF;
  const std::uint16_t kind = at.u16();
  const std::size_t strings = at.u16();
  at.skip(8);  // category, flags, closing record
  std::size_t string_at = at.u32();
  if (strings > kStringsMax) return "the record has too many texts";
  std::size_t name_at = kRecordFixedBytes;
  const std::span<const std::uint8_t> all(record_);
  const std::span<const std::uint8_t> body = all.first(all.size() - sizeof(std::uint32_t));
  const std::string_view source = kept(text_at(body, name_at));
  const std::string_view computer = kept(text_at(body, name_at));
  const OldEvent* old = source == "Security" ? old_event(id) : nullptr;

  event.clear();
  const std::uint32_t object = event.enter_object();
  const auto set = [&](Field field, std::string_view text) {
    event.set(field, 0, object, {.data = text.data(), .size = static_cast<std::uint32_t>(text.size())});
  };
  set(Field::kEventId, texts_.emplace_back(std::to_string(old != nullptr ? id + kSinceVista : id)));
  set(Field::kProvider, old != nullptr ? std::string_view("Microsoft-Windows-Security-Auditing") : source);
  set(Field::kComputer, computer);
  set(Field::kSystemTime, texts_.emplace_back(std::to_string(seconds)));
  if (kind == kAuditSuccess) set(Field::kKeywords, "Audit Success");
  if (kind == kAuditFailure) set(Field::kKeywords, "Audit Failure");
  event.begin_data(true);
  for (std::size_t i = 0; old != nullptr && i < std::min(strings, old->texts.size()); ++i) {
    std::string_view text = kept(text_at(body, string_at));
    if (old->texts[i] == Field::kSubjectLogonId) text = texts_.emplace_back(logon_number(text));
    if (old->texts[i] != Field::kCount) set(old->texts[i], text);
  }
  event.begin_data(false);
  return nullptr;
}

Expected<EventSource::Next> EvtEvents::next(EventDocument& event) {
  if (!std::exchange(started_, true)) {
    HOLDFAST_TRY(header, fill(kEvtHeaderBytes));
    if (!header) return failure({}, "ends inside the header of an event log", "copy it again");
    at_ = kEvtHeaderBytes;
    HOLDFAST_TRY_DO(fill(kEvtRecordBytesMax));
    first_.assign(buffer_.begin() + static_cast<std::ptrdiff_t>(at_),
                  buffer_.begin() + static_cast<std::ptrdiff_t>(std::min(buffer_.size(), at_ + kEvtRecordBytesMax)));
  }
  if (record_.empty()) {
    HOLDFAST_TRY(found, find_record());
    if (std::exchange(is_damaged_, false)) {
      if (!found) record_.clear();
      return malformed("no whole record begins here", damaged_at_);
    }
    if (!found) return Next::kEnd;
  }
  texts_.clear();
  const char* reason = read_record(event);
  record_.clear();
  return reason == nullptr ? Next::kEvent : malformed(reason, offset_);
}

}  // namespace holdfast
