#include "sim/redaction/message_texts.h"

#include <google/protobuf/descriptor.h>

#include <map>
#include <utility>
#include <vector>

namespace holdfast {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// The fields of a message that hold texts or messages.
struct Step {
  const FieldDescriptor* field = nullptr;
  bool text = false;
  FieldClass type = FieldClass::kKept;
};

const std::vector<Step>& steps_of(const Descriptor& type) {
  static std::map<const Descriptor*, std::vector<Step>> known;  // looked up, never iterated
  const auto [place, is_new] = known.try_emplace(&type);
  if (!is_new) return place->second;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* field = type.field(i);
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) place->second.push_back({.field = field});
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_STRING) continue;
    const std::string name = field->full_name().substr(type.file()->package().size() + 1);
    place->second.push_back({.field = field, .text = true, .type = class_of(name)});
  }
  return place->second;
}

FieldClass class_in(const Message& message, const Step& step) {
  if (step.type != FieldClass::kReasonText) return step.type;
  return class_of_reason(static_cast<const v1::Reason&>(message).code());
}

std::unexpected<Error> below(const FieldDescriptor& field, int index, Error error) {
  std::string name = field.name();
  if (field.is_repeated()) name += '[' + std::to_string(index) + ']';
  error.field = error.field.empty() ? name : name + '.' + error.field;
  return std::unexpected(std::move(error));
}

int count_of(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  if (field.is_repeated()) return reflection.FieldSize(message, &field);
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) return reflection.HasField(message, &field) ? 1 : 0;
  return 1;
}

Expected<void> take_text(const Message& message, const Step& step, int index, const TakeText& take) {
  const Reflection& reflection = *message.GetReflection();
  std::string scratch;
  const std::string& text = step.field->is_repeated()
                                ? reflection.GetRepeatedStringReference(message, step.field, index, &scratch)
                                : reflection.GetStringReference(message, step.field, &scratch);
  return text.empty() ? Expected<void>{} : take(class_in(message, step), text);
}

Expected<void> change_text(Message& message, const Step& step, int index, const ChangeText& change) {
  const Reflection& reflection = *message.GetReflection();
  const bool repeated = step.field->is_repeated();
  std::string text =
      repeated ? reflection.GetRepeatedString(message, step.field, index) : reflection.GetString(message, step.field);
  if (text.empty()) return {};
  if (auto changed = change(class_in(message, step), text); !changed) return changed;
  if (repeated) {
    reflection.SetRepeatedString(&message, step.field, index, std::move(text));
  } else {
    reflection.SetString(&message, step.field, std::move(text));
  }
  return {};
}

}  // namespace

Expected<void> for_each_text(const Message& message, const TakeText& take) {
  const Reflection& reflection = *message.GetReflection();
  for (const Step& step : steps_of(*message.GetDescriptor())) {
    const int count = count_of(message, *step.field);
    for (int i = 0; i < count; ++i) {
      const auto inner = [&]() -> const Message& {
        return step.field->is_repeated() ? reflection.GetRepeatedMessage(message, step.field, i)
                                         : reflection.GetMessage(message, step.field);
      };
      auto taken = step.text ? take_text(message, step, i, take) : for_each_text(inner(), take);
      if (!taken) return below(*step.field, i, std::move(taken.error()));
    }
  }
  return {};
}

Expected<void> change_each_text(Message& message, const ChangeText& change) {
  const Reflection& reflection = *message.GetReflection();
  for (const Step& step : steps_of(*message.GetDescriptor())) {
    const int count = count_of(message, *step.field);
    for (int i = 0; i < count; ++i) {
      const auto inner = [&]() -> Message& {
        return *(step.field->is_repeated() ? reflection.MutableRepeatedMessage(&message, step.field, i)
                                           : reflection.MutableMessage(&message, step.field));
      };
      auto changed = step.text ? change_text(message, step, i, change) : change_each_text(inner(), change);
      if (!changed) return below(*step.field, i, std::move(changed.error()));
    }
  }
  return {};
}

}  // namespace holdfast
