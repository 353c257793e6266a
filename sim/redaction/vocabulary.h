// Words that a redaction keeps: those that the engine decides by, and those that name no person.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace holdfast {

class Vocabulary {
 public:
  // From the engine's own tables (engine/monitoring/literals.h), and Windows' names of the folders of every profile.
  Vocabulary();

  // `folded_word` as engine::folded() gives it.
  bool contains(std::string_view folded_word) const { return words_.contains(folded_word); }
  // Of the vocabulary, a single character, or a number of at most five digits: what is never replaced.
  bool keeps(std::string_view folded_word) const;

 private:
  void add(std::string_view text);
  void add_expression(std::string_view expression);

  std::set<std::string, std::less<>> words_;
};

// Accounts and authorities that are the same on every machine: "SYSTEM", "NT AUTHORITY", "Public". Folded.
bool is_well_known_account(std::string_view folded_name);

}  // namespace holdfast
