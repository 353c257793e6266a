// Pseudonyms under a key of the tests.
#pragma once

#include <string>
#include <utility>

#include "sim/redaction/pseudonym.h"

namespace holdfast {

inline Pseudonyms some_pseudonyms(std::string key = "the key of these tests") {
  return *Pseudonyms::with_key(std::move(key));
}

}  // namespace holdfast
