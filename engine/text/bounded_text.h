// Texts of the world outside that are kept: never longer than their bound, and always valid UTF-8, because no recording
// may hold a snapshot with a text that nobody can read.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace holdfast {

// `text` with U+FFFD in place of each invalid sequence, cut off behind the last whole character within `bytes_max`.
std::string bounded_text(std::string_view text, std::size_t bytes_max);

// Whether bounded_text would give the same text: what a state may hold.
bool is_bounded_text(std::string_view text, std::size_t bytes_max);

}  // namespace holdfast
