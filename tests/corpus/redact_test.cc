// Real machines without their names: decided alike, and a replay of what was written gives the log that was proven.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "tests/commands/program.h"
#include "tests/corpus/corpus_files.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

class RedactCorpus : public testing::Test {};

TEST_F(RedactCorpus, IsDecidedAlikeWithoutItsNames) {
  const TemporaryFolder folder;
  folder.write("key", "thirty-two bytes that nobody has");
  const std::string original = folder.path("a.hfr");
  const std::string redacted = folder.path("b.hfr");
  std::uint64_t recordings = 0;
  std::uint64_t inputs = 0;
  std::uint64_t names = 0;
  for (const std::string& file :
       files_with(corpus_folder() / "OTRF+Security-Datasets" / "datasets" / "atomic", {".zip"})) {
    if (holdfast_program({"import", "-o", original, file}).exit_code == 2) continue;
    const Ran ran = holdfast_program({"redact", original, "--key", folder.path("key"), "-o", redacted, "--json"});
    ASSERT_EQ(ran.exit_code, 0) << file << ": " << ran.out << ran.err;
    simdjson::dom::parser parser;
    simdjson::dom::element result;
    ASSERT_EQ(parser.parse(ran.out).get(result), simdjson::SUCCESS) << ran.out;
    EXPECT_TRUE(bool(result["proven"]));
    const std::string log{std::string_view(result["log_sha256"])};
    EXPECT_THAT(holdfast_program({"replay", redacted, "--platform", "WINDOWS_10_X64", "--json"}).out,
                testing::HasSubstr(log));
    ++recordings;
    inputs += std::uint64_t(result["inputs"]);
    names += std::uint64_t(result["names"]);
  }
  EXPECT_GE(recordings, 50U);
  EXPECT_GE(names, recordings);
  std::printf("%llu recordings, %llu inputs, %llu names\n", static_cast<unsigned long long>(recordings),
              static_cast<unsigned long long>(inputs), static_cast<unsigned long long>(names));
}

}  // namespace
}  // namespace holdfast
