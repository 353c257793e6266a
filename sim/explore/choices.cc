#include "sim/explore/choices.h"

namespace holdfast {

std::uint64_t Choices::take(std::size_t bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < bytes; ++i) {
    number = (number << 8U) | (next_ < bytes_.size() ? bytes_[next_] : 0U);
    ++next_;
  }
  return number;
}

std::uint64_t Choices::any() { return from_bytes_ ? take(8) : random_.next(); }

std::uint64_t Choices::below(std::uint64_t n) {
  // As good as even for choices of this size, and without a division: a life makes a dozen of them for each input.
  if (!from_bytes_) return n <= UINT32_MAX ? ((random_.next() >> 32U) * n) >> 32U : random_.below(n);
  if (n <= 1) return 0;
  if (n <= 0x100) return take(1) % n;
  if (n <= 0x10000) return take(2) % n;
  return take(8) % n;
}

}  // namespace holdfast
