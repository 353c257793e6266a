// Protobuf text that people wrote, read so that every later complaint can name its line.
//
//   v1::Settings settings;
//   auto locations = parse_text_proto("a.txtpb", text, settings);
//   locations->where({{"event_monitoring", -1}, {"policy", 2}})   -> "a.txtpb:12"
#pragma once

#include <google/protobuf/message.h>
#include <google/protobuf/text_format.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/schema/error.h"

namespace holdfast {

// A step from a message to one of its fields; index -1: the field is not repeated.
struct FieldStep {
  std::string_view name;
  int index = -1;
};
using FieldPath = std::vector<FieldStep>;

// "event_monitoring.policy[2].do"
std::string field_text(const FieldPath& path);

// A range of bytes of the text.
struct TextRange {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// Where each field stands in the text it was read from.
class TextLocations {
 public:
  TextLocations() = default;
  // For messages that come from no text: every place is `name`.
  explicit TextLocations(std::string name) : name_(std::move(name)) {}

  const std::string& name() const { return name_; }
  // "file:line" of the field, or of the nearest enclosing one that stands in the text; "file" if none does.
  std::string where(const FieldPath& path) const;
  // Line of the same, from 1; 0 if unknown.
  int line(const FieldPath& path) const;
  // Bytes from the field's name to the end of its value; empty range if the field does not stand in the text.
  TextRange range(const FieldPath& path, std::string_view text) const;

 private:
  friend Expected<TextLocations> parse_text_proto(const std::string& name, std::string_view text,
                                                  google::protobuf::Message& message);
  std::string name_;
  const google::protobuf::Descriptor* root_ = nullptr;
  std::shared_ptr<google::protobuf::TextFormat::ParseInfoTree> tree_;
};

// Parses `text` into `message` (cleared first). Fails with "name:line", the reason in plain words, and the nearest
// existing name where a field or value does not exist. Messages nest at most 32 deep.
Expected<TextLocations> parse_text_proto(const std::string& name, std::string_view text,
                                         google::protobuf::Message& message);

}  // namespace holdfast
