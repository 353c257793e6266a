// Broken invariants abort with a message, also in release builds: an engine that lost its footing must not decide.
#pragma once

#include <string_view>

namespace holdfast::engine {

[[noreturn]] void broken_invariant(std::string_view why) noexcept;

// `why` says what was taken for granted.
inline void check(bool holds, std::string_view why) {
  if (!holds) [[unlikely]] {
    broken_invariant(why);
  }
}

}  // namespace holdfast::engine
