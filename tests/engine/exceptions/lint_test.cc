#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/engine/exceptions/lists.h"
#include "tests/engine/path/random_text.h"

namespace holdfast::engine {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> remarks(const v1::ExceptionList& list) {
  const PathNormaliser paths(workstation());
  std::vector<std::string> texts;
  for (const ExceptionRemark& remark : lint(list, paths)) texts.push_back(remark.field + ": " + remark.what);
  return texts;
}

TEST(ExceptionLint, HasNothingToSayOfASoundList) {
  EXPECT_THAT(remarks(entries({R"(C:\Tools\*)", R"(D:\*\x.exe)", R"(D:\x.exe)"}, {R"(C:\Tools\bad.exe)"})), IsEmpty())
      << "blocking one program of an approved folder is what lists are for";
}

TEST(ExceptionLint, NamesTheEntryThatShadowsAnother) {
  EXPECT_THAT(remarks(entries({R"(C:\Tools\x.exe)", R"(C:\*)", R"(C:\*\*.exe)"})),
              ElementsAre(R"(exceptions.approved[0]: never looked at: exceptions.approved[1] "C:\*" covers it)",
                          R"(exceptions.approved[2]: never looked at: exceptions.approved[1] "C:\*" covers it)"));
}

TEST(ExceptionLint, NamesTheFirstOfTwoThatSayTheSame) {
  EXPECT_THAT(
      remarks(entries({R"(C:\Program Files\x.exe)", R"(c:/progra~1/X.EXE)"})),
      ElementsAre(R"(exceptions.approved[1]: stands twice: exceptions.approved[0] "C:\Program Files\x.exe" says the )"
                  "same"));
  EXPECT_THAT(
      remarks(entries({R"(C:\**\x.exe)", R"(C:\*\x.exe)"})),
      ElementsAre(R"(exceptions.approved[1]: stands twice: exceptions.approved[0] "C:\**\x.exe" says the same)"));
}

TEST(ExceptionLint, NamesTheBlockedEntryThatAnApprovedOneContradicts) {
  EXPECT_THAT(
      remarks(entries({R"(C:\x.exe)", R"(D:\a\b.exe)"}, {R"(D:\*)", R"(C:\X.exe)"})),
      ElementsAre(R"(exceptions.approved[0]: contradicts exceptions.blocked[1] "C:\X.exe", which wins: blocked goes )"
                  "before approved (DOMAIN 6)",
                  R"(exceptions.approved[1]: without effect: exceptions.blocked[0] "D:\*" covers it, and blocked )"
                  "goes before approved (DOMAIN 6)"));
}

TEST(ExceptionLint, LooksAtHashesAndSignersToo) {
  v1::ExceptionList list;
  list.add_approved()->set_signer("Vendor");
  list.add_approved()->set_signer("VENDOR");
  list.add_approved()->set_sha256(std::string(32, 'a'));
  list.add_blocked()->set_sha256(std::string(32, 'a'));
  const std::vector<std::string> found = remarks(list);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0], R"(exceptions.approved[1]: stands twice: exceptions.approved[0] "Vendor" says the same)");
  EXPECT_THAT(found[1], testing::StartsWith("exceptions.approved[2]: contradicts exceptions.blocked[0] \"6161"));
}

TEST(ExceptionLint, SaysWhyAnEntryWouldBeRefused) {
  EXPECT_THAT(remarks(entries({"x.exe"})), ElementsAre(testing::HasSubstr("is not a full local or network path")));
}

TEST(ExceptionLint, SeesWhoseFoldersAreCovered) {
  EXPECT_EQ(remarks(entries({R"(%TEMP%\x.exe)", R"(C:\Users\*)"})).size(), 1U);
  EXPECT_EQ(remarks(entries({R"(%TEMP%\x.exe)", R"(C:\Users\anna\AppData\Local\Temp\x.exe)"})).size(), 1U);
  EXPECT_THAT(remarks(entries({R"(%TEMP%\x.exe)", R"(C:\Users\anna\x.exe)"})), IsEmpty());
}

TEST(ExceptionLint, SeesWhoseSessionsAreCovered) {
  constexpr std::string_view kNumber = R"(C:\Users\anna\AppData\Local\Temp\2\x.exe)";
  EXPECT_EQ(remarks(entries({R"(%TEMP%\x.exe)", kNumber})).size(), 1U);
  EXPECT_EQ(remarks(entries({R"(%TEMP%\x.exe)", R"(%LOCALAPPDATA%\Temp\x.exe)"})).size(), 1U);
  EXPECT_EQ(remarks(entries({R"(%TEMP%\x.exe)", R"(%LOCALAPPDATA%\Temp\*x.exe)"})).size(), 1U);
  EXPECT_THAT(remarks(entries({R"(%TEMP%\x.exe)", R"(%LOCALAPPDATA%\Temp\x*.exe)"})), IsEmpty())
      << "each matches what the other does not";
  EXPECT_THAT(remarks(entries({R"(%TEMP%\x.exe)", R"(%LOCALAPPDATA%\Temp\*\x.exe)"})), IsEmpty());
}

// An entry called shadowed must really match nothing that its shadow does not.
TEST(ExceptionLint, NeverCallsAnEntryShadowedThatIsNot) {
  constexpr std::string_view kParts[] = {"a", "b", "*", "a*", "*a", "?", "*.*", "*.x", "a.x"};
  constexpr std::string_view kNames[] = {"a", "b", "ab", "ba", "a.x", "b.x"};
  const PathNormaliser paths(workstation());
  RandomText random(5);
  int covering = 0;
  for (int i = 0; i < 4000; ++i) {
    std::string texts[2];
    for (std::string& text : texts) {
      text = "C:";
      for (std::size_t parts = 1 + random.below(4); parts != 0; --parts) {
        text += '\\';
        text += random.one_of(kParts);
      }
    }
    const std::vector<ExceptionRemark> found = lint(entries({texts[0], texts[1]}), paths);
    if (found.empty()) continue;
    ++covering;
    const int narrow = found[0].field == "exceptions.approved[0]" ? 0 : 1;
    const Exceptions only_narrow(entries({texts[narrow]}));
    const Exceptions only_wide(entries({texts[1 - narrow]}));
    for (int j = 0; j < 100; ++j) {
      std::string path = "C:";
      for (std::size_t parts = 1 + random.below(5); parts != 0; --parts) {
        path += '\\';
        path += random.one_of(kNames);
      }
      ASSERT_TRUE(!only_narrow.approve(path) || only_wide.approve(path))
          << texts[narrow] << " is not shadowed by " << texts[1 - narrow] << ": " << path;
    }
  }
  EXPECT_GT(covering, 500);
}

}  // namespace
}  // namespace holdfast::engine
