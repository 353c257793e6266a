#include "sensors/http/media_type.h"

#include <algorithm>
#include <cstddef>

#include "engine/text/ascii.h"

namespace holdfast {
namespace {

constexpr std::size_t kMediaTypeBytes_max = 255;

bool is_token_char(char c) {
  return ascii::is_letter(c) || ascii::is_digit(c) || (c != '\0' && std::string_view("!#$%&'*+-.^_`|~").contains(c));
}

bool is_token(std::string_view text) { return !text.empty() && std::ranges::all_of(text, is_token_char); }

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

}  // namespace

std::string media_type(std::string_view content_type) {
  const std::string_view type = trimmed(content_type.substr(0, content_type.find(';')));
  const std::size_t slash = type.find('/');
  if (slash == std::string_view::npos || type.size() > kMediaTypeBytes_max) return {};
  if (!is_token(type.substr(0, slash)) || !is_token(type.substr(slash + 1))) return {};
  return ascii::lower_case(std::string(type));
}

}  // namespace holdfast
