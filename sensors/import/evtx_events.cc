#include "sensors/import/evtx_events.h"

namespace holdfast {
namespace {

// Elements around a field: Event/System/EventID, Event/EventData/Data, Event/UserData/LogFileCleared/SubjectUserName.
constexpr std::size_t kSectionDepth = 2;
constexpr std::size_t kFieldDepth = 3;
constexpr std::size_t kUserFieldDepth = 4;

}  // namespace

bool EvtxEvents::is_field() const {
  switch (section_) {
    case Section::kSystem:
    case Section::kEventData: return depth_ == kFieldDepth;
    case Section::kUserData: return depth_ >= kUserFieldDepth;
    case Section::kNone: break;
  }
  return false;
}

EvtxEvents::Text EvtxEvents::keep(std::string_view text) {
  texts_.append(text);
  return {texts_.size() - text.size(), text.size()};
}

void EvtxEvents::add(std::string_view name, std::string_view value) {
  named_.push_back({.section = section_, .name = name, .data_name = {}, .value = keep(value)});
}

void EvtxEvents::open(std::string_view element) {
  if (++depth_ == kSectionDepth) {
    section_ = element == "System"      ? Section::kSystem
               : element == "EventData" ? Section::kEventData
               : element == "UserData"  ? Section::kUserData
                                        : Section::kNone;
  } else if (is_field()) {
    // EventData's fields are called Data and get their name from an attribute; without one they are nobody's.
    add(section_ == Section::kEventData ? std::string_view() : element, {});
  }
}

void EvtxEvents::attribute(std::string_view name, std::string_view value) {
  if (!is_field()) return;
  if (section_ == Section::kEventData && name == "Name") named_.back().data_name = keep(value);
  if (section_ != Section::kSystem) return;
  const std::string_view element = named_.back().name;
  if (element == "Provider" && name == "Name") add(field_name(Field::kProvider), value);
  if (element == "TimeCreated" && name == "SystemTime") add(field_name(Field::kSystemTime), value);
}

void EvtxEvents::text(std::string_view piece) {
  if (!is_field()) return;
  Named& field = named_.back();
  if (field.value.size == 0) field.value.begin = texts_.size();
  field.value.size += keep(piece).size;
}

void EvtxEvents::close() {
  if (depth_-- == kSectionDepth) section_ = Section::kNone;
}

void EvtxEvents::fill(EventDocument& event) const {
  event.clear();
  Section section = Section::kNone;
  std::uint32_t object = 0;
  for (const Named& field : named_) {
    if (field.section != section) object = event.enter_object();
    section = field.section;
    if (field.value.size == 0) continue;
    const std::string_view value = view(field.value);
    const std::string_view name = field.section == Section::kEventData ? view(field.data_name) : field.name;
    event.set_named(name, object, {.data = value.data(), .size = static_cast<std::uint32_t>(value.size())});
  }
}

Expected<EventSource::Next> EvtxEvents::next(EventDocument& event) {
  texts_.clear();
  named_.clear();
  depth_ = 0;
  section_ = Section::kNone;
  HOLDFAST_TRY(found, reader_.next(*this));
  if (found == EvtxReader::Next::kEnd) return Next::kEnd;
  if (found == EvtxReader::Next::kDamaged) return Next::kMalformed;
  fill(event);
  return Next::kEvent;
}

void EvtxEvents::add_remarks(ImportRemarks& remarks) const {
  remarks.replaced_surrogates += reader_.replaced();
  remarks.odd_values += reader_.odd_values();
  remarks.checksum_mismatches += reader_.checksum_mismatches();
}

}  // namespace holdfast
