// UTF-16 as Windows keeps it becomes UTF-8.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace holdfast {

// Appends little-endian UTF-16, without the NULs at its end; an odd last byte is left out. Half surrogate pairs, which
// no UTF-8 text can hold, become U+FFFD; returns how many.
std::uint64_t append_utf16(std::span<const std::uint8_t> bytes, std::string& out);

}  // namespace holdfast
