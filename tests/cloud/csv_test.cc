#include "cloud/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/cloud/temporary_store.h"

namespace holdfast::cloud {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// What the lines put in, or what is wrong with them.
struct Read {
  std::vector<Known> known;
  std::string error;
};
Read read(const std::vector<std::string>& lines) {
  CsvReader reader("list.csv", kToday);
  Read result;
  for (const std::string& line : lines) {
    const auto done = reader.line(line, [&](std::string_view sha256, const Known& known) -> Expected<void> {
      EXPECT_EQ(sha256.size(), 32U);
      result.known.push_back(known);
      return {};
    });
    if (!done) {
      result.error = done.error().text();
      return result;
    }
  }
  if (const auto end = reader.end(); !end) result.error = end.error().text();
  return result;
}

TEST(CsvFields, FollowTheUsualQuoting) {
  EXPECT_THAT(*csv_fields("a,b,,d"), ElementsAre("a", "b", "", "d"));
  EXPECT_THAT(*csv_fields(R"("a,b","say ""hi""",)"), ElementsAre("a,b", "say \"hi\"", ""));
  EXPECT_THAT(*csv_fields(""), ElementsAre(""));
  for (const char* wrong : {"\"a", "a\"b", "\"a\"b", "\"a\"\"", "x,\"y"}) {
    EXPECT_EQ(csv_fields(wrong), std::nullopt) << wrong;
  }
}

TEST(Dates, AreDaysOfTheCalendar) {
  EXPECT_EQ(day_of("1970-01-01"), 0);
  EXPECT_EQ(day_of("2026-11-26"), 20'783);
  EXPECT_EQ(day_of("2024-02-29"), 19'782);
  for (const char* wrong :
       {"", "2026-11-31", "2023-02-29", "1969-12-31", "26-11-2026", "2026/11/26", "2026-1-1", "2026-11-26T"}) {
    EXPECT_EQ(day_of(wrong), std::nullopt) << wrong;
  }
}

TEST(Csv, TakesColumnsInAnyOrderAndLeavesOutWhatIsEmpty) {
  const Read list =
      read({"\xef\xbb\xbfVerdict,sha256,detections,age_days\r", "safe," + kHash + ",12,3\r", "," + kHash + ",,", ""});
  EXPECT_EQ(list.error, "");
  EXPECT_THAT(list.known, ElementsAre(Known{v1::SafeSoftwareAnswer::SAFE, 12, kToday - 3}, Known{}));
  EXPECT_THAT(read({"sha256,first_seen", kHash + ",2024-02-29"}).known, ElementsAre(Known{{}, {}, 19'782}));
}

TEST(Csv, NamesFileLineFieldAndReason) {
  struct Wrong {
    std::vector<std::string> lines;
    const char* says;
  };
  for (const Wrong& wrong : std::vector<Wrong>{
           {{}, "list.csv:0: sha256: there is no line of column names"},
           {{"sha256,colour"}, "list.csv:1: colour: no such column"},
           {{"sha256,"}, "list.csv:1: column: one has no name"},
           {{"verdict"}, "list.csv:1: sha256: the column is missing"},
           {{"sha256,SHA256"}, "list.csv:1: SHA256: it stands twice"},
           {{"sha256", "abc"}, "list.csv:2: sha256: \"abc\" is no SHA-256"},
           {{"sha256,verdict", kHash + ",good"}, "list.csv:2: verdict: \"good\" is not safe, unknown or malicious"},
           {{"sha256,detections", kHash + ",-1"}, "list.csv:2: detections: \"-1\" is no whole number"},
           {{"sha256,age_days", kHash + ",36501"}, "list.csv:2: age_days: \"36501\" is not 0 to 36500"},
           {{"sha256,first_seen", kHash + ",yesterday"}, "list.csv:2: first_seen: \"yesterday\" is no date"},
           {{"sha256", "", kHash + ",1"}, "list.csv:3: line: it has 2 fields, the line of names has 1"},
           {{"sha256", "\"" + kHash}, "list.csv:2: line: a quotation mark is not closed"},
           {{"sha256", std::string(5'000, 'a')}, "list.csv:2: line: it is longer than 4096 bytes"},
       }) {
    EXPECT_THAT(read(wrong.lines).error, HasSubstr(wrong.says));
  }
}

}  // namespace
}  // namespace holdfast::cloud
