// SHA-256 (FIPS 180-4), for the replay hash.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace holdfast::engine {

class Sha256 {
 public:
  Sha256();
  void update(std::string_view bytes);
  std::array<std::uint8_t, 32> digest() const;  // of everything so far; more may follow
  std::string hex() const;                      // 64 lower-case digits

 private:
  std::array<std::uint32_t, 8> state_;
  std::array<std::uint8_t, 64> block_;
  std::uint64_t length_ = 0;
};

}  // namespace holdfast::engine
