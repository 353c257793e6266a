#include "sensors/recording/utf8_fields.h"

#include <google/protobuf/descriptor.h>

#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "engine/schema/recording.pb.h"

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
        const Bytes content(at, static_cast<std::size_t>(skip));
        if (field.kind == Shape::Kind::kNoText) break;
        if (field.kind == Shape::Kind::kText ? is_utf8(content) : walk(*field.message, content, bad_path)) break;
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

// Bytes of the code point at `at`, or 0: Unicode 15, table 3-7.
std::size_t code_point_bytes(Bytes at) {
  const auto follows = [&](std::size_t i, std::uint8_t low, std::uint8_t high) {
    return i < at.size() && at[i] >= low && at[i] <= high;
  };
  const std::uint8_t lead = at[0];
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return follows(1, 0x80, 0xBF) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const std::uint8_t low = lead == 0xE0 ? 0xA0 : 0x80;   // no longer form than needed
    const std::uint8_t high = lead == 0xED ? 0x9F : 0xBF;  // no surrogates
    return follows(1, low, high) && follows(2, 0x80, 0xBF) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const std::uint8_t low = lead == 0xF0 ? 0x90 : 0x80;
    const std::uint8_t high = lead == 0xF4 ? 0x8F : 0xBF;  // nothing beyond U+10FFFF
    return follows(1, low, high) && follows(2, 0x80, 0xBF) && follows(3, 0x80, 0xBF) ? 4 : 0;
  }
  return 0;
}

}  // namespace

bool is_utf8(Bytes text) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080;
  while (!text.empty()) {
    std::uint64_t eight = 0;
    while (text.size() >= sizeof eight) {
      std::memcpy(&eight, text.data(), sizeof eight);
      if ((eight & kHighBits) != 0) break;
      text = text.subspan(sizeof eight);
    }
    if (text.empty()) return true;
    const std::size_t used = code_point_bytes(text);
    if (used == 0) return false;
    text = text.subspan(used);
  }
  return true;
}

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
