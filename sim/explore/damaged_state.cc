#include "sim/explore/damaged_state.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace holdfast {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

std::uint64_t other_number(std::uint64_t number, Choices& choices) {
  constexpr std::uint64_t kHuge = 1ULL << 63U;
  switch (choices.below(8)) {
    case 0: return 0;
    case 1: return 1;
    case 2: return number + 1;
    case 3: return number - 1;
    case 4: return UINT64_MAX;
    case 5: return kHuge;
    case 6: return choices.below(100);
    default: return choices.any();
  }
}

std::string other_text(const std::string& text, Choices& choices) {
  switch (choices.below(4)) {
    case 0: return {};
    case 1: return text.substr(0, text.size() / 2);
    case 2: return text + "\\..\\x";
    default: return std::string(choices.below(2'000), 'x');
  }
}

void alter_value(Message& message, const FieldDescriptor& field, Choices& choices) {
  const Reflection& access = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL: return access.SetBool(&message, &field, !access.GetBool(message, &field));
    case FieldDescriptor::CPPTYPE_UINT32:
      return access.SetUInt32(&message, &field,
                              static_cast<std::uint32_t>(other_number(access.GetUInt32(message, &field), choices)));
    case FieldDescriptor::CPPTYPE_UINT64:
      return access.SetUInt64(&message, &field, other_number(access.GetUInt64(message, &field), choices));
    case FieldDescriptor::CPPTYPE_INT64:
      return access.SetInt64(&message, &field, static_cast<std::int64_t>(choices.any()));
    case FieldDescriptor::CPPTYPE_ENUM:
      return access.SetEnumValue(&message, &field, choices.chance(20) ? 99 : static_cast<int>(choices.below(20)));
    case FieldDescriptor::CPPTYPE_STRING:
      return access.SetString(&message, &field, other_text(access.GetString(message, &field), choices));
    default: return;
  }
}

void alter_rows(Message& message, const FieldDescriptor& field, Choices& choices) {
  const Reflection& access = *message.GetReflection();
  const int rows = access.FieldSize(message, &field);
  if (rows == 0) {
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) access.AddMessage(&message, &field);
    return;
  }
  const auto row = static_cast<int>(choices.below(static_cast<std::uint64_t>(rows)));
  switch (choices.below(4)) {
    case 0: access.SwapElements(&message, &field, row, rows - 1); return access.RemoveLast(&message, &field);
    case 1:
      if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        const std::string bytes = access.GetRepeatedMessage(message, &field, row).SerializeAsString();
        access.AddMessage(&message, &field)->ParseFromString(bytes);
      }
      return;
    case 2:
      return access.SwapElements(&message, &field, row,
                                 static_cast<int>(choices.below(static_cast<std::uint64_t>(rows))));
    default: return access.ClearField(&message, &field);
  }
}

// Goes down to some field and alters it.
void alter_one(Message& message, Choices& choices) {
  const Reflection& access = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  access.ListFields(message, &fields);
  const auto& type = *message.GetDescriptor();
  // Now and then one that is not set.
  if (fields.empty() || choices.chance(20)) {
    if (type.field_count() == 0) return;
    fields = {type.field(static_cast<int>(choices.below(static_cast<std::uint64_t>(type.field_count()))))};
  }
  const FieldDescriptor& field = *choices.pick(fields);
  const bool is_message = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  if (field.is_repeated()) {
    const int rows = access.FieldSize(message, &field);
    if (!is_message || rows == 0 || choices.chance(25)) return alter_rows(message, field, choices);
    const auto row = static_cast<int>(choices.below(static_cast<std::uint64_t>(rows)));
    return alter_one(*access.MutableRepeatedMessage(&message, &field, row), choices);
  }
  if (!is_message) return alter_value(message, field, choices);
  if (choices.chance(10)) return access.ClearField(&message, &field);
  alter_one(*access.MutableMessage(&message, &field), choices);
}

}  // namespace

void damage(Message& state, Choices& choices) {
  for (std::uint64_t places = 1 + choices.below(4); places > 0; --places) alter_one(state, choices);
}

}  // namespace holdfast
