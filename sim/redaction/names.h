// What a redaction replaces, and by what.
//
//   Names names(pseudonyms, vocabulary);
//   names.add("ALICE", Names::Kind::kIdentity);
//   names.map(R"(C:\Users\Alice\x.exe)")  -> C:\Users\n3f9c81aa2b4c5d6\x.exe
//
// Words are replaced wherever they stand as whole words, in any case and in every field alike. So map() of two texts
// put together is both maps put together, map() of a text in upper case is the upper case of its map, and texts are
// equal exactly if their maps are: what the engine tells apart stays apart.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "engine/schema/error.h"
#include "sim/redaction/pseudonym.h"
#include "sim/redaction/vocabulary.h"

namespace holdfast {

class Names {
 public:
  static constexpr std::size_t kNamesMax = 1'000'000;

  enum class Kind : std::uint8_t {
    kPart,      // of a path, an address, an identifier
    kIdentity,  // of a person or a machine: also looked for inside longer words
  };

  // `vocabulary` must outlive the names.
  Names(Pseudonyms pseudonyms, const Vocabulary& vocabulary, std::size_t names_max = kNamesMax)
      : pseudonyms_(std::move(pseudonyms)), vocabulary_(vocabulary), names_max_(names_max) {}

  // Every word of `text` that the vocabulary does not keep. Gives how many of them will be replaced. Fails when the
  // names become too many, or two of them get one pseudonym.
  Expected<std::size_t> add(std::string_view text, Kind kind);
  // A text that is replaced as a whole where it stands, like a password: its characters must not show. Fails where that
  // cannot be: a word of the vocabulary, a single character, a short number.
  Expected<void> add_secret(std::string_view text);
  // A word that has an identity of at least kInsideBytesMin bytes inside, plainly or in hexadecimal digits (UTF-8 or
  // UTF-16, as binary registry values are written), becomes a name too.
  Expected<void> add_words_around_identities(std::string_view text);

  std::string map(std::string_view text) const;

  // The folded name that `text` still holds, or nothing. Whole words, secrets and, inside words, identities.
  std::optional<std::string> find_in(std::string_view text) const;

  bool contains(std::string_view folded_word) const { return pseudonym_of_.contains(std::string(folded_word)); }
  std::size_t size() const { return pseudonym_of_.size() + secrets_.size(); }

  static constexpr std::size_t kInsideBytesMin = 5;

 private:
  Expected<void> add_word(const std::string& folded_word, Kind kind);
  Expected<std::string> new_pseudonym(const std::string& folded_text);
  bool holds_identity(std::string_view folded_text) const;
  using Secret = std::pair<const std::string, std::string>;
  enum class Extent : std::uint8_t { kWhole, kAnywhere };
  // The longest secret that begins at `at` of a text in ASCII upper case; kWhole: no word goes on over its ends. Null
  // if none does.
  const Secret* secret_at(std::string_view upper, std::size_t at, Extent extent) const;

  Pseudonyms pseudonyms_;
  const Vocabulary& vocabulary_;
  std::size_t names_max_;
  std::unordered_map<std::string, std::string> pseudonym_of_;  // by folded word
  std::unordered_set<std::string> pseudonyms_given_;           // folded
  std::map<std::string, std::string, std::less<>> secrets_;    // by text in ASCII upper case
  std::bitset<256> secret_beginnings_;                         // their first bytes
  std::set<std::size_t, std::greater<>> secret_sizes_;         // the longest first
  std::set<std::string, std::less<>> identities_;              // long enough to be looked for inside words
  std::set<std::size_t> identity_sizes_;
};

}  // namespace holdfast
