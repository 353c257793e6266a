// Keyed pseudonyms: the same key gives the same pseudonym for the same word, and without the key nobody can try words.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "engine/schema/error.h"

namespace holdfast {

// HMAC-SHA256 (RFC 2104): 32 bytes.
std::string hmac_sha256(std::string_view key, std::string_view message);

class Pseudonyms {
 public:
  static constexpr std::size_t kKeyBytesMin = 16;
  static constexpr std::size_t kKeyBytesMax = 4096;

  // Fails on a key of another length, or one whose bytes are all the same.
  static Expected<Pseudonyms> with_key(std::string key);

  // For a folded word, in lower case: 'n' and 15 hexadecimal digits; where nothing in the word has a case (a number, a
  // word of a script without cases), 16 decimal digits, because upper case must not tell the pseudonym from the word.
  std::string of(std::string_view folded_word) const;

 private:
  explicit Pseudonyms(std::string key) : key_(std::move(key)) {}
  std::string key_;
};

}  // namespace holdfast
