#include "cloud/rate_limit.h"

#include <algorithm>

namespace holdfast::cloud {
namespace {

constexpr std::uint64_t kSecond_ns = 1'000'000'000;

}  // namespace

bool RateLimit::admits(const std::string& client, std::uint64_t now_ns) {
  if (per_second_ == 0) return true;
  const std::uint64_t price_ns = std::max<std::uint64_t>(1, kSecond_ns / per_second_);
  auto found = by_name_.find(client);
  if (found == by_name_.end()) {
    if (by_use_.size() >= clients_max_) {
      by_name_.erase(by_use_.front().name);
      by_use_.pop_front();
    }
    by_use_.push_back({.name = client, .tokens_ns = kSecond_ns, .seen_ns = now_ns});
    found = by_name_.emplace(client, std::prev(by_use_.end())).first;
  } else {
    by_use_.splice(by_use_.end(), by_use_, found->second);
  }
  Client& seen = *found->second;
  seen.tokens_ns = std::min(kSecond_ns, seen.tokens_ns + (now_ns - std::min(now_ns, seen.seen_ns)));
  seen.seen_ns = now_ns;
  if (seen.tokens_ns < price_ns) return false;
  seen.tokens_ns -= price_ns;
  return true;
}

}  // namespace holdfast::cloud
