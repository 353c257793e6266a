#include "sensors/import/event_xml.h"

#include <algorithm>

#include "engine/text/ascii.h"

namespace holdfast {
namespace {

// Elements around a field, from its section on: System/EventID, EventData/Data,
// UserData/LogFileCleared/SubjectUserName.
constexpr std::size_t kFieldDepth = 1;
constexpr std::size_t kUserFieldDepth = 2;

}  // namespace

void EventXml::clear() {
  texts_.clear();
  named_.clear();
  record_id_ = kNone;
  depth_ = 0;
  section_ = Section::kNone;
}

bool EventXml::is_field() const {
  switch (section_) {
    case Section::kSystem:
    case Section::kEventData: return depth_ == section_depth_ + kFieldDepth;
    case Section::kUserData: return depth_ >= section_depth_ + kUserFieldDepth;
    case Section::kNone: break;
  }
  return false;
}

EventXml::Text EventXml::keep(std::string_view text) {
  texts_.append(text);
  return {texts_.size() - text.size(), text.size()};
}

void EventXml::add(std::string_view name, std::string_view value) {
  named_.push_back({.section = section_, .name = name, .data_name = {}, .value = keep(value)});
}

void EventXml::open(std::string_view element) {
  ++depth_;
  if (section_ == Section::kNone) {
    section_ = element == "System"      ? Section::kSystem
               : element == "EventData" ? Section::kEventData
               : element == "UserData"  ? Section::kUserData
                                        : Section::kNone;
    section_depth_ = depth_;
  } else if (is_field()) {
    // EventData's fields are called Data and get their name from an attribute; without one they are nobody's.
    if (section_ == Section::kSystem && element == "EventRecordID") record_id_ = named_.size();
    add(section_ == Section::kEventData ? std::string_view() : element, {});
    element_ = named_.size() - 1;
  }
}

void EventXml::attribute(std::string_view name, std::string_view value) {
  if (!is_field()) return;
  if (section_ == Section::kEventData && name == "Name") named_.back().data_name = keep(value);
  if (section_ != Section::kSystem) return;
  const std::string_view element = named_.back().name;
  if (element == "Provider" && name == "Name") add(field_name(Field::kProvider), value);
  if (element == "TimeCreated" && name == "SystemTime") add(field_name(Field::kSystemTime), value);
}

void EventXml::text(std::string_view piece) {
  // Line breaks between the tags of what tells by its attributes.
  if (!is_field() || (section_ == Section::kSystem && std::ranges::all_of(piece, ascii::is_blank))) return;
  Named& field = named_[element_];
  if (field.value.size == 0) field.value.begin = texts_.size();
  field.value.size += keep(piece).size;
}

void EventXml::close() {
  if (depth_-- == section_depth_) section_ = Section::kNone;
}

void EventXml::add_to(EventDocument& event) const {
  Section section = Section::kNone;
  std::uint32_t object = 0;
  for (const Named& field : named_) {
    if (field.section != section) object = event.enter_object();
    section = field.section;
    if (field.value.size == 0) continue;
    event.begin_data(section != Section::kSystem);
    const std::string_view value = view(field.value);
    const std::string_view name = field.section == Section::kEventData ? view(field.data_name) : field.name;
    event.set_named(name, object, {.data = value.data(), .size = static_cast<std::uint32_t>(value.size())});
  }
  event.begin_data(false);
}

}  // namespace holdfast
