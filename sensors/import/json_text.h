// Raw values of events, and turning those of a JSON document into text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace holdfast {

// A scalar as it stands in the log: between the quotes of a JSON string, or a number, a word or a text without escapes.
struct RawValue {
  const char* data = nullptr;
  std::uint32_t size = 0;
  bool quoted = false;  // escapes of JSON may stand in it
  bool null = false;    // the word null

  std::string_view view() const { return {data, size}; }
};

// Replaces the escapes of a JSON string's inside and writes the text to `out` (what it held is gone). `surrogates`
// counts half surrogate pairs, which no UTF-8 text can hold: they become U+FFFD. False on an escape that JSON does not
// know.
bool unescape_json(std::string_view raw, std::string& out, std::uint64_t& surrogates);

// Replaces &lt; &gt; &amp; &quot; &apos; in place: nxlog writes field values as they stand in the event's XML.
void unescape_xml(std::string& text);

// Cuts `text` to at most `bytes_max` bytes without splitting a character. True if something was cut.
bool shorten_utf8(std::string& text, std::size_t bytes_max);

// True for true, false, null and numbers as JSON writes them.
bool is_json_scalar(std::string_view token);

}  // namespace holdfast
