#include "sensors/import/csv_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/sensors/memory_bytes.h"
#include "tests/support/random.h"

namespace holdfast {
namespace {

// Rows as "line:[a][b]", what is wrong as "line:!reason".
std::string rows_of(std::string_view csv, std::size_t piece = 1000, std::size_t row_bytes_max = 1000) {
  MemoryBytes bytes(csv, piece);
  CsvReader reader(bytes, row_bytes_max);
  std::string told;
  for (;;) {
    const Expected<CsvReader::Next> next = reader.next();
    if (!next) return told + "(failed)";
    if (*next == CsvReader::Next::kEnd) return told;
    told += std::to_string(reader.line()) + ":";
    if (*next == CsvReader::Next::kBad) {
      told += std::string("!") + reader.reason() + ";";
    } else {
      for (const std::string_view field : reader.fields()) told.append("[").append(field).append("]");
    }
  }
}

TEST(CsvReader, ReadsRowsAsTheRfcHasThem) {
  EXPECT_EQ(rows_of("a,b\r\n1,2\r\n"), "1:[a][b]2:[1][2]");
  EXPECT_EQ(rows_of("\xEF\xBB\xBF\"a\",b"), "1:[a][b]");
  EXPECT_EQ(rows_of("\"x,\"\"y\"\"\n\",\nz,\"\""), "1:[x,\"y\"\n][]3:[z][]");
  EXPECT_EQ(rows_of("\n\r\na\n"), "3:[a]") << "empty lines are no rows";
  EXPECT_EQ(rows_of(",,\n"), "1:[][][]");
  EXPECT_EQ(rows_of(""), "");
}

// Where the comma stands in numbers, and as Excel writes a table's text.
TEST(CsvReader, TakesSemicolonsAndTabsWhereTheFirstRowHasThem) {
  EXPECT_EQ(rows_of("a;b\n1,5;\"x;y\"\n"), "1:[a][b]2:[1,5][x;y]");
  EXPECT_EQ(rows_of("a\tb\tc,d\n1\t2\t3\n"), "1:[a][b][c,d]2:[1][2][3]");
  EXPECT_EQ(rows_of("a;b,c\n1;2,3\n"), "1:[a;b][c]2:[1;2][3]") << "of as many the comma";
  EXPECT_EQ(rows_of("\"a;b;c\",d\n1;2,3\n"), "1:[a;b;c][d]2:[1;2][3]");
  EXPECT_EQ(rows_of("#TYPE x\n\"a\";\"b\"\n1;2\n"), "1:[#TYPE x]2:[a][b]3:[1][2]");
  EXPECT_EQ(rows_of("sep=;\na,b;c\n"), "2:[a,b][c]");
  EXPECT_EQ(rows_of("sep=,\na,b;c;d\n"), "2:[a][b;c;d]");
}

TEST(CsvReader, NamesWhatIsWrongAndReadsOnBehindTheLine) {
  EXPECT_EQ(rows_of("a\n\"b\nc\n"), "1:[a]2:!the file ends inside a field in quotes;3:[c]");
  EXPECT_EQ(rows_of("a\n" + std::string(200'000, 'x') + "\nb\n", 70'000, 100'000), "1:[a]2:!the row is too long;3:[b]");
  EXPECT_EQ(rows_of(std::string(CsvReader::kFieldsMax, ',') + "\nb\n", 1000, 10'000),
            "1:!the row has too many fields;2:[b]");
}

TEST(CsvReader, ReadsBackWhatWasWritten) {
  Random random(3);
  for (int round = 0; round < 300; ++round) {
    std::string csv;
    std::string expected;
    for (std::size_t line = 1, rows = random.below(5); rows > 0; --rows) {
      expected += std::to_string(line) + ":";
      for (std::size_t fields = 1 + random.below(4), i = 0; i < fields; ++i) {
        std::string field = "f";  // an empty row is none
        for (std::size_t size = random.below(5); size > 0; --size) field += "a,\"\n\r x"[random.below(7)];
        expected += "[" + field + "]";
        line += static_cast<std::size_t>(std::ranges::count(field, '\n'));
        for (std::size_t at = field.find('"'); at != std::string::npos; at = field.find('"', at + 2))
          field.insert(at, 1, '"');
        csv += (i == 0 ? "\"" : ",\"") + field + "\"";
      }
      csv += random.below(2) == 0 ? "\n" : "\r\n";
      ++line;
    }
    EXPECT_EQ(rows_of(csv, 1 + random.below(20)), expected) << csv;
  }
}

}  // namespace
}  // namespace holdfast
