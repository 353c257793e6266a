// How much of a long test is tried: all of it, or a part where every step costs ten times as much.
#pragma once

#include <cstddef>

namespace holdfast::test {

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HOLDFAST_SANITIZED 1
#endif
#endif

// One in so many of what another build tries in full, which shows the same; a sanitizer looks for something else.
#ifdef HOLDFAST_SANITIZED
inline constexpr std::size_t kOneIn = 11;  // prime: in step with no table
#else
inline constexpr std::size_t kOneIn = 1;
#endif

}  // namespace holdfast::test
