#include "engine/path/case_folding.h"

#include <array>
#include <cstddef>
#include <cstdint>

#include "engine/path/case_folding_table.h"
#include "engine/text/ascii_words.h"
#include "engine/text/utf8.h"

namespace holdfast::engine {
namespace {

struct UpperCaseTable {
  std::uint16_t unit[0x10000];
};

// The ranges spread out, so that a unit costs one look-up.
constexpr UpperCaseTable spread_out() {
  UpperCaseTable table{};
  for (std::uint32_t unit = 0; unit < 0x10000; ++unit) table.unit[unit] = static_cast<std::uint16_t>(unit);
  for (std::uint16_t unit = 'a'; unit <= 'z'; ++unit) table.unit[unit] = static_cast<std::uint16_t>(unit - 'a' + 'A');
  for (const CaseRange& range : kCaseRanges) {
    for (std::uint32_t unit = range.first; unit <= range.last; unit += range.step) {
      table.unit[unit] = static_cast<std::uint16_t>(static_cast<std::int32_t>(unit) + range.add);
    }
  }
  return table;
}

constexpr UpperCaseTable kUpperCase = spread_out();

}  // namespace

char16_t upper_case(char16_t unit) { return static_cast<char16_t>(kUpperCase.unit[unit]); }

void append_folded(std::string_view utf8, std::string& out) {
  const std::size_t before = out.size();
  bool all_ascii = false;
  const std::size_t after = before + utf8.size();
  // The size that the function is given is not the one asked for where libstdc++ 12 grows the string: then the
  // capacity.
  out.resize_and_overwrite(after, [&](char* text, std::size_t) {
    all_ascii = ascii::copy_upper(utf8, text + before);
    return all_ascii ? after : before;
  });
  if (all_ascii) return;
  for (std::size_t at = 0; at < utf8.size();) {
    const CodePoint point = code_point_at(utf8, at);
    append_utf8(point.value > 0xFFFF ? point.value : upper_case(static_cast<char16_t>(point.value)), out);
    at += point.bytes;
  }
}

std::string folded(std::string_view utf8) {
  std::string out;
  append_folded(utf8, out);
  return out;
}

}  // namespace holdfast::engine
