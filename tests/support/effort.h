// How much of a long test is tried: all of it, or a part where every step costs ten times as much.
#pragma once

#include <cstddef>
#include <vector>

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

// Those of `all` that are tried.
template <typename T>
std::vector<T> some_of(const std::vector<T>& all) {
  std::vector<T> some;
  for (std::size_t i = 0; i < all.size(); i += kOneIn) some.push_back(all[i]);
  return some;
}

}  // namespace holdfast::test
