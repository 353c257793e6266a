#include "sensors/evtx/value_text.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "engine/text/utf8.h"
#include "sensors/evtx/utf16.h"
#include "tests/support/evtx_writer.h"

namespace holdfast {
namespace {

std::string text_of(EvtxType type, const EvtxBytes& bytes) {
  std::string text;
  std::uint64_t replaced = 0;
  const char* reason = append_value_text(type, bytes, text, replaced);
  return reason == nullptr ? text : std::string("! ") + reason;
}

struct Case {
  EvtxType type;
  EvtxBytes bytes;
  const char* text;
};

TEST(EvtxValueText, WritesEachTypeAsWindowsDoes) {
  const EvtxBytes guid = {0x5F, 0x38, 0x70, 0x57, 0x2A, 0xC2, 0xE0, 0x43,
                          0xBF, 0x4C, 0x06, 0xF5, 0x69, 0x8F, 0xFB, 0xD9};
  const EvtxBytes system_time = {0xE4, 7, 9, 0, 5, 0, 4, 0, 7, 0, 6, 0, 10, 0, 123, 0};
  const Case cases[] = {
      {EvtxType::kNull, {}, ""},
      {EvtxType::kString, {'a', 0, 0xE9, 0, 0, 0}, "a\xC3\xA9"},
      {EvtxType::kAnsiString, {'a', 0x80, 0xE9, 0}, "a\xE2\x82\xAC\xC3\xA9"},
      {EvtxType::kInt8, {0xFF}, "-1"},
      {EvtxType::kUint8, {0xFF}, "255"},
      {EvtxType::kInt16, {0xFE, 0xFF}, "-2"},
      {EvtxType::kUint16, {0xFE, 0xFF}, "65534"},
      {EvtxType::kInt32, {0, 0, 0, 0x80}, "-2147483648"},
      {EvtxType::kUint32, {0, 0, 0, 0x80}, "2147483648"},
      {EvtxType::kInt64, little_endian(1ULL << 63, 8), "-9223372036854775808"},
      {EvtxType::kUint64, little_endian(1ULL << 63, 8), "9223372036854775808"},
      {EvtxType::kReal32, {0, 0, 0xC0, 0x3F}, "1.5"},
      {EvtxType::kReal64, little_endian(0xBFE0000000000000ULL, 8), "-0.5"},
      {EvtxType::kBool, {1, 0, 0, 0}, "true"},
      {EvtxType::kBool, {0, 0, 0, 0}, "false"},
      {EvtxType::kBinary, {0x0A, 0xFF}, "0AFF"},
      {EvtxType::kGuid, guid, "{5770385F-C22A-43E0-BF4C-06F5698FFBD9}"},
      {EvtxType::kSize, {0x10, 0, 0, 0}, "0x10"},
      {EvtxType::kSize, little_endian(0x7FF700000000ULL, 8), "0x7ff700000000"},
      {EvtxType::kFileTime, little_endian(0, 8), "1601-01-01T00:00:00.0000000Z"},
      {EvtxType::kFileTime, little_endian(132'436'731'701'234'567ULL, 8), "2020-09-04T06:06:10.1234567Z"},
      {EvtxType::kFileTime, little_endian(~0ULL, 8), "30828-09-14T02:48:05.4775807Z"},
      {EvtxType::kSystemTime, system_time, "2020-09-04T07:06:10.123Z"},
      {EvtxType::kSid, {1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0}, "S-1-5-18"},
      {EvtxType::kHexInt32, {0xF1, 0x0F, 0, 0}, "0xff1"},
      {EvtxType::kHexInt64, little_endian(0x8000000000000000ULL, 8), "0x8000000000000000"},
      {EvtxType::kXml, {'<', 0, 'a', 0}, "<a"},
  };
  for (const Case& one : cases) EXPECT_EQ(text_of(one.type, one.bytes), one.text) << static_cast<int>(one.type);
}

TEST(EvtxValueText, RefusesBytesThatAreNoSuchValue) {
  for (int type = 0x03; type <= 0x15; ++type) {
    const auto tried = static_cast<EvtxType>(type);
    if (tried == EvtxType::kBinary) continue;
    EXPECT_EQ(text_of(tried, {1, 2, 3}).front(), '!') << type;
  }
  EXPECT_EQ(text_of(EvtxType::kSid, {1, 200, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0}), "! a security identifier is torn");
  EXPECT_EQ(text_of(EvtxType::kSystemTime, EvtxBytes(16, 0xFF)), "! a system time is none");
  EXPECT_EQ(text_of(static_cast<EvtxType>(0x7E), {}), "! a value is of a type that event logs do not have");
}

TEST(Utf16, BecomesUtf8WithPairsAndWithoutHalves) {
  std::string text = "x";
  EXPECT_EQ(append_utf16(EvtxBytes{0x3D, 0xD8, 0x00, 0xDE, 'a', 0, 0x3D, 0xD8, 'b', 0, 0x00, 0xDE}, text), 2U);
  EXPECT_EQ(text,
            "x\xF0\x9F\x98\x80"
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD");
}

TEST(Utf16, LeavesOutNulsAtTheEndAndHalfAUnit) {
  std::string text;
  EXPECT_EQ(append_utf16(EvtxBytes{'a', 0, 0, 0, 'b', 0, 0, 0, 0, 0, 'c'}, text), 0U);
  EXPECT_EQ(text, std::string("a\0b", 3));
}

// Unit by unit, without the fast path for ASCII.
std::string plainly(std::vector<std::uint32_t> units, std::uint64_t& replaced) {
  while (!units.empty() && units.back() == 0) units.pop_back();
  std::string text;
  for (std::size_t i = 0; i < units.size(); ++i) {
    const bool high = units[i] >= 0xD800 && units[i] < 0xDC00;
    const bool low = units[i] >= 0xDC00 && units[i] < 0xE000;
    const bool pair = high && i + 1 < units.size() && units[i + 1] >= 0xDC00 && units[i + 1] < 0xE000;
    if (pair) {
      append_utf8(0x10000 + (units[i] - 0xD800) * 0x400 + (units[i + 1] - 0xDC00), text);
      ++i;
    } else {
      append_utf8(high || low ? 0xFFFD : units[i], text);
      replaced += high || low ? 1 : 0;
    }
  }
  return text;
}

TEST(Utf16, ReadsLikeThePlainWayWhereverAnotherCharacterStands) {
  constexpr std::size_t kUnitsMax = 20;
  for (const std::uint32_t other :
       {0x0U, 0x7FU, 0x80U, 0xFFU, 0x100U, 0x161U, 0x7FFU, 0x800U, 0xD83DU, 0xDE00U, 0xFFFFU}) {
    for (std::size_t size = 1; size <= kUnitsMax; ++size) {
      for (std::size_t first = 0; first < size; ++first) {
        std::vector<std::uint32_t> units(size, 'a');
        units[first] = other;
        if (first + 1 < size) units[first + 1] = 0xDE00;
        EvtxBytes bytes;
        for (const std::uint32_t unit : units) {
          bytes.push_back(static_cast<std::uint8_t>(unit & 0xFF));
          bytes.push_back(static_cast<std::uint8_t>(unit >> 8));
        }
        std::uint64_t replaced = 0;
        const std::string wanted = "before" + plainly(units, replaced);
        std::string text = "before";
        EXPECT_EQ(append_utf16(bytes, text), replaced);
        EXPECT_EQ(text, wanted) << std::hex << other << " at " << first << " of " << size;
      }
    }
  }
}

}  // namespace
}  // namespace holdfast
