// The typed values of an event log as Windows writes them into the event's XML.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace holdfast {

// Of a value in binary XML: [MS-EVEN6] 2.2.17, "Value types". Added to it, 0x80 is an array of such values.
enum class EvtxType : std::uint8_t {
  kNull = 0x00,
  kString = 0x01,
  kAnsiString = 0x02,
  kInt8 = 0x03,
  kUint8 = 0x04,
  kInt16 = 0x05,
  kUint16 = 0x06,
  kInt32 = 0x07,
  kUint32 = 0x08,
  kInt64 = 0x09,
  kUint64 = 0x0A,
  kReal32 = 0x0B,
  kReal64 = 0x0C,
  kBool = 0x0D,
  kBinary = 0x0E,
  kGuid = 0x0F,
  kSize = 0x10,
  kFileTime = 0x11,
  kSystemTime = 0x12,
  kSid = 0x13,
  kHexInt32 = 0x14,
  kHexInt64 = 0x15,
  kBinaryXml = 0x21,
  kXml = 0x23,
};
inline constexpr std::uint8_t kEvtxArray = 0x80;

// Appends the text of one value of `type` (no array, no binary XML): numbers in decimal, the hexadecimal types and
// sizes as 0x1f, GUIDs in braces and upper case, times as 2026-04-17T05:24:53.0920510Z, SIDs as S-1-5-18, bytes as hex
// digits. `replaced` counts characters that became U+FFFD. Null, or what is odd about the bytes: then only what they
// tell all the same is appended, which is the number of one that has not the size of its type, and otherwise nothing.
const char* append_value_text(EvtxType type, std::span<const std::uint8_t> bytes, std::string& out,
                              std::uint64_t& replaced);

// The bytes are as many as every value of `type` has: its text is then never odd, and nothing in it is replaced. False
// for types whose values vary.
bool has_fixed_size(EvtxType type, std::span<const std::uint8_t> bytes);

// Bytes of the element with which an array of `type` begins, more than are there at times; 0 where its elements end
// with a NUL (texts) or the type has no arrays.
std::size_t array_element_bytes(EvtxType type, std::span<const std::uint8_t> array);

// A FILETIME, ticks of 100 ns since 1601 (UTC), as text.
void append_file_time(std::uint64_t ticks, std::string& out);

}  // namespace holdfast
