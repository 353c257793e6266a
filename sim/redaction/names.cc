#include "sim/redaction/names.h"

#include <algorithm>
#include <utility>

#include "engine/path/case_folding.h"
#include "engine/text/ascii.h"
#include "engine/text/hex.h"
#include "sim/redaction/words.h"

namespace holdfast {
namespace {

std::string ascii_upper(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) c = ascii::upper(c);
  return upper;
}

bool is_one_word(std::string_view text) { return word_end(text, 0) == text.size(); }

// No word goes on over the border between `at - 1` and `at`.
bool is_border(std::string_view text, std::size_t at) {
  return at == 0 || at >= text.size() || !is_word_byte(text[at - 1]) || !is_word_byte(text[at]);
}

// The text behind a folded word of hexadecimal digits, zero bytes left out: so UTF-16 reads like ASCII. Empty: none.
std::string text_of_hex(std::string_view word) {
  std::string text = bytes_of_hex(word).value_or(std::string());
  std::erase(text, '\0');
  return text;
}

// What services are asked about is made of it, and it names a file's content and nobody.
bool is_sha256(std::string_view word) {
  return word.size() == 64 && std::ranges::all_of(word, [](char c) { return hex_value(c) >= 0; });
}

}  // namespace

Expected<std::string> Names::new_pseudonym(const std::string& folded_text) {
  if (size() >= names_max_) {
    return failure({}, "more than " + std::to_string(names_max_) + " names would have to be replaced",
                   "redact a shorter recording");
  }
  std::string pseudonym = pseudonyms_.of(folded_text);
  if (!pseudonyms_given_.insert(ascii_upper(pseudonym)).second) {
    return failure({}, "two names have the same pseudonym under this key", "use another key");
  }
  return pseudonym;
}

Expected<void> Names::add_word(const std::string& folded_word, Kind kind) {
  if (kind == Kind::kIdentity && folded_word.size() >= kInsideBytesMin && identities_.insert(folded_word).second) {
    identity_sizes_.insert(folded_word.size());
  }
  if (pseudonym_of_.contains(folded_word)) return {};
  HOLDFAST_TRY(pseudonym, new_pseudonym(folded_word));
  pseudonym_of_.emplace(folded_word, std::move(pseudonym));
  return {};
}

Expected<std::size_t> Names::add(std::string_view text, Kind kind) {
  const std::string folded = engine::folded(text);
  std::size_t added = 0;
  Expected<void> result;
  for_each_word(folded, [&](std::string_view word) {
    if (!result || vocabulary_.keeps(word) || is_sha256(word)) return;
    result = add_word(std::string(word), kind);
    ++added;
  });
  if (!result) return std::unexpected(result.error());
  return added;
}

Expected<void> Names::add_secret(std::string_view text) {
  const std::string folded = engine::folded(text);
  if (is_one_word(folded) ? vocabulary_.keeps(folded) : text.size() < 2) {
    return failure({}, "a secret is too short or too common a word to be replaced wherever it stands",
                   "no redaction can keep what is decided here; do not hand this recording on");
  }
  if (is_one_word(folded)) return add_word(folded, Kind::kPart);
  std::string upper = ascii_upper(text);
  if (secrets_.contains(upper)) return {};
  HOLDFAST_TRY(pseudonym, new_pseudonym(upper));
  secret_sizes_.insert(upper.size());
  secret_beginnings_.set(static_cast<unsigned char>(upper.front()));
  secrets_.emplace(std::move(upper), std::move(pseudonym));
  return {};
}

bool Names::holds_identity(std::string_view folded_text) const {
  for (const std::size_t size : identity_sizes_) {
    for (std::size_t at = 0; at + size <= folded_text.size(); ++at) {
      if (identities_.contains(folded_text.substr(at, size))) return true;
    }
  }
  return false;
}

Expected<void> Names::add_words_around_identities(std::string_view text) {
  if (identities_.empty()) return {};
  const std::string folded = engine::folded(text);
  Expected<void> result;
  for_each_word(folded, [&](std::string_view word) {
    if (!result || word.size() <= kInsideBytesMin || contains(word) || vocabulary_.contains(word)) return;
    if (holds_identity(word) || holds_identity(engine::folded(text_of_hex(word)))) {
      result = add_word(std::string(word), Kind::kPart);
    }
  });
  return result;
}

const Names::Secret* Names::secret_at(std::string_view upper, std::size_t at, Extent extent) const {
  if (!secret_beginnings_.test(static_cast<unsigned char>(upper[at]))) return nullptr;
  if (extent == Extent::kWhole && !is_border(upper, at)) return nullptr;
  for (const std::size_t size : secret_sizes_) {
    if (at + size > upper.size() || (extent == Extent::kWhole && !is_border(upper, at + size))) continue;
    const auto found = secrets_.find(upper.substr(at, size));
    if (found != secrets_.end()) return &*found;
  }
  return nullptr;
}

std::string Names::map(std::string_view text) const {
  std::string mapped;
  std::string folded;
  const std::string upper_text = secrets_.empty() ? std::string(text) : ascii_upper(text);
  const auto append = [&](std::string_view original, std::string_view upper, const std::string& pseudonym) {
    mapped += original == upper ? ascii_upper(pseudonym) : pseudonym;
  };
  for (std::size_t at = 0; at < text.size();) {
    if (const auto* secret = secret_at(upper_text, at, Extent::kWhole)) {
      append(text.substr(at, secret->first.size()), secret->first, secret->second);
      at += secret->first.size();
      continue;
    }
    const std::size_t end = word_end(text, at);
    if (end == at) {
      mapped += text[at++];
      continue;
    }
    const std::string_view word = text.substr(at, end - at);
    folded.clear();
    engine::append_folded(word, folded);
    const auto found = pseudonym_of_.find(folded);
    if (found == pseudonym_of_.end()) {
      mapped += word;
    } else {
      append(word, folded, found->second);
    }
    at = end;
  }
  return mapped;
}

std::optional<std::string> Names::find_in(std::string_view text) const {
  const std::string folded = engine::folded(text);
  std::optional<std::string> found;
  for_each_word(folded, [&](std::string_view word) {
    if (found || pseudonyms_given_.contains(std::string(word))) return;
    const bool around =
        !vocabulary_.contains(word) && (holds_identity(word) || holds_identity(engine::folded(text_of_hex(word))));
    if (contains(word) || around) found = word;
  });
  if (found || secrets_.empty()) return found;
  const std::string upper = ascii_upper(text);
  for (std::size_t at = 0; at < upper.size(); ++at) {
    if (const Secret* secret = secret_at(upper, at, Extent::kAnywhere)) return secret->first;
  }
  return found;
}

}  // namespace holdfast
