// Compares the fields that an expectation sets with what happened, and remembers each that differs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/story/run.h"

namespace holdfast {

class Comparison {
 public:
  // Each takes the field's name, the expected value and the actual one; an expected value that is not set is no wish.
  template <typename Enum>
  void value(std::string_view field, Enum expected, Enum actual, const std::string& (*name)(Enum)) {
    if (static_cast<int>(expected) == 0) return;
    compare(field, name(expected), name(actual));
  }
  void flag(std::string_view field, std::optional<bool> expected, bool actual);
  void number(std::string_view field, std::uint64_t expected, std::uint64_t actual);
  void text(std::string_view field, const std::string& expected, const std::string& actual);
  // A whole path or its last part.
  void path(std::string_view field, const std::string& expected, const std::string& actual);
  // What the actual text must contain.
  void part(std::string_view field, const std::string& expected, const std::string& actual);
  // A duration; no actual value: it never happened.
  void time(std::string_view field, const std::string& expected, std::optional<std::uint64_t> actual_ns);
  void time_at_most(std::string_view field, const std::string& expected, std::uint64_t actual_ns);
  // Anything else: `met` says whether it holds.
  void other(std::string_view field, bool met, std::string expected, std::string actual);

  std::size_t wishes() const { return wishes_; }
  bool met() const { return mismatches_.empty(); }
  const std::vector<Mismatch>& mismatches() const { return mismatches_; }

 private:
  void compare(std::string_view field, std::string expected, std::string actual);

  std::size_t wishes_ = 0;
  std::vector<Mismatch> mismatches_;
};

}  // namespace holdfast
