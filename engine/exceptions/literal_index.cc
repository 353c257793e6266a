#include "engine/exceptions/literal_index.h"

#include <algorithm>
#include <bit>
#include <map>
#include <unordered_map>

namespace holdfast::engine {
namespace {

// Grams of one pattern that are considered: more would only cost time to build.
constexpr std::size_t kGramsMax = 512;
// A shorter gram stands in more texts by chance, so it must make a bucket this many times smaller to be worth it.
constexpr std::size_t kShorterMustHalve = 2;

}  // namespace

LiteralIndex::LiteralIndex(const std::vector<std::vector<std::string>>& literals_of_patterns)
    : pattern_count_(std::min(literals_of_patterns.size(), kPatternsMax)) {
  std::vector<std::vector<std::uint64_t>> grams_of_patterns(pattern_count_);
  std::unordered_map<std::uint64_t, std::size_t> patterns_with;  // only looked up: its order shows nowhere
  for (std::size_t i = 0; i < pattern_count_; ++i) {
    std::vector<std::uint64_t>& grams = grams_of_patterns[i];
    for (const std::string& literal : literals_of_patterns[i]) {
      for (std::size_t size = kBytesMin; size <= kBytesMax; ++size) {
        for (std::size_t at = 0; at + size <= literal.size() && grams.size() < kGramsMax; ++at) {
          std::uint32_t bytes = 0;
          std::memcpy(&bytes, literal.data() + at, size);
          grams.push_back(gram_of(bytes, size));
        }
      }
    }
    std::ranges::sort(grams);
    grams.erase(std::ranges::unique(grams).begin(), grams.end());
    for (const std::uint64_t gram : grams) ++patterns_with[gram];
  }

  std::map<std::uint64_t, std::vector<std::uint16_t>> buckets;
  for (std::size_t i = 0; i < pattern_count_; ++i) {
    std::uint64_t best = 0;
    std::size_t best_cost = 0;
    // Sorted ascending, so by size: backwards, the longest come first.
    for (auto gram = grams_of_patterns[i].rbegin(); gram != grams_of_patterns[i].rend(); ++gram) {
      std::size_t cost = patterns_with.at(*gram);
      for (std::uint64_t size = *gram >> 32U; size < kBytesMax; ++size) cost *= kShorterMustHalve;
      if (best != 0 && cost >= best_cost) continue;
      best = *gram;
      best_cost = cost;
    }
    if (best == 0) {
      unfiled_.push_back(static_cast<std::uint16_t>(i));
    } else {
      buckets[best].push_back(static_cast<std::uint16_t>(i));
    }
  }

  constexpr std::size_t kSlotsPerBucket = 4;
  const std::size_t slots = std::bit_ceil(std::max<std::size_t>(2, buckets.size() * kSlotsPerBucket));
  slots_.resize(slots);
  slot_shift_ = 64U - static_cast<unsigned>(std::countr_zero(slots));
  for (const auto& [gram, patterns] : buckets) {
    const std::uint64_t hash = hash_of(gram);
    sizes_used_[gram >> 32U] = true;
    filter_.set(hash >> (64U - kFilterBits));
    std::size_t slot = hash >> slot_shift_;
    while (slots_[slot].gram != 0) slot = (slot + 1) & (slots - 1);
    slots_[slot] = {.gram = gram,
                    .first = static_cast<std::uint32_t>(filed_.size()),
                    .count = static_cast<std::uint32_t>(patterns.size())};
    filed_.insert(filed_.end(), patterns.begin(), patterns.end());
  }
}

}  // namespace holdfast::engine
