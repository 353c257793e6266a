#include "sensors/import/document_splitter.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/sensors/memory_bytes.h"

namespace holdfast {
namespace {

struct Found {
  std::string text;  // of the document, or "!" and the reason
  std::uint64_t line = 0;
  bool operator==(const Found&) const = default;
};

void PrintTo(const Found& found, std::ostream* out) { *out << found.line << ": " << found.text; }

// A document counts as parsed when its brackets say so: what a parser would do.
bool parses(std::string_view text) {
  NestingScanner scanner(64);
  return scanner.scan(text) == NestingScanner::Result::kComplete && scanner.length() == text.size();
}

std::vector<Found> split(const std::string& text, std::size_t piece = 1 << 20, const ImportLimits& limits = {}) {
  MemoryBytes bytes(text, piece);
  DocumentSplitter splitter(bytes, limits);
  std::vector<Found> all;
  for (int guard = 0; guard < 100'000; ++guard) {
    Expected<DocumentSplitter::Next> next = splitter.next();
    while (next && *next == DocumentSplitter::Next::kDocument && !parses(splitter.text()))
      next = splitter.extend("no JSON");
    if (!next) {
      all.push_back({"error " + next.error().what, 0});
      return all;
    }
    if (*next == DocumentSplitter::Next::kEnd) return all;
    const bool good = *next == DocumentSplitter::Next::kDocument;
    all.push_back({good ? std::string(splitter.text()) : "!" + splitter.reason(), splitter.line()});
  }
  ADD_FAILURE() << "the splitter does not end";
  return all;
}

using All = std::vector<Found>;

TEST(DocumentSplitter, GivesOneDocumentPerLine) {
  EXPECT_EQ(split("{\"a\":1}\n{\"b\":2}\r\n\n  {\"c\":3}  \n{\"d\":4}"),
            (All{{"{\"a\":1}", 1}, {"{\"b\":2}", 2}, {"{\"c\":3}", 4}, {"{\"d\":4}", 5}}));
}

TEST(DocumentSplitter, GivesNothingForNothing) {
  EXPECT_EQ(split(""), All{});
  EXPECT_EQ(split(" \n\r\n\t"), All{});
  EXPECT_EQ(split("[]"), All{});
  EXPECT_EQ(split("\xEF\xBB\xBF{}"), (All{{"{}", 1}}));
}

TEST(DocumentSplitter, FollowsPrettyPrintedDocuments) {
  EXPECT_EQ(split("{\n \"a\": {}\n}\n{\n \"b\": [1,\n2]\n}\n"),
            (All{{"{\n \"a\": {}\n}", 1}, {"{\n \"b\": [1,\n2]\n}", 4}}));
  EXPECT_EQ(split("{ \"a\": {}\n}\n{\"b\":2}\n"), (All{{"{ \"a\": {}\n}", 1}, {"{\"b\":2}", 3}}))
      << "a first line that ends with a bracket";
}

TEST(DocumentSplitter, TakesArraysApart) {
  EXPECT_EQ(split("[{\"a\":1},{\"b\":2}]"), (All{{"{\"a\":1}", 1}, {"{\"b\":2}", 1}}));
  EXPECT_EQ(split("[\n{\"a\":1},\n{\"b\":\n2}\n]\n"), (All{{"{\"a\":1}", 2}, {"{\"b\":\n2}", 3}}));
  EXPECT_EQ(split("[{\"a\":1}"), (All{{"{\"a\":1}", 1}, {"!the file ends inside the array", 1}}));
}

TEST(DocumentSplitter, FindsSeveralDocumentsOnALine) {
  EXPECT_EQ(split("{\"a\":1}{\"b\":2} {\"c\":3}\n{\"d\":4}\n"),
            (All{{"{\"a\":1}", 1}, {"{\"b\":2}", 1}, {"{\"c\":3}", 1}, {"{\"d\":4}", 2}}));
}

TEST(DocumentSplitter, GoesOnBehindTheLineOfABadDocument) {
  EXPECT_EQ(split("{\"a\":1}\nnonsense\n{\"b\":2}\n"),
            (All{{"{\"a\":1}", 1}, {"!it is not a JSON object", 2}, {"{\"b\":2}", 3}}));
  EXPECT_EQ(split("{\"a\":\n{\"b\":2}\n"), (All{{"!the file ends inside the document", 1}, {"{\"b\":2}", 2}}));
  EXPECT_EQ(split("{\"a\":1,\n{\"b\":2}\n").back(), (Found{"{\"b\":2}", 2}));
  EXPECT_EQ(split("{\"a\":\"x\n{\"b\":2}\n"), (All{{"!the line ends inside a string", 1}, {"{\"b\":2}", 2}}));
  EXPECT_EQ(split("{\"a\":1]}\n{\"b\":2}\n").back(), (Found{"{\"b\":2}", 2}));
  EXPECT_EQ(split("7\n\"x\"\n"), (All{{"!it is not a JSON object", 1}, {"!it is not a JSON object", 2}}));
}

TEST(DocumentSplitter, CountsABrokenDocumentOverManyLinesOnce) {
  EXPECT_EQ(split("{\n  \"a\": {\n    \"b\" 1\n  },\n  \"c\": {}\n}\n{\n  \"d\": 2\n}\n"),
            (All{{"!it is no JSON: a bracket, comma or colon stands where none can", 1}, {"{\n  \"d\": 2\n}", 7}}));
}

TEST(DocumentSplitter, BoundsDocuments) {
  ImportLimits limits;
  limits.document_bytes_max = 64;
  const std::string big = "{\"a\":\"" + std::string(200, 'x') + "\"}";
  const All found = split(big + "\n{\"b\":2}\n", 16, limits);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].text, "!the document is longer than 64 bytes");
  EXPECT_EQ(found[1], (Found{"{\"b\":2}", 2}));
}

TEST(DocumentSplitter, FindsSmallDocumentsOnAnEndlessLine) {
  ImportLimits limits;
  limits.document_bytes_max = 64;
  std::string line;
  for (int i = 0; i < 100; ++i) line += "{\"a\":1}";
  EXPECT_EQ(split(line, 16, limits).size(), 100U);
}

TEST(DocumentSplitter, RefusesNestingBombs) {
  std::string bomb = "{\"a\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}\n{\"b\":2}\n";
  const All found = split(bomb);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].text, "!it is nested too deeply");
  EXPECT_EQ(found[1], (Found{"{\"b\":2}", 2}));
}

// Whole answers of Elasticsearch, Kibana, Azure and Splunk: of any size, for only their beginning is looked at.
TEST(DocumentSplitter, ReadsTheListInAnAnswer) {
  for (const auto& [head, tail] :
       {std::pair{"{\"took\": 3, \"_shards\": {\"a\": [1, \"]}\"]},\n\"hits\": {\"total\": 2, \"hits\": [",
                  "], \"x\": \"]}\\\"{\"},\n\"aggregations\": {\"hits\": []}}"},
        {"{\"hits\":{\n\"hits\":[", "]}}"},
        {"{\"rawResponse\":{\"took\":1,\"hits\":{\"hits\":[", "]}}}"},
        {"{\"@odata.context\":\"x\",\"value\":[", "]}"},
        {"{\"preview\":false,\"messages\":[],\"results\":[", "],\"highlighted\":{}}"},
        {"{\"records\":[", "]}"},
        {"{\"Events\": [", "]}"}}) {
    const std::string answer = head + std::string("{\"a\":[1]},\n {\"b\":2}") + tail;
    for (const std::string& text : {answer, answer + answer, answer + "\n" + answer}) {
      for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, text.size()}) {
        const All found = split(text, piece);
        ASSERT_EQ(found.size(), text == answer ? 2U : 4U) << text;
        for (std::size_t i = 0; i < found.size(); ++i)
          EXPECT_EQ(found[i].text, i % 2 == 0 ? "{\"a\":[1]}" : "{\"b\":2}");
      }
    }
    const All cut = split(answer.substr(0, answer.size() - 1));
    ASSERT_EQ(cut.size(), 3U);
    EXPECT_EQ(cut[2].text, "!the file ends inside the array");
  }
  for (const std::string text : {"{\"took\":1}", "{\"preview\":false,\"result\":{\"a\":1}}", "{\"hits\":{}}",
                                 "{\"x\":1,\"hits\":{\"hits\":[{}]}}"}) {
    EXPECT_EQ(split(text), (All{{text, 1}}));
  }
}

TEST(DocumentSplitter, RefusesOtherKindsOfFiles) {
  EXPECT_EQ(split("MZ{}"), (All{{"error is a program", 0}}));
  EXPECT_EQ(split("regf{}"), (All{{"error is a registry hive", 0}}));
}

// The answer must not depend on where the blocks of the source end. Reference: the whole text at once.
TEST(DocumentSplitter, GivesTheSameWhateverTheBlocks) {
  const std::string text =
      "{\"a\":1}\n[{\"b\":\"}\"},\n{\"c\":\"\\\"\"}]\nbad\n{\n\"d\": [1, {\"e\": "
      "null}]\n}\n{\"f\":\n{\"g\":2}{\"h\":3}\n{\"i\":\"x\n{\"j\":1}";
  const All whole = split(text);
  EXPECT_GE(whole.size(), 9U);
  for (std::size_t piece = 1; piece < text.size(); ++piece) EXPECT_EQ(split(text, piece), whole) << piece;
}

TEST(DocumentSplitter, EndsForEveryPrefixOfAText) {
  const std::string text = "{\"a\":[1,{\"b\":\"c\\\"\"}]}\n[\n {\"d\":true},\n {\"e\":{}}\n]\n{\n \"f\": 1\n}\n";
  for (std::size_t size = 0; size <= text.size(); ++size) {
    const All found = split(text.substr(0, size));
    EXPECT_LE(found.size(), 6U) << size;
  }
}

// Lines of the usual kind: the splitter against cutting at newlines.
TEST(DocumentSplitter, AgreesWithCuttingAtNewlines) {
  std::string text;
  All expected;
  for (std::uint64_t i = 1; i <= 5000; ++i) {
    const std::string line = "{\"n\":" + std::to_string(i) + ",\"text\":\"" + std::string(i % 97, '{') + "\"}";
    text += line + "\n";
    expected.push_back({line, i});
  }
  EXPECT_EQ(split(text, 777), expected);
}

}  // namespace
}  // namespace holdfast
