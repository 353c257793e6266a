// Work that does not depend on its order, on several threads.
#pragma once

#include <cstddef>
#include <functional>

namespace holdfast {

// Most threads whatever is asked for.
inline constexpr unsigned kJobsMax = 256;

// Calls work(0) ... work(count - 1), each once, on at most `jobs` threads (0 as 1). Returns when all are done.
void for_each_index(std::size_t count, unsigned jobs, const std::function<void(std::size_t)>& work);

}  // namespace holdfast
