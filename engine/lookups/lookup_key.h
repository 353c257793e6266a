// What a question is known by: its purpose and the SHA-256 of the program, in one string of bytes.
#pragma once

#include <string>
#include <string_view>

#include "engine/schema/output.pb.h"

namespace holdfast::engine {

inline constexpr std::size_t kSha256Bytes = 32;

inline bool is_lookup_key(v1::HttpRequest::Purpose purpose, std::string_view sha256) {
  return (purpose == v1::HttpRequest::CERTIFIED_SAFE_SOFTWARE || purpose == v1::HttpRequest::PREVALENCE) &&
         sha256.size() == kSha256Bytes;
}

// Into `key`, whose memory is used again.
inline void write_lookup_key(v1::HttpRequest::Purpose purpose, std::string_view sha256, std::string& key) {
  key.assign(sha256);
  key.push_back(static_cast<char>(purpose));
}

inline v1::HttpRequest::Purpose purpose_of_lookup_key(std::string_view key) {
  return static_cast<v1::HttpRequest::Purpose>(key.back());
}

inline std::string_view sha256_of_lookup_key(std::string_view key) { return key.substr(0, key.size() - 1); }

}  // namespace holdfast::engine
