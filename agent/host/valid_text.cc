#include "agent/host/valid_text.h"

#include <google/protobuf/descriptor.h>

#include <string>
#include <string_view>
#include <vector>

#include "engine/text/utf8.h"

namespace holdfast {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

std::string valid(std::string_view text) {
  std::string made;
  append_valid_utf8(text, made);
  return made;
}

bool make_field_valid(Message& message, const FieldDescriptor* field) {
  const Reflection* reflection = message.GetReflection();
  const int count = field->is_repeated() ? reflection->FieldSize(message, field) : 1;
  bool any = false;
  std::string scratch;
  for (int i = 0; i < count; ++i) {
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      any |= make_text_valid(field->is_repeated() ? *reflection->MutableRepeatedMessage(&message, field, i)
                                                  : *reflection->MutableMessage(&message, field));
      continue;
    }
    const std::string& text = field->is_repeated() ? reflection->GetRepeatedStringReference(message, field, i, &scratch)
                                                   : reflection->GetStringReference(message, field, &scratch);
    if (is_utf8(text)) continue;
    any = true;
    if (field->is_repeated()) {
      reflection->SetRepeatedString(&message, field, i, valid(text));
    } else {
      reflection->SetString(&message, field, valid(text));
    }
  }
  return any;
}

}  // namespace

bool make_text_valid(Message& message) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  bool any = false;
  for (const FieldDescriptor* field : fields) {
    const bool holds_text =
        field->type() == FieldDescriptor::TYPE_STRING || field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (holds_text) any |= make_field_valid(message, field);
  }
  return any;
}

}  // namespace holdfast
