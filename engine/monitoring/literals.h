// Every text that the engine compares what it is told with: whoever rewrites a recording must leave these words alone,
// or the engine decides otherwise.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace holdfast::engine {

enum class LiteralKind : std::uint8_t {
  kText,        // as it stands
  kPattern,     // of engine/monitoring/pattern.h
  kExpression,  // RE2
};

// Tables first (rules, Windows' own files, interpreters, folders, variables, registry roots), then what code compares
// or writes by itself. Texts may come twice.
void for_each_literal(const std::function<void(LiteralKind kind, std::string_view text)>& take);

}  // namespace holdfast::engine
