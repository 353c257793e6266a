#include "sim/redaction/pseudonym.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>

#include "engine/path/case_folding.h"
#include "engine/text/hex.h"
#include "tests/sim/redaction/some_pseudonyms.h"

namespace holdfast {
namespace {

using ::testing::HasSubstr;

// RFC 4231, test cases 1, 2, 4 and 6.
TEST(HmacSha256, GivesWhatTheStandardGives) {
  EXPECT_EQ(hex_of(hmac_sha256(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(hex_of(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  std::string ascending;
  for (char c = 1; c <= 25; ++c) ascending += c;
  EXPECT_EQ(hex_of(hmac_sha256(ascending, std::string(50, '\xcd'))),
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
  EXPECT_EQ(hex_of(hmac_sha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

// `first`, and then only `others`, sixteen in all.
bool is_word(const std::string& text, char first, std::string_view others) {
  return text.size() == 16 && text.front() == first && text.find_first_not_of(others, 1) == std::string::npos;
}
constexpr std::string_view kHexadecimal = "0123456789abcdef";

TEST(Pseudonyms, ComeFromTheKey) {
  EXPECT_EQ(some_pseudonyms().of("ALICE"), some_pseudonyms().of("ALICE"));
  EXPECT_NE(some_pseudonyms().of("ALICE"), some_pseudonyms("another key of bytes").of("ALICE"));
  EXPECT_NE(some_pseudonyms().of("ALICE"), some_pseudonyms().of("BOB"));
}

TEST(Pseudonyms, AreNamesThatEveryPathMayHold) {
  EXPECT_TRUE(is_word(some_pseudonyms().of("ALICE"), 'n', kHexadecimal));
  EXPECT_TRUE(is_word(some_pseudonyms().of(engine::folded("Jürgen")), 'n', kHexadecimal));
}

// Upper case of the pseudonym is the pseudonym of the upper case: what has no case must become what has none.
TEST(Pseudonyms, HaveACaseWhereTheWordHasOne) {
  for (const char* word : {"1004336348", "王小明"})
    EXPECT_TRUE(is_word(some_pseudonyms().of(word), '9', kHexadecimal.substr(0, 10)));
  for (const char* word : {"Ä", "1A", "Ω"}) EXPECT_TRUE(is_word(some_pseudonyms().of(word), 'n', kHexadecimal));
}

TEST(Pseudonyms, NeedAKeyThatIsOne) {
  EXPECT_THAT(Pseudonyms::with_key("").error().text(), HasSubstr("key: has 0 bytes; at least 16 are needed"));
  EXPECT_THAT(Pseudonyms::with_key("fifteen bytes .").error().text(), HasSubstr("has 15 bytes"));
  EXPECT_TRUE(Pseudonyms::with_key("sixteen bytes ok"));
  EXPECT_THAT(Pseudonyms::with_key(std::string(32, 'a')).error().text(), HasSubstr("all its bytes are the same"));
  EXPECT_THAT(Pseudonyms::with_key(std::string(4097, 'a')).error().text(), HasSubstr("is longer than 4096 bytes"));
}

}  // namespace
}  // namespace holdfast
