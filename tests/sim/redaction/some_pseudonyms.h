// Pseudonyms under a key of the tests, and the words that are kept.
#pragma once

#include <string>
#include <utility>

#include "sim/redaction/pseudonym.h"
#include "sim/redaction/vocabulary.h"

namespace holdfast {

inline Pseudonyms some_pseudonyms(std::string key = "the key of these tests") {
  return *Pseudonyms::with_key(std::move(key));
}

inline const Vocabulary& common_words() {
  static const Vocabulary words;
  return words;
}

}  // namespace holdfast
