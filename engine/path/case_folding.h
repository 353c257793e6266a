// Upper case by the rules of NTFS names: one UTF-16 unit to one, the same on every machine and in every language.
#pragma once

#include <string>
#include <string_view>

namespace holdfast::engine {

// As RtlUpcaseUnicodeChar: the upper case of one UTF-16 unit; halves of surrogate pairs are their own.
char16_t upper_case(char16_t unit);

// Appends `utf8` to `out` in upper case, U+FFFD for what is not UTF-8. Code points above U+FFFF stay as they are.
void append_folded(std::string_view utf8, std::string& out);
std::string folded(std::string_view utf8);

}  // namespace holdfast::engine
