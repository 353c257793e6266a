#include "sim/redaction/message_texts.h"

#include <google/protobuf/descriptor.h>

#include <map>
#include <utility>
#include <vector>

#include "engine/schema/recording.pb.h"
#include "engine/text/check.h"

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

using StepsByType = std::map<const Descriptor*, std::vector<Step>>;  // looked up, never iterated

void add_steps(const Descriptor& type, StepsByType& known) {
  const auto [place, is_new] = known.try_emplace(&type);
  if (!is_new) return;
  std::vector<Step> steps;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* field = type.field(i);
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      steps.push_back({.field = field});
      add_steps(*field->message_type(), known);
    }
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_STRING) continue;
    const std::string name = field->full_name().substr(type.file()->package().size() + 1);
    steps.push_back({.field = field, .text = true, .type = class_of(name)});
  }
  place->second = std::move(steps);
}

// All messages that a recording is made of.
StepsByType steps_of_recordings() {
  StepsByType known;
  for (const Descriptor* type :
       {v1::RecordingHeader::descriptor(), v1::Record::descriptor(), v1::RecordingTrailer::descriptor()}) {
    add_steps(*type, known);
  }
  return known;
}

const std::vector<Step>& steps_of(const Descriptor& type) {
  static const StepsByType kKnown = steps_of_recordings();
  const auto steps = kKnown.find(&type);
  engine::check(steps != kKnown.end(), "only messages of recordings are redacted");
  return steps->second;
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
  HOLDFAST_TRY_DO(change(class_in(message, step), text));
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
