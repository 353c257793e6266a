#include "sim/redaction/pseudonym.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <cstdint>

#include "engine/path/case_folding.h"
#include "engine/text/sha256.h"
#include "engine/text/utf8.h"

namespace holdfast {
namespace {

constexpr std::size_t kUnits = 0x10000;
constexpr std::size_t kDigits = 15;
constexpr std::string_view kHexDigits = "0123456789abcdef";

std::string sha256(std::string_view first, std::string_view second) {
  engine::Sha256 hash;
  hash.update(first);
  hash.update(second);
  const auto digest = hash.digest();
  return {digest.begin(), digest.end()};
}

// Units that are the upper case of others.
const std::bitset<kUnits>& capitals() {
  static const std::bitset<kUnits> found = [] {
    std::bitset<kUnits> units;
    for (std::size_t unit = 0; unit < kUnits; ++unit) {
      const char16_t upper = engine::upper_case(static_cast<char16_t>(unit));
      if (upper != unit) units.set(upper);
    }
    return units;
  }();
  return found;
}

bool has_case(std::string_view folded_word) {
  for (std::size_t at = 0; at < folded_word.size();) {
    const CodePoint point = code_point_at(folded_word, at);
    if (point.value < kUnits && capitals()[point.value]) return true;
    at += point.bytes;
  }
  return false;
}

}  // namespace

std::string hmac_sha256(std::string_view key, std::string_view message) {
  constexpr std::size_t kBlockBytes = 64;
  std::string block = key.size() > kBlockBytes ? sha256(key, {}) : std::string(key);
  block.resize(kBlockBytes, '\0');
  const auto padded = [&](unsigned with) {
    std::string pad = block;
    for (char& c : pad) c = static_cast<char>(static_cast<unsigned char>(c) ^ with);
    return pad;
  };
  return sha256(padded(0x5C), sha256(padded(0x36), message));
}

Expected<Pseudonyms> Pseudonyms::with_key(std::string key) {
  const auto refuse = [](std::string what) {
    return std::unexpected(
        Error{.where = {},
              .field = "key",
              .what = std::move(what),
              .remedy = "make one of random bytes and keep it: head -c 32 /dev/urandom > redaction.key"});
  };
  if (key.size() < kKeyBytesMin) {
    return refuse("has " + std::to_string(key.size()) + " bytes; at least " + std::to_string(kKeyBytesMin) +
                  " are needed");
  }
  if (key.size() > kKeyBytesMax) return refuse("is longer than " + std::to_string(kKeyBytesMax) + " bytes");
  if (std::ranges::all_of(key, [&](char c) { return c == key.front(); })) return refuse("all its bytes are the same");
  return Pseudonyms(std::move(key));
}

std::string Pseudonyms::of(std::string_view folded_word) const {
  const std::string mac = hmac_sha256(key_, folded_word);
  const bool cased = has_case(folded_word);
  std::string pseudonym(1, cased ? 'n' : '9');
  for (std::size_t i = 0; i < kDigits; ++i) {
    pseudonym += kHexDigits[static_cast<unsigned char>(mac[i]) % (cased ? 16U : 10U)];
  }
  return pseudonym;
}

}  // namespace holdfast
