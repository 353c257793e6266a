// Finds the few patterns out of many that a text could fit, by short runs of characters ("grams") that it must hold.
//
// Each pattern is filed under one gram of two to four bytes of its literals: the one that the fewest patterns share. A
// text is then read once; only patterns whose gram stands in it are tried. So the cost depends on the text, and hardly
// on the number of patterns.
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::engine {

class LiteralIndex {
 public:
  static constexpr std::size_t kPatternsMax = 1024;
  using Seen = std::bitset<kPatternsMax>;

  LiteralIndex() = default;

  // Takes for each pattern, at most kPatternsMax, the texts that all it matches must hold. A pattern without a literal
  // of two bytes is a candidate for every text.
  explicit LiteralIndex(const std::vector<std::vector<std::string>>& literals_of_patterns);

  // Calls visit(number of the pattern) for every candidate, each once, in no useful order.
  template <typename Visit>
  void for_each_candidate(std::string_view text, Visit visit) const {
    if (pattern_count_ == 0) return;
    Seen seen;
    const auto visit_once = [&](std::uint16_t pattern) {
      if (seen[pattern]) return;
      seen.set(pattern);
      visit(pattern);
    };
    for (const std::uint16_t pattern : unfiled_) visit_once(pattern);
    const auto visit_at = [&](std::uint32_t bytes, std::size_t size_max) {
      for (std::size_t size = kBytesMin; size <= size_max; ++size) {
        if (!sizes_used_[size]) continue;
        const std::uint64_t gram = gram_of(bytes, size);
        const std::uint64_t hash = hash_of(gram);
        if (filter_[hash >> (64U - kFilterBits)]) visit_bucket(gram, hash, visit_once);
      }
    };
    std::size_t at = 0;
    for (; at + kBytesMax <= text.size(); ++at) {
      std::uint32_t bytes = 0;
      std::memcpy(&bytes, text.data() + at, kBytesMax);
      visit_at(bytes, kBytesMax);
    }
    for (; at + kBytesMin <= text.size(); ++at) {
      std::uint32_t bytes = 0;
      std::memcpy(&bytes, text.data() + at, text.size() - at);
      visit_at(bytes, text.size() - at);
    }
  }

 private:
  static constexpr std::size_t kBytesMin = 2;
  static constexpr std::size_t kBytesMax = 4;
  static constexpr unsigned kFilterBits = 15;

  struct Slot {
    std::uint64_t gram = 0;   // 0: free
    std::uint32_t first = 0;  // of its patterns in filed_
    std::uint32_t count = 0;
  };

  static constexpr std::uint64_t gram_of(std::uint32_t bytes, std::size_t size) {
    const std::uint64_t kept = bytes & (0xFFFFFFFFU >> (8U * (kBytesMax - static_cast<unsigned>(size))));
    return kept | (static_cast<std::uint64_t>(size) << 32U);
  }
  static constexpr std::uint64_t hash_of(std::uint64_t gram) { return (gram ^ (gram >> 16U)) * 0x9E3779B97F4A7C15U; }

  template <typename Visit>
  void visit_bucket(std::uint64_t gram, std::uint64_t hash, const Visit& visit) const {
    for (std::size_t slot = hash >> slot_shift_; slots_[slot].gram != 0; slot = (slot + 1) & (slots_.size() - 1)) {
      if (slots_[slot].gram != gram) continue;
      for (std::uint32_t i = 0; i < slots_[slot].count; ++i) visit(filed_[slots_[slot].first + i]);
      return;
    }
  }

  std::size_t pattern_count_ = 0;
  std::array<bool, kBytesMax + 1> sizes_used_{};
  std::bitset<1U << kFilterBits> filter_;  // of the hashes: nearly all grams of a text end here
  unsigned slot_shift_ = 63;
  std::vector<Slot> slots_;  // a power of two, at most a quarter full
  std::vector<std::uint16_t> filed_;
  std::vector<std::uint16_t> unfiled_;
};

}  // namespace holdfast::engine
