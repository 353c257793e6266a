#include "sim/redaction/vocabulary.h"

#include <gtest/gtest.h>

#include "engine/monitoring/event_rule.h"
#include "engine/monitoring/event_rules.h"
#include "engine/monitoring/pattern.h"
#include "engine/monitoring/system_files.h"
#include "engine/path/case_folding.h"
#include "sim/redaction/words.h"

namespace holdfast {
namespace {

void expect_kept(const Vocabulary& vocabulary, std::string_view text) {
  for_each_word(engine::folded(text), [&](std::string_view word) { EXPECT_TRUE(vocabulary.keeps(word)) << word; });
}

TEST(VocabularyTest, HoldsEveryNameOfTheEnginesTables) {
  const Vocabulary vocabulary;
  for (const engine::EventRule& rule : engine::event_rules()) {
    for (const std::string_view pattern : {rule.target, rule.program, rule.value, rule.except}) {
      for (const std::string& text : engine::pattern_alternatives(pattern)) expect_kept(vocabulary, text);
    }
  }
  for (const engine::SystemFile& file : engine::system_files()) expect_kept(vocabulary, file.name);
  for (const std::string_view name : engine::interpreters()) expect_kept(vocabulary, name);
}

TEST(VocabularyTest, ReadsWordsOutOfExpressions) {
  const Vocabulary vocabulary;
  for (const char* word :
       {"ADVFIREWALL", "HTTP", "HTTPS", "URLCACHE", "MPPREFERENCE", "WINDEFEND", "SCROBJ", "WEBCLIENT"}) {
    EXPECT_TRUE(vocabulary.contains(word)) << word;
  }
  EXPECT_FALSE(vocabulary.contains("SADVFIREWALL"));  // of "\sadvfirewall"
}

TEST(VocabularyTest, KeepsWhatNamesNobody) {
  const Vocabulary vocabulary;
  for (const char* word : {"C", "7", "49152", "DOCUMENTS", "APPDATA", "TEMP"})
    EXPECT_TRUE(vocabulary.keeps(word)) << word;
  for (const char* word : {"ALICE", "AL", "100433", "王", "TAX"}) EXPECT_FALSE(vocabulary.keeps(word)) << word;
}

TEST(WellKnownAccounts, AreTheSameEverywhere) {
  EXPECT_TRUE(is_well_known_account("NT AUTHORITY"));
  EXPECT_TRUE(is_well_known_account("SYSTEM"));
  EXPECT_FALSE(is_well_known_account("ALICE"));
}

}  // namespace
}  // namespace holdfast
