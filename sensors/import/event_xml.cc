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

bool EventXml::is_field(std::size_t depth) const {
  switch (section_) {
    case Section::kSystem:
    case Section::kEventData: return depth == section_depth_ + kFieldDepth;
    case Section::kUserData: return depth >= section_depth_ + kUserFieldDepth;
    case Section::kNone: break;
  }
  return false;
}

EventXml::Text EventXml::keep(std::string_view text) {
  texts_.append(text);
  return {texts_.size() - text.size(), text.size()};
}

void EventXml::add(std::string_view name, Text value) {
  Named& field = named_.emplace_back(Named{.section = section_, .name = name, .data_name = {}, .value = value});
  if (!name.empty()) field.field = find_field(name, field.spelling);
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

// What an attribute of the frame tells; kUnknown where it is none of ours.
Field EventXml::told_by(std::string_view attribute) const {
  const std::string_view element = named_.back().name;
  if (element == "Provider" && attribute == "Name") return Field::kProvider;
  return element == "TimeCreated" && attribute == "SystemTime" ? Field::kSystemTime : Field::kUnknown;
}

bool EventXml::wants_attribute(std::string_view name) const {
  if (!is_field()) return false;
  return section_ == Section::kEventData ? name == "Name"
                                         : section_ == Section::kSystem && told_by(name) != Field::kUnknown;
}

void EventXml::attribute(std::string_view name, std::string_view value) {
  if (!wants_attribute(name)) return;
  if (section_ == Section::kSystem) return add(field_name(told_by(name)), keep(value));
  constant_attribute(name, value);
  named_.back().data_name = keep(value);
}

void EventXml::constant_attribute(std::string_view name, std::string_view value) {
  if (section_ == Section::kSystem) return attribute(name, value);
  if (!wants_attribute(name)) return;
  Named& field = named_.back();
  field.name = value;
  field.data_name = {};
  field.field = find_field(value, field.spelling);
}

// The mark: section, spelling, field.
std::string* EventXml::begin_element(XmlElement& element) {
  if (!is_field(depth_ + 1)) return nullptr;
  if (section_ == Section::kSystem && !element.attribute.empty()) {
    open(element.name);
    constant_attribute(element.attribute, element.attribute_value);
    --depth_;
    if (Text& value = named_.back().value; value.size == 0) value.begin = texts_.size();
    return &texts_;
  }
  const bool of_data = section_ == Section::kEventData;
  const std::string_view name = !of_data                      ? element.name
                                : element.attribute == "Name" ? element.attribute_value
                                                              : std::string_view();
  if (element.mark >> 32 != static_cast<std::uint64_t>(section_)) {
    std::uint16_t spelling = 0;
    const Field field = find_field(name, spelling);
    element.mark =
        static_cast<std::uint64_t>(section_) << 32 | std::uint64_t{spelling} << 16 | static_cast<std::uint64_t>(field);
  }
  const auto field = static_cast<Field>(element.mark & 0xFFFF);
  if (!EventDocument::takes(field)) return nullptr;
  named_.push_back({.section = section_,
                    .spelling = static_cast<std::uint16_t>(element.mark >> 16),
                    .field = field,
                    .name = name,
                    .data_name = {},
                    .value = {texts_.size(), 0}});
  return &texts_;
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
    const std::string_view name = field.data_name.size != 0 ? view(field.data_name) : field.name;
    event.set_named(name, field.field, field.spelling, object,
                    {.data = value.data(), .size = static_cast<std::uint32_t>(value.size())});
  }
  event.begin_data(false);
}

}  // namespace holdfast
