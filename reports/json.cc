#include "reports/json.h"

#include <fmt/format.h>

#include <utility>

#include "engine/text/utf8.h"
#include "reports/wording.h"

namespace holdfast {

JsonWriter& JsonWriter::object() { return open('{'); }
JsonWriter& JsonWriter::array() { return open('['); }

JsonWriter& JsonWriter::object(std::string_view name) {
  key(name);
  first_ = true;  // the value belongs to the key: no comma
  return open('{');
}

JsonWriter& JsonWriter::array(std::string_view name) {
  key(name);
  first_ = true;
  return open('[');
}

JsonWriter& JsonWriter::end() {
  text_ += open_.back();
  open_.pop_back();
  first_ = false;
  return *this;
}

JsonWriter& JsonWriter::field(std::string_view name, std::string_view value) {
  key(name);
  quote(value);
  return *this;
}

JsonWriter& JsonWriter::field(std::string_view name, bool value) { return raw(name, value ? "true" : "false"); }

JsonWriter& JsonWriter::tenths(std::string_view name, std::uint64_t value) {
  return raw(name, fmt::format("{}.{}", value / 10, value % 10));
}

JsonWriter& JsonWriter::element(std::string_view value) {
  separate();
  quote(value);
  return *this;
}

JsonWriter& JsonWriter::number(std::uint64_t value) {
  separate();
  text_ += std::to_string(value);
  return *this;
}

std::string JsonWriter::take() { return std::exchange(text_, {}); }

void JsonWriter::separate() {
  if (!first_) text_ += ',';
  first_ = false;
}

void JsonWriter::key(std::string_view name) {
  separate();
  quote(name);
  text_ += ':';
}

JsonWriter& JsonWriter::raw(std::string_view name, std::string_view value) {
  key(name);
  text_ += value;
  return *this;
}

JsonWriter& JsonWriter::open(char bracket) {
  separate();
  text_ += bracket;
  open_.push_back(bracket == '{' ? '}' : ']');
  first_ = true;
  return *this;
}

void JsonWriter::quote(std::string_view value) {
  text_ += '"';
  for (std::size_t at = 0; at < value.size();) {
    const CodePoint point = code_point_at(value, at);
    if (point.value == U'"' || point.value == U'\\') {
      text_ += '\\';
      text_ += value[at];
    } else if (point.value < 0x20 || !point.valid) {
      text_ += fmt::format("\\u{:04x}", static_cast<std::uint32_t>(point.value));
    } else {
      text_ += value.substr(at, point.bytes);
    }
    at += point.bytes;
  }
  text_ += '"';
}

}  // namespace holdfast
