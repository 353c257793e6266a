// Whole machines during an attack, cut down to the one decision about the payload, as a person would.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/commands/program.h"
#include "tests/corpus/corpus_files.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

class ShrinkCorpus : public testing::Test {};

TEST_F(ShrinkCorpus, CredentialAccessComesDownToAFewEntriesThatPass) {
  constexpr std::uint64_t kEntriesMax = 20;
  const auto compound = corpus_folder() / "OTRF+Security-Datasets" / "datasets" / "compound";
  std::vector<std::string> recordings;
  for (const char* campaign : {"LSASS_campaign_01", "LSASS_campaign_03", "LSASS_campaign_04", "LSASS_campaign_05"}) {
    for (const std::string& file : files_with(compound / campaign, {".zip"})) recordings.push_back(file);
  }
  ASSERT_GE(recordings.size(), 4U);
  const TemporaryFolder folder;
  std::vector<std::string> import{"import", "-o", folder.path("all.hfr")};
  import.insert(import.end(), recordings.begin(), recordings.end());
  ASSERT_NE(holdfast_program(import).exit_code, 2);
  for (const char* decided : {"ask-all", "deny-all", "assess-all"}) {
    const std::string output = folder.path(std::string(decided) + ".txtpb");
    const Ran ran = holdfast_program(
        {"shrink", folder.path("all.hfr"), "--settings", std::string("fixtures/settings/") + decided + ".txtpb",
         "--program", "winx64_payload.exe", "--event", "PROGRAM_LIBRARY_INJECTION", "-o", output, "--json"});
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    simdjson::dom::parser parser;
    simdjson::dom::element result;
    ASSERT_EQ(parser.parse(ran.out).get(result), simdjson::SUCCESS) << ran.out;
    EXPECT_GE(std::uint64_t(result["events"]), 100'000U);
    EXPECT_LE(std::uint64_t(result["entries"]), kEntriesMax);
    EXPECT_TRUE(bool(result["minimal"]));
    std::printf("%s: %llu events, %llu entries in %llu runs\n", decided,
                static_cast<unsigned long long>(std::uint64_t(result["events"])),
                static_cast<unsigned long long>(std::uint64_t(result["entries"])),
                static_cast<unsigned long long>(std::uint64_t(result["runs"])));
    EXPECT_EQ(holdfast_program({"run", output}).exit_code, 0);
  }
}

}  // namespace
}  // namespace holdfast
