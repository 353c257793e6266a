// Counters in the text format of Prometheus.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>

#include "cloud/answers.h"

namespace holdfast::cloud {

class Metrics {
 public:
  void count(Endpoint endpoint, unsigned status, std::uint64_t took_ns);
  std::string text() const;

 private:
  // Upper bounds of the histogram, in microseconds; beyond the last there is one more.
  static constexpr std::array<std::uint64_t, 8> kBounds_us = {50, 100, 250, 500, 1'000, 5'000, 25'000, 100'000};
  static constexpr std::array<unsigned, 9> kStatuses = {200, 304, 400, 404, 405, 413, 429, 503, 0};  // 0: any other
  static std::size_t place_of(unsigned status);

  std::array<std::array<std::atomic<std::uint64_t>, kStatuses.size()>, kEndpoints> requests_{};
  std::array<std::atomic<std::uint64_t>, kBounds_us.size() + 1> took_{};
  std::atomic<std::uint64_t> took_sum_us_{0};
};

}  // namespace holdfast::cloud
