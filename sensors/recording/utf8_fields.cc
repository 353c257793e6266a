#include "sensors/recording/utf8_fields.h"

#include <google/protobuf/descriptor.h>

#include <memory>
#include <utility>
#include <vector>

#include "engine/schema/recording.pb.h"
#include "engine/text/utf8.h"

namespace holdfast {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using recording_format::Bytes;

// What to look at in a message: per field number its text or its parts. A copy of the schema in the order in which
// the bytes come, because asking descriptors or reflection for each field takes longer than serialising it.
struct Shape {
  enum class Kind : std::uint8_t { kNoText, kText, kMessage };
  struct Field {
    Kind kind = Kind::kNoText;
    const Shape* message = nullptr;
  };
  const Descriptor* type = nullptr;
  std::vector<Field> fields;  // by number
};

class Shapes {
 public:
  Shapes() {
    for (const Descriptor* root :
         {v1::Record::descriptor(), v1::RecordingHeader::descriptor(), v1::RecordingTrailer::descriptor()}) {
      add(*root);
    }
  }

  const Shape* find(const Descriptor& type) const {
    for (const auto& shape : shapes_) {
      if (shape->type == &type) return shape.get();
    }
    return nullptr;
  }

 private:
  const Shape* add(const Descriptor& type) {
    if (const Shape* known = find(type)) return known;
    Shape* shape = shapes_.emplace_back(std::make_unique<Shape>()).get();
    shape->type = &type;
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      const auto number = static_cast<std::size_t>(field.number());
      if (shape->fields.size() <= number) shape->fields.resize(number + 1);
      if (field.type() == FieldDescriptor::TYPE_STRING) shape->fields[number].kind = Shape::Kind::kText;
      if (field.type() == FieldDescriptor::TYPE_MESSAGE) {
        shape->fields[number] = {Shape::Kind::kMessage, add(*field.message_type())};
      }
    }
    return shape;
  }

  std::vector<std::unique_ptr<Shape>> shapes_;
};

std::uint64_t take_varint(const std::uint8_t*& at, const std::uint8_t* end) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; at < end && shift < 64; shift += 7) {
    const std::uint8_t byte = *at++;
    value |= std::uint64_t{byte & 0x7Fu} << shift;
    if ((byte & 0x80) == 0) break;
  }
  return value;
}

enum WireType : std::uint8_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kGroupBegin = 3, kGroupEnd = 4, kFixed32 = 5 };

// The numbers of the fields that lead to the bad text, innermost first; empty if all is well.
bool walk(const Shape& shape, Bytes message, std::vector<int>& bad_path) {
  const std::uint8_t* at = message.data();
  const std::uint8_t* const end = at + message.size();
  int group_depth = 0;  // groups come only as unknown fields; what is in them has no shape
  while (at < end) {
    const std::uint64_t tag = take_varint(at, end);
    const auto number = static_cast<std::size_t>(tag >> 3);
    std::uint64_t skip = 0;
    switch (tag & 7) {
      case kVarint: take_varint(at, end); break;
      case kFixed64: skip = 8; break;
      case kFixed32: skip = 4; break;
      case kGroupBegin: ++group_depth; break;
      case kGroupEnd: --group_depth; break;
      case kBytes: {
        skip = take_varint(at, end);
        if (skip > static_cast<std::uint64_t>(end - at)) return true;  // not ours to judge
        if (group_depth > 0 || number >= shape.fields.size()) break;
        const Shape::Field& field = shape.fields[number];
        const auto size = static_cast<std::size_t>(skip);
        if (field.kind == Shape::Kind::kNoText) break;
        if (field.kind == Shape::Kind::kText ? is_utf8({reinterpret_cast<const char*>(at), size})
                                             : walk(*field.message, {at, size}, bad_path)) {
          break;
        }
        bad_path.push_back(static_cast<int>(number));
        return false;
      }
      default: return true;
    }
    if (skip > static_cast<std::uint64_t>(end - at)) return true;
    at += skip;
  }
  return true;
}

}  // namespace

std::optional<std::string> field_that_is_not_utf8(const Descriptor& type, Bytes message) {
  static const Shapes shapes;
  const Shape* shape = shapes.find(type);
  std::vector<int> bad_path;
  if (shape == nullptr || walk(*shape, message, bad_path)) return std::nullopt;
  std::string path;
  const Descriptor* at = &type;
  for (auto number = bad_path.rbegin(); number != bad_path.rend(); ++number) {
    const FieldDescriptor* field = at->FindFieldByNumber(*number);
    path += (path.empty() ? "" : ".") + field->name();
    at = field->message_type();
  }
  return path;
}

}  // namespace holdfast
