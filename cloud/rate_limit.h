// So many requests per client and second, with a burst of one second's worth. Bounded: of many clients the one that was
// seen longest ago is forgotten.
#pragma once

#include <cstdint>
#include <list>
#include <string>
#include <unordered_map>

namespace holdfast::cloud {

class RateLimit {
 public:
  static constexpr std::size_t kClientsMax = 65'536;

  // 0: no limit.
  explicit RateLimit(std::uint64_t per_second, std::size_t clients_max = kClientsMax)
      : per_second_(per_second), clients_max_(clients_max) {}

  // Whether the client's request at `now_ns` (steady) may be served.
  bool admits(const std::string& client, std::uint64_t now_ns);

 private:
  struct Client {
    std::string name;
    std::uint64_t tokens_ns = 0;  // what is left of a second, in ns of waiting
    std::uint64_t seen_ns = 0;
  };
  std::uint64_t per_second_;
  std::size_t clients_max_;
  std::list<Client> by_use_;  // the next to be forgotten first
  std::unordered_map<std::string, std::list<Client>::iterator> by_name_;
};

}  // namespace holdfast::cloud
