#include "sim/redaction/mapping.h"

#include <algorithm>
#include <optional>

namespace holdfast {

namespace {

std::string map_quotations(std::string_view text, const Names& names) {
  std::string mapped;
  while (!text.empty()) {
    const std::size_t begin = text.find_first_of("\"%");
    const std::size_t end = begin == std::string_view::npos ? begin : text.find(text[begin], begin + 1);
    if (end == std::string_view::npos) break;
    mapped += text.substr(0, begin);
    mapped += names.map(text.substr(begin, end - begin));
    text.remove_prefix(end);
    mapped += text.front();
    text.remove_prefix(1);
  }
  mapped += text;
  return mapped;
}

}  // namespace

std::string mapped(FieldClass type, std::string_view text, const Names& names) {
  switch (type) {
    case FieldClass::kCleared: return {};
    case FieldClass::kKept:
    case FieldClass::kHash: return std::string(text);
    case FieldClass::kQuoting: return map_quotations(text, names);
    default: return names.map(text);
  }
}

Expected<void> check_no_leak(FieldClass type, std::string_view text, const Names& names) {
  // What the engine quotes is compared with what an engine quotes that was never told the name.
  if (type == FieldClass::kKept || type == FieldClass::kHash || type == FieldClass::kQuoting) return {};
  std::optional<std::string> found = names.find_in(text);
  if (!found && type == FieldClass::kBody) {
    std::string without_zeros(text);
    std::erase(without_zeros, '\0');  // UTF-16 of ASCII
    found = names.find_in(without_zeros);
  }
  if (!found) return {};
  return std::unexpected(Error{.where = {},
                               .field = {},
                               .what = "\"" + *found + "\" would still stand in it",
                               .remedy = "do not hand this recording on"});
}

}  // namespace holdfast
