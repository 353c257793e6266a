// The small language in which rows name files, registry keys and values, written in the folded normal form:
//
//   HKLM\SOFTWARE\CLASSES\[EXE|COM]FILE\SHELL\*\COMMAND
//   %SYSTEMROOT%\SYSTEM32\**
//
// `*` alone is exactly one part, `**` any number of parts (also none), `*` inside a part any run of characters, and
// `[A|B]` either text, which may hold separators. %SYSTEMROOT% and %SYSTEMDRIVE% may stand first. Everything else is
// literal.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace holdfast::engine {

// Every pattern that `pattern` stands for once its [A|B] are chosen, in the order written.
std::vector<std::string> pattern_alternatives(std::string_view pattern);

// Puts `system_root` ("C:\WINDOWS") in place of a leading %SYSTEMROOT%, its drive in place of %SYSTEMDRIVE%.
std::string place_pattern(std::string_view pattern, std::string_view system_root);

// True if `glob`, in which `*` is any run of characters, is the whole of `text`. No alternatives, no parts.
bool glob_matches(std::string_view glob, std::string_view text);

// True if `pattern`, without alternatives and placed, is the whole of `path`.
bool path_matches(std::string_view pattern, std::string_view path);

// Why `pattern` is none of this language, or an empty text.
std::string pattern_problem(std::string_view pattern);

}  // namespace holdfast::engine
