// Wildcards inside one part of a path: '*' is any run of characters, '?' is one character.
#pragma once

#include <string_view>

namespace holdfast::engine {

constexpr bool has_wildcard(std::string_view text) { return text.find_first_of("*?") != std::string_view::npos; }

// Whether `name` fits `pattern`. Both folded, valid UTF-8; compared by code points. Cost at most their product.
bool wildcard_matches(std::string_view pattern, std::string_view name);

// Whether every name that fits `narrow`, itself a pattern, fits `wide`. Never wrongly true; false where only a closer
// look could tell ("*?" and "?*").
bool wildcard_covers(std::string_view wide, std::string_view narrow);

}  // namespace holdfast::engine
