#include "sim/scenario/parallel.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace holdfast {

void for_each_index(std::size_t count, unsigned jobs, const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next{0};
  const auto take_turns = [&] {
    for (std::size_t i = next.fetch_add(1); i < count; i = next.fetch_add(1)) work(i);
  };
  const std::size_t threads = std::min<std::size_t>({std::max(jobs, 1U), kJobsMax, std::max<std::size_t>(count, 1)});
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i < threads; ++i) others.emplace_back(take_turns);
  take_turns();
}

}  // namespace holdfast
