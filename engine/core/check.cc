#include "engine/core/check.h"

#include <cstdlib>

#include <fmt/core.h>

namespace holdfast::engine {

void broken_invariant(std::string_view why) {
  fmt::print(stderr, "holdfast: broken invariant: {}\n", why);
  std::abort();
}

}  // namespace holdfast::engine
