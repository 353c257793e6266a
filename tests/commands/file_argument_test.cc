#include "commands/holdfast/file_argument.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

TEST(FileArgument, IsTheNameWhereNoShellMindsIt) {
  for (const char* plain : {"incident.hfr", "./a/b-c_d.hfr", "D:/logs/x.evtx", "b\u00fcro.hfr"}) {
    EXPECT_EQ(file_argument(plain), plain);
  }
}

TEST(FileArgument, StandsInMarksThatShellsTakeAway) {
  EXPECT_EQ(file_argument("my incident.hfr"), R"("my incident.hfr")");
  EXPECT_EQ(file_argument(R"(C:\Users\Jo\x.hfr)"), R"("C:\Users\Jo\x.hfr")");
  EXPECT_EQ(file_argument("it's.hfr"), R"("it's.hfr")");
  EXPECT_EQ(file_argument("a&b;c.hfr"), R"("a&b;c.hfr")");
  EXPECT_EQ(file_argument("$HOME's.hfr"), R"('$HOME'\''s.hfr')");
  EXPECT_EQ(file_argument("say \"x\"!"), "'say \"x\"!'");
  EXPECT_EQ(file_argument("ends in \\"), "'ends in \\'");
  EXPECT_EQ(file_argument(""), R"("")");
}

TEST(FileArgument, IsNeverTakenForAnOption) {
  EXPECT_EQ(file_argument("-x.hfr"), "./-x.hfr");
  EXPECT_EQ(file_argument("--my file"), R"("./--my file")");
}

TEST(FileArgument, LetsNoControlCharacterReachATerminal) { EXPECT_EQ(file_argument("a\x1b[31m"), R"("a\x1b[31m")"); }

}  // namespace
}  // namespace holdfast
