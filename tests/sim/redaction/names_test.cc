#include "sim/redaction/names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <string>
#include <vector>

#include "engine/path/case_folding.h"
#include "sim/redaction/words.h"
#include "tests/sim/redaction/some_pseudonyms.h"

namespace holdfast {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Kind = Names::Kind;

class NamesTest : public ::testing::Test {
 protected:
  Names names_{some_pseudonyms(), common_words()};
  std::string alice_ = some_pseudonyms().of("ALICE");
};

// Character by character, without a table of words: what map() is held against.
std::string naive_map(const std::vector<std::string>& folded_names, const std::string& text) {
  std::string mapped;
  std::string word;
  const auto end_word = [&] {
    const std::string folded = engine::folded(word);
    std::string put = word;
    for (const std::string& name : folded_names) {
      if (name != folded) continue;
      put = some_pseudonyms().of(name);
      if (word == folded) put = engine::folded(put);
    }
    mapped += put;
    word.clear();
  };
  for (const char c : text) {
    if (is_word_byte(c)) {
      word += c;
    } else {
      end_word();
      mapped += c;
    }
  }
  end_word();
  return mapped;
}

constexpr std::array<const char*, 14> kTexts{
    R"(C:\Users\alice\Documents\Tax 2026\x.docx)",
    R"(\\SRV\home$\Alice\a_b-alice.txt)",
    "alice",
    "malice aliceé alice~1",
    "ALICE@corp.example,Alice;alice$",
    R"("C:\Users\Alice\setup.exe" /S /D=C:\ALICE)",
    "Jürgen JÜRGEN jürgen. straße",
    "王小明\\王小明x",
    "S-1-5-21-1004336348-1177238915-682003330-1001_Classes",
    "%USERPROFILE%\\alice\\..\\bob",
    "",
    "\\",
    "1 22 333 4444 55555 666666",
    "Bob's alice/bob/ALICE",
};

TEST_F(NamesTest, MapLikeTheNaiveReference) {
  std::vector<std::string> added;
  for (const char* name : {"Alice", "Bob", "Jürgen", "王小明", "1004336348", "666666", "Tax"}) {
    ASSERT_TRUE(names_.add(name, Kind::kIdentity));
    added.push_back(engine::folded(name));
  }
  for (const char* text : kTexts) EXPECT_EQ(names_.map(text), naive_map(added, text)) << text;
}

// What the engine does to paths and keys before it compares them: put them together, and write them in upper case.
TEST_F(NamesTest, MapWhateverTheEngineMakesOfATextAlike) {
  for (const char* name : {"Alice", "Bob", "Jürgen", "王小明", "1004336348"})
    ASSERT_TRUE(names_.add(name, Kind::kPart));
  ASSERT_TRUE(names_.add_secret("P@ss w0rd!"));
  for (const std::string text : kTexts) {
    EXPECT_EQ(engine::folded(names_.map(text)), names_.map(engine::folded(text))) << text;
    for (const std::string other : kTexts) {
      std::string both = text;
      both += '\\';
      both += other;
      EXPECT_EQ(names_.map(both), names_.map(text) + '\\' + names_.map(other));
      EXPECT_EQ(names_.map(text) == names_.map(other), text == other) << text << " and " << other;
    }
  }
}

TEST_F(NamesTest, LeaveWhatTheEngineDecidesBy) {
  EXPECT_EQ(*names_.add(R"(C:\Windows\System32\svchost.exe Startup RunOnce 12345 x)", Kind::kPart), 0U);
  EXPECT_EQ(*names_.add("Startup by Alice", Kind::kPart), 2U);
  EXPECT_EQ(names_.map(R"(\Startup\alice.exe)"), R"(\Startup\)" + alice_ + ".exe");
}

TEST_F(NamesTest, HideASecretWhole) {
  ASSERT_TRUE(names_.add_secret("P@ss w0rd!"));
  const std::string mapped = names_.map("run -Password \"P@ss w0rd!\" now");
  EXPECT_THAT(mapped, HasSubstr("run -Password \"n"));
  EXPECT_THAT(mapped, Not(HasSubstr("@")));
  EXPECT_EQ(names_.find_in("p@SS w0rd!"), "P@SS W0RD!");
  EXPECT_FALSE(names_.find_in(mapped));
}

TEST_F(NamesTest, RefuseASecretThatStandsEverywhere) {
  for (const char* common : {"1234", "x", "Windows", "!"}) {
    const auto added = names_.add_secret(common);
    ASSERT_FALSE(added) << common;
    EXPECT_THAT(added.error().text(), HasSubstr("too short or too common"));
  }
}

TEST_F(NamesTest, AreFoundInsideLongerWords) {
  ASSERT_TRUE(names_.add("alice", Kind::kIdentity));
  ASSERT_TRUE(names_.add("bob", Kind::kIdentity));
  const std::string utf16 = "61006c00690063006500";  // "alice" as a binary registry value holds it
  const std::string text = "alicebackup bobbackup 616c696365 x" + utf16 + " " + utf16;
  EXPECT_EQ(names_.find_in(text), "ALICEBACKUP");
  ASSERT_TRUE(names_.add_words_around_identities(text));
  const std::string mapped = names_.map(text);
  EXPECT_THAT(mapped, Not(HasSubstr("alicebackup")));
  EXPECT_THAT(mapped, HasSubstr("bobbackup"));  // three letters stand inside too many words
  EXPECT_THAT(mapped, Not(HasSubstr("616c696365")));
  EXPECT_THAT(mapped, Not(HasSubstr(" " + utf16)));
  EXPECT_FALSE(names_.find_in(mapped));
}

TEST_F(NamesTest, HaveALimit) {
  Names few(some_pseudonyms(), common_words(), 2);
  EXPECT_TRUE(few.add("alice bob alice", Kind::kPart));
  const auto added = few.add("carol", Kind::kPart);
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().text(), "more than 2 names would have to be replaced; redact a shorter recording");
}

}  // namespace
}  // namespace holdfast
