// Writes JSON as it goes: reports hand it their fields, it minds commas, quotes and bytes that are no UTF-8.
//
//   JsonWriter json;
//   json.object().field("events", 12).array("decisions");
//   for (...) json.object().field("number", n).end();
//   json.end().end();
//   json.text()   {"events":12,"decisions":[{"number":1}]}
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast {

class JsonWriter {
 public:
  // Opens an object or array: as an element, or under a key of the object that is open. end() closes the innermost.
  JsonWriter& object();
  JsonWriter& object(std::string_view key);
  JsonWriter& array();
  JsonWriter& array(std::string_view key);
  JsonWriter& end();

  JsonWriter& field(std::string_view key, std::string_view value);
  JsonWriter& field(std::string_view key, const char* value) { return field(key, std::string_view(value)); }
  JsonWriter& field(std::string_view key, bool value);
  template <std::integral Number>
    requires(!std::same_as<Number, bool>)
  JsonWriter& field(std::string_view key, Number value) {
    return raw(key, std::to_string(value));
  }
  // A number of tenths as the decimal fraction that it is: 225 is 22.5.
  JsonWriter& tenths(std::string_view key, std::uint64_t value);
  JsonWriter& element(std::string_view value);
  JsonWriter& number(std::uint64_t value);  // an element

  // Everything so far. A long report takes and clears it from time to time.
  const std::string& text() const { return text_; }
  std::string take();

 private:
  void separate();
  void key(std::string_view name);
  void quote(std::string_view value);
  JsonWriter& raw(std::string_view name, std::string_view value);
  JsonWriter& open(char bracket);

  std::string text_;
  std::vector<char> open_;  // closing brackets, innermost last
  bool first_ = true;       // nothing stands in the innermost yet
};

}  // namespace holdfast
