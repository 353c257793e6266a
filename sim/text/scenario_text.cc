#include "sim/text/scenario_text.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/text_format.h>

#include "reports/wording.h"

namespace holdfast {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::TextFormat;

constexpr std::size_t kLineWidth = 140;

std::string printed(const TextFormat::Printer& printer, const v1::Scenario& scenario) {
  std::string text;
  printer.PrintToString(scenario, &text);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\n')) text.pop_back();
  return text;
}

// A scenario that has only this element of this field.
v1::Scenario only(const v1::Scenario& scenario, const FieldDescriptor* field, int index) {
  v1::Scenario one;
  const auto& reflection = *scenario.GetReflection();
  if (field->is_repeated()) {
    reflection.AddMessage(&one, field)->CopyFrom(reflection.GetRepeatedMessage(scenario, field, index));
    return one;
  }
  one = scenario;
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(one, &fields);
  for (const FieldDescriptor* other : fields) {
    if (other != field) reflection.ClearField(&one, other);
  }
  return one;
}

}  // namespace

std::string scenario_text(const v1::Scenario& scenario, const std::vector<std::string>& remarks) {
  TextFormat::Printer on_one_line;
  on_one_line.SetSingleLineMode(true);
  on_one_line.SetUseUtf8StringEscaping(true);
  TextFormat::Printer indented;
  indented.SetUseUtf8StringEscaping(true);
  std::string text = "# proto-file: engine/schema/scenario.proto\n# proto-message: holdfast.v1.Scenario\n";
  for (const std::string& remark : remarks) text += "# " + printable(remark) + '\n';
  std::vector<const FieldDescriptor*> fields;
  scenario.GetReflection()->ListFields(scenario, &fields);
  const FieldDescriptor* expect = v1::Scenario::descriptor()->FindFieldByName("expect");
  // What is expected comes last, as in every story.
  if (std::erase(fields, expect) != 0) fields.push_back(expect);
  for (const FieldDescriptor* field : fields) {
    const int count = field->is_repeated() ? scenario.GetReflection()->FieldSize(scenario, field) : 1;
    for (int i = 0; i < count; ++i) {
      const v1::Scenario one = only(scenario, field, i);
      std::string line = printed(on_one_line, one);
      if (text_width(line) > kLineWidth && field->message_type() != nullptr) line = printed(indented, one);
      text += line + '\n';
    }
  }
  return text;
}

}  // namespace holdfast
