#include "commands/holdfast/file_argument.h"

#include <algorithm>

#include "engine/text/ascii.h"
#include "reports/wording.h"

namespace holdfast {
namespace {

// What no shell gives a meaning of its own, wherever it stands.
bool is_plain(char c) {
  return ascii::is_letter(c) || ascii::is_digit(c) || std::string_view("_./:-+@,").contains(c) ||
         static_cast<unsigned char>(c) >= 0x80;
}

// Between double marks these still have a meaning for shells of Linux; no name on Windows ends in '\' or holds '"'.
bool needs_single_marks(std::string_view name) {
  return name.ends_with('\\') || name.find_first_of("$`\"!") != std::string_view::npos;
}

std::string in_single_marks(std::string_view name) {
  std::string quoted = "'";
  for (const char c : name) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + '\'';
}

}  // namespace

std::string file_argument(std::string_view path) {
  std::string name = path.starts_with('-') ? "./" + std::string(path) : std::string(path);
  if (name.empty() || !std::ranges::all_of(name, is_plain))
    name = needs_single_marks(name) ? in_single_marks(name) : '"' + name + '"';
  return printable(name);
}

}  // namespace holdfast
