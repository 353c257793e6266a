// What a list refuses, with the place and the reason that a person reads.
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <string_view>

#include "tests/engine/exceptions/lists.h"

namespace holdfast::engine {
namespace {

using namespace std::string_view_literals;

Error refusal(const v1::ExceptionList& list) {
  const PathNormaliser paths(workstation());
  const Expected<ExceptionList> created = ExceptionList::create(list, paths);
  if (created) {
    ADD_FAILURE() << "the list was taken";
    return {};
  }
  return created.error();
}

struct Refused {
  std::string_view entry;
  std::string_view reason;  // part of it
};

void PrintTo(const Refused& refused, std::ostream* out) { *out << refused.entry; }

constexpr Refused kRefused[] = {
    // Not a full path
    {"x.exe", "not a full local or network path"},
    {R"(Tools\x.exe)", "not a full local or network path"},
    {R"(\Tools\x.exe)", "not a full local or network path"},
    {"C:x.exe", "not a full local or network path"},
    {"C:", "not a full local or network path"},
    {R"(..\x.exe)", "not a full local or network path"},
    {R"(C:\Tools\..\x.exe)", ". or .. part"},
    {R"(\Device\HarddiskVolume3\x.exe)", "not a full local or network path"},
    {R"(\\?\C:\x.exe)", "device path"},
    {R"(\\.\C:\x.exe)", "device path"},
    {R"(\\srv)", "names no program"},
    {"*", "not a full local or network path"},
    {"*.exe", "not a full local or network path"},
    // Wildcards where none may stand
    {R"(?:\x.exe)", "wildcard cannot stand for the drive letter"},
    {R"(*:\x.exe)", "wildcard cannot stand for the drive letter"},
    {R"(\\srv*\tools\*.exe)", "a wildcard cannot stand in the host of a network path (DOMAIN 6)"},
    {R"(\\*\tools\x.exe)", "a wildcard cannot stand in the host"},
    {R"(\\s?v\tools\x.exe)", "a wildcard cannot stand in the host"},
    // A folder in place of a program
    {R"(C:\)", "names a folder"},
    {R"(C:\Tools\)", "names a folder"},
    {R"(\\srv\tools\)", "names a folder"},
    {"C:/Tools/", "names a folder"},
    // Stray characters, as an entry taken out of a list leaves them behind
    {"C:\\x.exe\r", "a control character stands in it (character 9)"},
    {"C:\\x.exe\n", "a control character stands in it (character 9)"},
    {"C:\\x\0.exe"sv, "a control character stands in it (character 5)"},
    {"\tC:\\x.exe", "a control character stands in it (character 1)"},
    {"C:\\x.exe\x7f", "a control character"},
    {R"(C:\x.exe;)", "a stray ; stands behind it"},
    {R"(C:\x.exe,)", "a stray , stands behind it"},
    {R"(C:\x.exe;C:\y.exe)", "a colon stands behind the drive"},
    {R"(C:\x.exe|C:\y.exe)", "a file name cannot hold | (character 9)"},
    {R"("C:\x.exe")", "a file name cannot hold \" (character 1)"},
    {R"(C:\<any user>\x.exe)", "a file name cannot hold <"},
    {R"( C:\x.exe)", "a space stands before it"},
    {R"(C:\x.exe )", "ends in a dot or space"},
    {R"(C:\x.exe.)", "ends in a dot or space"},
    {R"(C:\Tools \x.exe)", "a part ends in a dot or space"},
    {R"(C:\x.exe:stream)", "alternate streams cannot be listed"},
    {"C:\\x\xff.exe", "is not UTF-8 (character 5)"},
    {"C:\\x\xC0\xAF.exe", "is not UTF-8"},
    {";", "a stray ;"},
    {" ", "a space stands before it"},
    // Variables
    {R"(%ProgarmFiles%\x.exe)", "no endpoint has an environment variable %ProgarmFiles%"},
    {R"(%SystemDrive%x.exe)", "not a full local or network path"},
};

class RefusedEntry : public testing::TestWithParam<Refused> {};

TEST_P(RefusedEntry, IsNamedWithItsReason) {
  v1::ExceptionList list = entries({R"(C:\good.exe)"});
  list.add_approved()->set_path(std::string(GetParam().entry));
  const Error error = refusal(list);
  EXPECT_EQ(error.field, "exceptions.approved[1].path");
  EXPECT_NE(error.what.find(GetParam().reason), std::string::npos) << error.text();
  EXPECT_EQ(error.text().find_first_of("\r\n\t\x7f"), std::string::npos) << "messages stay on one line";
}

INSTANTIATE_TEST_SUITE_P(Table, RefusedEntry, testing::ValuesIn(kRefused));

TEST(ExceptionValidation, SaysWhatWhereWhyAndWhatToDo) {
  EXPECT_EQ(
      refusal(entries({R"(\\srv*\tools\*.exe)"})).text(),
      R"(exceptions.approved[0].path: "\\srv*\tools\*.exe": a wildcard cannot stand in the host of a network path )"
      "(DOMAIN 6); name the host");
  EXPECT_EQ(
      refusal(entries({"C:\\x.exe\r"})).text(),
      R"(exceptions.approved[0].path: "C:\x.exe\x0d": a control character stands in it (character 9); remove it)");
}

TEST(ExceptionValidation, TakesNoWildcardsForFoldersInTheBlockedList) {
  for (const std::string_view entry : {R"(C:\*\x.exe)", R"(C:\To?ls\x.exe)", R"(\\srv\*\x.exe)", R"(C:\Tools*\*)"}) {
    const Error error = refusal(entries({}, {entry}));
    EXPECT_EQ(error.field, "exceptions.blocked[0].path");
    EXPECT_NE(error.what.find("takes no wildcards for folders (DOMAIN 6)"), std::string::npos) << error.text();
  }
  EXPECT_TRUE(Exceptions(entries({}, {R"(C:\Tools\*.exe)"})).block(R"(C:\Tools\x.exe)"));
}

TEST(ExceptionValidation, TakesAThousandAndTwentyFourEntriesInBothListsTogether) {
  v1::ExceptionList list;
  for (int i = 0; i < 1000; ++i) list.add_approved()->set_path("C:\\a" + std::to_string(i) + ".exe");
  for (int i = 0; i < 24; ++i) list.add_blocked()->set_path("C:\\b" + std::to_string(i) + ".exe");
  EXPECT_EQ(Exceptions(list).list().size(), ExceptionList::kEntriesMax);
  list.add_blocked()->set_path(R"(C:\c.exe)");
  const Error error = refusal(list);
  EXPECT_EQ(error.field, "exceptions");
  EXPECT_EQ(error.what, "1025 entries; both lists together take at most 1024 (DOMAIN 6)");
}

TEST(ExceptionValidation, TakesPathsOfUpToAThousandAndTwentyFourCharacters) {
  std::string path = R"(C:\)";
  while (path.size() < 1024) path += path.size() % 100 == 99 ? "\\" : "x";
  EXPECT_TRUE(Exceptions(entries({path})).approve(path));
  EXPECT_NE(refusal(entries({path + "x"})).what.find("longer than 1024 characters (DOMAIN 6)"), std::string::npos);
  std::string wide = R"(C:\)";
  for (int i = 0; i < 1021; ++i) wide += "\u20ac";  // characters count, not bytes
  EXPECT_TRUE(Exceptions(entries({wide})).approve(wide));
}

TEST(ExceptionValidation, TakesOrNamesAnEntryCutAtEveryCharacter) {
  constexpr std::string_view kVariable = "%ProgramFiles%";
  constexpr std::string_view kWhole = R"(%ProgramFiles%\Vendor\*\Sam?le.exe)";
  ASSERT_TRUE(Exceptions(entries({kWhole})).approve(R"(C:\Program Files\Vendor\a\Sample.exe)"));
  const PathNormaliser paths(workstation());
  for (std::size_t length = 0; length < kWhole.size(); ++length) {
    const Expected<ExceptionList> cut = ExceptionList::create(entries({kWhole.substr(0, length)}), paths);
    // A shorter entry that is a full path says something else, which nobody can tell from what was meant. A folder is
    // none, nor a name that ends in a dot.
    const bool is_path = length >= kVariable.size() && kWhole[length - 1] != '\\' && kWhole[length - 1] != '.';
    ASSERT_EQ(cut.has_value(), is_path) << kWhole.substr(0, length);
    if (!cut) {
      EXPECT_EQ(cut.error().field.substr(0, 22), "exceptions.approved[0]") << length;
    }
  }
}

TEST(ExceptionValidation, WantsExactlyOneOfPathHashAndSigner) {
  v1::ExceptionList list;
  list.add_blocked()->set_comment("nothing but a comment");
  EXPECT_EQ(refusal(list).text(),
            "exceptions.blocked[0]: names no program; give exactly one of path, sha256 and signer");
  list.mutable_blocked(0)->set_path(R"(C:\x.exe)");
  list.mutable_blocked(0)->set_signer("Vendor");
  EXPECT_EQ(refusal(list).what, "names a program in more than one way");
}

TEST(ExceptionValidation, WantsThirtyTwoBytesOfAHash) {
  v1::ExceptionList list;
  list.add_approved()->set_sha256(std::string(64, 'a'));
  const Error error = refusal(list);
  EXPECT_EQ(error.field, "exceptions.approved[0].sha256");
  EXPECT_EQ(error.what, "has 64 bytes; a SHA-256 has 32");
  EXPECT_EQ(error.remedy, "give the hash as bytes, not as hex digits");
}

TEST(ExceptionValidation, WantsASignerThatACertificateCouldName) {
  v1::ExceptionList list;
  for (const std::string_view signer : {"Vendor\r"sv, " Vendor"sv, "Vendor "sv, "Ven\xff"sv, "a\0b"sv}) {
    list.clear_approved();
    list.add_approved()->set_signer(std::string(signer));
    EXPECT_EQ(refusal(list).field, "exceptions.approved[0].signer");
  }
  list.mutable_approved(0)->set_signer(std::string(1025, 'x'));
  EXPECT_NE(refusal(list).what.find("longer than 1024"), std::string::npos);
}

TEST(ExceptionValidation, TakesWhatOnlyLooksOdd) {
  const Exceptions exceptions(entries({R"(C:\100% sure.exe)", R"(C://Tools\\x.exe)", R"(c:\a;b,c.exe)"}));
  EXPECT_TRUE(exceptions.approve(R"(C:\100% sure.exe)"));
  EXPECT_TRUE(exceptions.approve(R"(C:\Tools\x.exe)"));
  EXPECT_TRUE(exceptions.approve(R"(C:\a;b,c.exe)"));
}

}  // namespace
}  // namespace holdfast::engine
