#include "sim/expect/comparison.h"

#include <fmt/format.h>

#include "sim/text/duration.h"

namespace holdfast {
namespace {

// As protobuf text, so that it can be pasted into the scenario.
std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\{:03o}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string flag_text(bool value) { return value ? "true" : "false"; }

}  // namespace

void Comparison::other(std::string_view field, bool met, std::string expected, std::string actual) {
  ++wishes_;
  if (!met) mismatches_.push_back({std::string(field), std::move(expected), std::move(actual)});
}

void Comparison::compare(std::string_view field, std::string expected, std::string actual) {
  const bool met = expected == actual;
  other(field, met, std::move(expected), std::move(actual));
}

void Comparison::flag(std::string_view field, std::optional<bool> expected, bool actual) {
  if (expected) compare(field, flag_text(*expected), flag_text(actual));
}

void Comparison::number(std::string_view field, std::uint64_t expected, std::uint64_t actual) {
  if (expected != 0) compare(field, fmt::format("{}", expected), fmt::format("{}", actual));
}

void Comparison::text(std::string_view field, const std::string& expected, const std::string& actual) {
  if (!expected.empty()) compare(field, in_quotes(expected), in_quotes(actual));
}

void Comparison::path(std::string_view field, const std::string& expected, const std::string& actual) {
  if (expected.empty()) return;
  const bool is_end = actual.size() > expected.size() && actual.ends_with(expected) &&
                      actual[actual.size() - expected.size() - 1] == '\\';
  other(field, actual == expected || is_end, in_quotes(expected), in_quotes(actual));
}

void Comparison::part(std::string_view field, const std::string& expected, const std::string& actual) {
  if (expected.empty()) return;
  other(field, actual.find(expected) != std::string::npos, in_quotes(expected), in_quotes(actual));
}

void Comparison::time(std::string_view field, const std::string& expected, std::optional<std::uint64_t> actual_ns) {
  if (expected.empty()) return;
  const std::uint64_t expected_ns = parse_duration(expected).value_or(0);  // checked when the scenario was read
  other(field, actual_ns == expected_ns, in_quotes(expected),
        actual_ns ? in_quotes(duration_text(*actual_ns)) : "never");
}

void Comparison::time_at_most(std::string_view field, const std::string& expected, std::uint64_t actual_ns) {
  if (expected.empty()) return;
  other(field, actual_ns <= parse_duration(expected).value_or(0), in_quotes(expected),
        in_quotes(duration_text(actual_ns)));
}

}  // namespace holdfast
