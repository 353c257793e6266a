#include "sensors/evtx/value_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <chrono>
#include <cstring>
#include <iterator>
#include <limits>
#include <string_view>

#include "engine/text/utf8.h"
#include "sensors/evtx/byte_cursor.h"
#include "sensors/evtx/utf16.h"

namespace holdfast {
namespace {

constexpr std::uint64_t kTicksPerSecond = 10'000'000;
constexpr std::int64_t kSecondsPerDay = 86'400;
constexpr std::size_t kSidFixedBytes = 8;  // before its sub-authorities
constexpr auto kHexBytes = [] {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::array<std::array<char, 2>, 256> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = {kDigits[i >> 4], kDigits[i & 0xF]};
  return bytes;
}();

std::uint64_t number(std::span<const std::uint8_t> bytes) {
  if (bytes.size() == 8) return ByteCursor(bytes, 0, 8).u64();
  if (bytes.size() == 4) return ByteCursor(bytes, 0, 4).u32();
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) value = (value << 8) | bytes[i];
  return value;
}

template <typename Integer>
void append_number(Integer value, std::string& out, int base = 10) {
  std::array<char, std::numeric_limits<std::uint64_t>::digits10 + 2> digits;
  out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value, base).ptr);
}

template <typename Integer>
void append_integer(std::span<const std::uint8_t> bytes, std::string& out) {
  append_number(static_cast<Integer>(number(bytes)), out);
}

void append_hex_number(std::uint64_t value, std::string& out) {
  out += "0x";
  append_number(value, out, 16);
}

char* write_hex_byte(std::uint8_t byte, char* to) {
  std::memcpy(to, kHexBytes[byte].data(), kHexBytes[byte].size());
  return to + kHexBytes[byte].size();
}

void append_hex_bytes(std::span<const std::uint8_t> bytes, std::string& out) {
  const std::size_t begin = out.size();
  out.resize(begin + 2 * bytes.size());
  char* to = out.data() + begin;
  for (const std::uint8_t byte : bytes) to = write_hex_byte(byte, to);
}

// The first three groups are little-endian numbers.
void append_guid(std::span<const std::uint8_t> bytes, std::string& out) {
  static constexpr std::int8_t kOrder[] = {3, 2, 1, 0, -1, 5, 4, -1, 7, 6, -1, 8, 9, -1, 10, 11, 12, 13, 14, 15};
  std::array<char, sizeof "{00000000-0000-0000-0000-000000000000}" - 1> text;
  char* to = text.data();
  *to++ = '{';
  for (const std::int8_t i : kOrder) {
    if (i < 0) {
      *to++ = '-';
    } else {
      to = write_hex_byte(bytes[static_cast<std::size_t>(i)], to);
    }
  }
  *to = '}';
  out.append(text.data(), text.size());
}

bool append_sid(std::span<const std::uint8_t> bytes, std::string& out) {
  constexpr std::size_t kSubAuthoritiesMax = 15;
  if (bytes.size() < kSidFixedBytes || bytes[1] > kSubAuthoritiesMax || bytes.size() < kSidFixedBytes + bytes[1] * 4U)
    return false;
  std::uint64_t authority = 0;  // big-endian, unlike all else
  for (std::size_t i = 2; i < kSidFixedBytes; ++i) authority = (authority << 8) | bytes[i];
  std::array<char, (2 + kSubAuthoritiesMax) * (std::numeric_limits<std::uint64_t>::digits10 + 2)> text;
  char* to = text.data();
  const auto write = [&](char before, std::uint64_t value) {
    *to++ = before;
    to = std::to_chars(to, text.data() + text.size(), value).ptr;
  };
  *to++ = 'S';
  write('-', bytes[0]);
  write('-', authority);
  for (std::size_t i = 0; i < bytes[1]; ++i) write('-', number(bytes.subspan(kSidFixedBytes + i * 4, 4)));
  out.append(text.data(), to);
  return true;
}

// Windows-1252 differs from Latin-1 in 0x80 to 0x9F only.
void append_ansi(std::span<const std::uint8_t> bytes, std::string& out) {
  static constexpr std::uint16_t kHigh[32] = {0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                              0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,   0x017D, 0x8F,
                                              0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                              0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};
  while (!bytes.empty() && bytes.back() == 0) bytes = bytes.first(bytes.size() - 1);
  for (const std::uint8_t byte : bytes) append_utf8(byte >= 0x80 && byte < 0xA0 ? kHigh[byte - 0x80] : byte, out);
}

bool append_system_time(std::span<const std::uint8_t> bytes, std::string& out) {
  ByteCursor fields(bytes, 0, bytes.size());
  const unsigned year = fields.u16();
  const unsigned month = fields.u16();
  fields.skip(2);  // the day of the week
  const unsigned day = fields.u16();
  const unsigned hour = fields.u16();
  const unsigned minute = fields.u16();
  const unsigned second = fields.u16();
  const unsigned ms = fields.u16();
  if (month > 12 || day > 31 || hour > 23 || minute > 59 || second > 59 || ms > 999) return false;
  fmt::format_to(std::back_inserter(out), "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", year, month, day, hour, minute,
                 second, ms);
  return true;
}

// Bytes of a value by its type's number, exactly; 0 where they vary.
constexpr auto kFixedSizes = [] {
  struct Row {
    EvtxType type;
    std::uint8_t bytes;
  };
  constexpr Row kRows[] = {
      {EvtxType::kInt8, 1},     {EvtxType::kUint8, 1},       {EvtxType::kInt16, 2},    {EvtxType::kUint16, 2},
      {EvtxType::kInt32, 4},    {EvtxType::kUint32, 4},      {EvtxType::kInt64, 8},    {EvtxType::kUint64, 8},
      {EvtxType::kReal32, 4},   {EvtxType::kReal64, 8},      {EvtxType::kBool, 4},     {EvtxType::kGuid, 16},
      {EvtxType::kFileTime, 8}, {EvtxType::kSystemTime, 16}, {EvtxType::kHexInt32, 4}, {EvtxType::kHexInt64, 8},
  };
  std::array<std::uint8_t, 256> sizes{};
  for (const Row& row : kRows) sizes[static_cast<std::size_t>(row.type)] = row.bytes;
  return sizes;
}();

std::size_t fixed_size(EvtxType type) { return kFixedSizes[static_cast<std::size_t>(type)]; }

// `digits` decimal places, with zeros in front.
char* write_padded(std::uint64_t value, std::size_t digits, char* to) {
  for (std::size_t i = digits; i-- > 0; value /= 10) to[i] = static_cast<char>('0' + value % 10);
  return to + digits;
}

// A number of another size than its type has: what its bytes say.
void append_number_of_any_size(EvtxType type, std::span<const std::uint8_t> bytes, std::string& out) {
  switch (type) {
    case EvtxType::kInt8:
    case EvtxType::kInt16:
    case EvtxType::kInt32:
    case EvtxType::kInt64: {
      const std::size_t unused_bits = 64 - 8 * bytes.size();
      append_number(static_cast<std::int64_t>(number(bytes) << unused_bits) >> unused_bits, out);
      break;
    }
    case EvtxType::kUint8:
    case EvtxType::kUint16:
    case EvtxType::kUint32:
    case EvtxType::kUint64: append_number(number(bytes), out); break;
    case EvtxType::kHexInt32:
    case EvtxType::kHexInt64: append_hex_number(number(bytes), out); break;
    case EvtxType::kBool: out += number(bytes) != 0 ? "true" : "false"; break;
    default: break;  // no number
  }
}

}  // namespace

bool has_fixed_size(EvtxType type, std::span<const std::uint8_t> bytes) {
  return type != EvtxType::kSystemTime && !bytes.empty() && fixed_size(type) == bytes.size();
}

std::size_t array_element_bytes(EvtxType type, std::span<const std::uint8_t> array) {
  if (type == EvtxType::kSize) return 8;
  if (type == EvtxType::kSid) return kSidFixedBytes + (array.size() > 1 ? array[1] * 4U : 0U);
  return fixed_size(type);
}

void append_file_time(std::uint64_t ticks, std::string& out) {
  constexpr std::int64_t kDaysTo1970 = 134'774;                                      // from 1601
  ticks = std::min<std::uint64_t>(ticks, std::numeric_limits<std::int64_t>::max());  // the year 30828, Windows' last
  const auto seconds = static_cast<std::int64_t>(ticks / kTicksPerSecond);
  const std::chrono::year_month_day date{
      std::chrono::sys_days{std::chrono::days{seconds / kSecondsPerDay - kDaysTo1970}}};
  struct Part {
    std::uint64_t value;
    std::size_t digits;
    char behind;
  };
  const auto year = static_cast<std::uint64_t>(static_cast<int>(date.year()));
  const auto time = static_cast<std::uint64_t>(seconds % kSecondsPerDay);
  const Part parts[] = {{year, year < 10'000 ? 4U : 5U, '-'},
                        {static_cast<unsigned>(date.month()), 2, '-'},
                        {static_cast<unsigned>(date.day()), 2, 'T'},
                        {time / 3600, 2, ':'},
                        {time / 60 % 60, 2, ':'},
                        {time % 60, 2, '.'},
                        {ticks % kTicksPerSecond, 7, 'Z'}};
  std::array<char, sizeof "30828-09-14T02:48:05.4775807Z" - 1> text;
  char* to = text.data();
  for (const Part& part : parts) {
    to = write_padded(part.value, part.digits, to);
    *to++ = part.behind;
  }
  out.append(text.data(), to);
}

const char* append_value_text(EvtxType type, std::span<const std::uint8_t> bytes, std::string& out,
                              std::uint64_t& replaced) {
  if (const std::size_t wanted = fixed_size(type); wanted != 0 && bytes.size() != wanted) {
    if (bytes.size() == 1 || bytes.size() == 2 || bytes.size() == 4 || bytes.size() == 8) {
      append_number_of_any_size(type, bytes, out);
    }
    return "a value has not the size of its type";
  }
  switch (type) {
    case EvtxType::kNull: return nullptr;
    case EvtxType::kString:
    case EvtxType::kXml: replaced += append_utf16(bytes, out); return nullptr;
    case EvtxType::kAnsiString: append_ansi(bytes, out); return nullptr;
    case EvtxType::kInt8: append_integer<std::int8_t>(bytes, out); return nullptr;
    case EvtxType::kInt16: append_integer<std::int16_t>(bytes, out); return nullptr;
    case EvtxType::kInt32: append_integer<std::int32_t>(bytes, out); return nullptr;
    case EvtxType::kInt64: append_integer<std::int64_t>(bytes, out); return nullptr;
    case EvtxType::kUint8:
    case EvtxType::kUint16:
    case EvtxType::kUint32:
    case EvtxType::kUint64: append_integer<std::uint64_t>(bytes, out); return nullptr;
    case EvtxType::kReal32:
      fmt::format_to(std::back_inserter(out), "{}", std::bit_cast<float>(static_cast<std::uint32_t>(number(bytes))));
      return nullptr;
    case EvtxType::kReal64:
      fmt::format_to(std::back_inserter(out), "{}", std::bit_cast<double>(number(bytes)));
      return nullptr;
    case EvtxType::kBool: out += number(bytes) != 0 ? "true" : "false"; return nullptr;
    case EvtxType::kBinary: append_hex_bytes(bytes, out); return nullptr;
    case EvtxType::kGuid: append_guid(bytes, out); return nullptr;
    case EvtxType::kSize:
      if (bytes.size() != 4 && bytes.size() != 8) return "a size has neither 4 nor 8 bytes";
      append_hex_number(number(bytes), out);
      return nullptr;
    case EvtxType::kFileTime: append_file_time(number(bytes), out); return nullptr;
    case EvtxType::kSystemTime: return append_system_time(bytes, out) ? nullptr : "a system time is none";
    case EvtxType::kSid: return append_sid(bytes, out) ? nullptr : "a security identifier is torn";
    case EvtxType::kHexInt32:
    case EvtxType::kHexInt64: append_hex_number(number(bytes), out); return nullptr;
    case EvtxType::kBinaryXml: break;
  }
  return "a value is of a type that event logs do not have";
}

}  // namespace holdfast
