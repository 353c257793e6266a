#include "engine/text/check.h"

#include <stdexcept>
#include <string>

namespace holdfast::engine {
namespace {

[[noreturn]] void fail(std::string_view why) {
  throw std::logic_error("holdfast: broken invariant: " + std::string(why));
}

}  // namespace

// The engine knows no stream to complain to. An exception that cannot leave this function ends the program, and the
// language's runtime prints its text.
void broken_invariant(std::string_view why) noexcept { fail(why); }

}  // namespace holdfast::engine
