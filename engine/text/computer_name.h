// Names of computers, as Operation.endpoint tells them: collected logs tell of several, whose programs bear the same
// pids and whose files the same paths.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace holdfast {

// What is kept of a name.
inline constexpr std::size_t kEndpointBytesMax = 256;
std::string kept_endpoint(std::string_view endpoint);

// FNV-1a with 64 bits over what is kept of the name, in small letters.
std::uint64_t fingerprint_of_endpoint(std::string_view endpoint);

// What tells the computer from others. 0: the agent's own, which has no name.
inline std::uint64_t computer_of(std::string_view endpoint) {
  return endpoint.empty() ? 0 : fingerprint_of_endpoint(endpoint);
}

}  // namespace holdfast
