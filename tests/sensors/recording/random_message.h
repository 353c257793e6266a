// Messages with every field the schema has, filled from a seeded generator.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <cstdint>
#include <random>
#include <string>

namespace holdfast {

class RandomMessages {
 public:
  explicit RandomMessages(std::uint32_t seed) : random_(seed) {}

  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
  std::uint64_t number() { return random_() >> below(64); }  // all magnitudes alike

  // Sets about half of the fields, and of each oneof at most one.
  void fill(google::protobuf::Message& message, int depth_max = 6) {
    const auto* type = message.GetDescriptor();
    for (int i = 0; i < type->field_count(); ++i) {
      if (below(2) == 0) continue;
      const auto& field = *type->field(i);
      const std::uint64_t values = field.is_repeated() ? below(4) : 1;
      for (std::uint64_t value = 0; value < values; ++value) set(message, field, depth_max);
    }
  }

  std::string text() {
    static constexpr const char* kPieces[] = {"C:\\", "a", "ß", "日本", "🙂", "\n", "%TEMP%", "\0x", "HKLM\\Software"};
    std::string text;
    for (std::uint64_t pieces = below(12); pieces > 0; --pieces) text += kPieces[below(std::size(kPieces))];
    return text;
  }

  std::string bytes(std::size_t size) {
    std::string bytes(size, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random_());
    return bytes;
  }

 private:
  void set(google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field, int depth_max) {
    using google::protobuf::FieldDescriptor;
    const auto* reflection = message.GetReflection();
    const bool repeated = field.is_repeated();
    const auto give = [&](auto set_one, auto add_one, auto value) {
      repeated ? (reflection->*add_one)(&message, &field, value) : (reflection->*set_one)(&message, &field, value);
    };
    using google::protobuf::Reflection;
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_BOOL: return give(&Reflection::SetBool, &Reflection::AddBool, below(2) == 1);
      case FieldDescriptor::CPPTYPE_INT32:
        return give(&Reflection::SetInt32, &Reflection::AddInt32, static_cast<std::int32_t>(number()));
      case FieldDescriptor::CPPTYPE_INT64:
        return give(&Reflection::SetInt64, &Reflection::AddInt64, static_cast<std::int64_t>(number()));
      case FieldDescriptor::CPPTYPE_UINT32:
        return give(&Reflection::SetUInt32, &Reflection::AddUInt32, static_cast<std::uint32_t>(number()));
      case FieldDescriptor::CPPTYPE_UINT64: return give(&Reflection::SetUInt64, &Reflection::AddUInt64, number());
      case FieldDescriptor::CPPTYPE_ENUM: {
        // Values that a newer program may write too.
        return give(&Reflection::SetEnumValue, &Reflection::AddEnumValue, static_cast<int>(below(1000)));
      }
      case FieldDescriptor::CPPTYPE_STRING: {
        const std::string value = field.type() == FieldDescriptor::TYPE_BYTES ? bytes(below(40)) : text();
        repeated ? reflection->AddString(&message, &field, value) : reflection->SetString(&message, &field, value);
        return;
      }
      case FieldDescriptor::CPPTYPE_MESSAGE:
        if (depth_max == 0) return;
        fill(*(repeated ? reflection->AddMessage(&message, &field) : reflection->MutableMessage(&message, &field)),
             depth_max - 1);
        return;
      default: return;  // the schema has no floats
    }
  }

  std::mt19937_64 random_;
};

}  // namespace holdfast
