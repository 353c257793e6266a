#include "sensors/import/event_document.h"

#include <gtest/gtest.h>

#include <string>

#include "sensors/import/document_splitter.h"
#include "sensors/import/event_fields.h"

namespace holdfast {
namespace {

class EventDocumentTest : public ::testing::Test {
 protected:
  std::string read(const std::string& json) {
    json_ = json;
    json_.reserve(json_.size() + DocumentSplitter::kPadding);
    return reader_.read(json_, event_);
  }
  std::string text(Field field) const {
    const RawValue* raw = event_.find(field);
    return raw == nullptr ? "(absent)" : std::string(raw->view());
  }

  std::string json_;
  EventDocumentReader reader_{64};
  EventDocument event_;
};

TEST_F(EventDocumentTest, ReadsFlatFields) {
  EXPECT_EQ(read(R"({"EventID":1,"Image":"C:\\a.exe","ProcessId":"12","Channel":null,"Extra":true,"Message":"long"})"),
            "");
  EXPECT_EQ(text(Field::kEventId), "1");
  EXPECT_EQ(text(Field::kImage), R"(C:\\a.exe)") << "still escaped";
  EXPECT_EQ(text(Field::kProcessId), "12");
  EXPECT_EQ(text(Field::kChannel), "(absent)");
  ASSERT_EQ(event_.unknown().size(), 1U);
  EXPECT_EQ(event_.unknown()[0], "Extra");
}

TEST_F(EventDocumentTest, ReadsWinlogbeat) {
  EXPECT_EQ(read(R"({"@timestamp":"2020-01-01T00:00:00Z","event":{"code":9},"host":{"name":"x"},"winlog":{"event_id":10,
      "provider_name":"Microsoft-Windows-Sysmon","computer_name":"PC","process":{"pid":4},"event_data":{"SourceImage":"a"}}})"),
            "");
  EXPECT_EQ(text(Field::kEventId), "10");
  EXPECT_EQ(text(Field::kProvider), "Microsoft-Windows-Sysmon");
  EXPECT_EQ(text(Field::kComputer), "PC");
  EXPECT_EQ(text(Field::kSourceImage), "a");
  EXPECT_EQ(text(Field::kTimestamp), "2020-01-01T00:00:00Z");
}

TEST_F(EventDocumentTest, ReadsOldWinlogbeat) {
  EXPECT_EQ(
      read(
          R"({"event_id":4947,"source_name":"S","log_name":"Security","computer_name":"PC","event_data":{"RuleId":"{1}"}})"),
      "");
  EXPECT_EQ(text(Field::kEventId), "4947");
  EXPECT_EQ(text(Field::kProvider), "S");
  EXPECT_EQ(text(Field::kRuleId), "{1}");
}

TEST_F(EventDocumentTest, ReadsNestedEventsWithAttributes) {
  EXPECT_EQ(
      read(
          R"({"Event":{"#attributes":{"xmlns":"x"},"System":{"Provider":{"#attributes":{"Name":"P","Guid":"g"}},"EventID":11,
      "TimeCreated":{"#attributes":{"SystemTime":"2026-04-17T05:24:53.092051Z"}},"Execution":{"#attributes":{"ProcessID":1}},
      "Channel":"C","Computer":"PC","Security":null},"EventData":{"Image":"a.exe"}}})"),
      "");
  EXPECT_EQ(text(Field::kEventId), "11");
  EXPECT_EQ(text(Field::kProvider), "P");
  EXPECT_EQ(text(Field::kSystemTime), "2026-04-17T05:24:53.092051Z");
  EXPECT_EQ(text(Field::kComputer), "PC");
  EXPECT_EQ(text(Field::kImage), "a.exe");
  EXPECT_EQ(text(Field::kProcessId), "(absent)") << "the logging process is not the acting one";
}

TEST_F(EventDocumentTest, ReadsDataAsListOfNamesAndTexts) {
  EXPECT_EQ(
      read(
          R"({"Event":{"System":{"Provider":{"@Name":"P"},"EventID":{"@Qualifiers":"0","#text":"4688"},"TimeCreated":{"@SystemTime":"t"}},
      "EventData":{"Data":[{"@Name":"NewProcessName","#text":"a.exe"},{"#text":"0x1","@Name":"ProcessId"},{"@Name":"CommandLine"},
      {"#attributes":{"Name":"MandatoryLabel"},"#text":"S-1-16-4096"},"unnamed",null]}}})"),
      "");
  EXPECT_EQ(text(Field::kEventId), "4688");
  EXPECT_EQ(text(Field::kProvider), "P");
  EXPECT_EQ(text(Field::kSystemTime), "t");
  EXPECT_EQ(text(Field::kNewProcessName), "a.exe");
  EXPECT_EQ(text(Field::kProcessId), "0x1");
  EXPECT_EQ(text(Field::kMandatoryLabel), "S-1-16-4096");
  EXPECT_EQ(text(Field::kCommandLine), "(absent)");
  EXPECT_EQ(read(R"({"Event":{"EventData":{"Data":{"@Name":"Image","#text":"one.exe"}}}})"), "");
  EXPECT_EQ(text(Field::kImage), "one.exe");
}

TEST_F(EventDocumentTest, ReadsUserDataAndSeparateAttributes) {
  EXPECT_EQ(
      read(
          R"({"Event":{"System":{"Provider_attributes":{"Name":"P"},"TimeCreated_attributes":{"SystemTime":"t"},"EventID":5},
      "UserData":{"Wrapped":{"xmlns":"u","ServiceName":"s"}}}})"),
      "");
  EXPECT_EQ(text(Field::kProvider), "P");
  EXPECT_EQ(text(Field::kSystemTime), "t");
  EXPECT_EQ(text(Field::kServiceName), "s");
}

TEST_F(EventDocumentTest, TakesTheFirstOfDuplicateKeysAndCounts) {
  EXPECT_EQ(read(R"({"Image":"first","Image":"second","EventID":1})"), "");
  EXPECT_EQ(text(Field::kImage), "first");
  EXPECT_EQ(event_.duplicate_keys(), 1U);
}

// A collector's ProcessId is its own; what an event is, and when, its frame says.
TEST_F(EventDocumentTest, BelievesAnEventsOwnDataBeforeWhatIsAround) {
  EXPECT_EQ(read(R"({"ProcessId":"1","EventID":1,"event_data":{"ProcessId":"2","EventID":7}})"), "");
  EXPECT_EQ(text(Field::kProcessId), "2");
  EXPECT_EQ(text(Field::kEventId), "1");
  EXPECT_EQ(read(R"({"event_data":{"ProcessId":"2"},"ProcessId":"1","EventID":1})"), "");
  EXPECT_EQ(text(Field::kProcessId), "2");
}

TEST_F(EventDocumentTest, TakesAListOfOneForItsElement) {
  EXPECT_EQ(
      read(R"({"Image":["a\"b"],"ProcessId":[ 7 ],"User":[],"Company":["a","b"],"Product":[["a"]],"Hashes":[{}]})"),
      "");
  EXPECT_EQ(text(Field::kImage), R"(a\"b)");
  EXPECT_EQ(text(Field::kProcessId), "7");
  EXPECT_EQ(event_.not_scalar(), (std::vector{Field::kUser, Field::kCompany, Field::kProduct, Field::kHashes}));
}

TEST_F(EventDocumentTest, ForgetsTheEventBefore) {
  EXPECT_EQ(read(R"({"Image":"a","x":"1"})"), "");
  EXPECT_EQ(read(R"({"EventID":1})"), "");
  EXPECT_EQ(text(Field::kImage), "(absent)");
  EXPECT_TRUE(event_.unknown().empty());
}

TEST_F(EventDocumentTest, TellsFieldsThatHoldMoreThanAValue) {
  EXPECT_EQ(read(R"({"Image":{"a":1},"ProcessId":[1,2],"tags":["x"],"EventID":1})"), "");
  EXPECT_EQ(event_.not_scalar(), (std::vector{Field::kImage, Field::kProcessId}));
}

TEST_F(EventDocumentTest, RefusesWhatIsNoJson) {
  for (const char* bad :
       {"{", "{}}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{\"a\":tru}", "{\"a\":01}", "{\"a\":1 2}", "{\"a\" 1}",
        "{a:1}", "{\"a\":\"\x01\"}", "{\"a\":\"\xFF\"}", "{\"a\":\"\xC3\"}", "{\"a\":\"\xED\xA0\x80\"}", "{} {}",
        "{\"a\":[1}", "{\"a\":{\"b\":[}}", "{\"a\":[1,]}", "{\"Event\":{\"EventData\":{\"Data\":[{\"@Name\":}]}}}"}) {
    EXPECT_NE(read(bad), "") << bad;
  }
}

TEST_F(EventDocumentTest, RefusesNestingBombs) {
  const std::string deep = std::string(65, '[') + std::string(65, ']');
  EXPECT_EQ(read("{\"tags\":" + deep + "}"), "it is nested too deeply");
  EXPECT_EQ(read("{\"tags\":" + std::string(64, '[') + std::string(64, ']') + "}"), "");
  std::string containers;
  for (int i = 0; i < 5000; ++i) containers += "{\"Event\":";
  EXPECT_NE(read(containers + "1" + std::string(5000, '}')), "");
}

TEST_F(EventDocumentTest, ReadsEveryPrefixWithoutHarm) {
  const std::string whole =
      R"({"Event":{"System":{"EventID":1},"EventData":{"Data":[{"@Name":"Image","#text":"a\\b"}]}},"x":[1,{"y":null}]})";
  ASSERT_EQ(read(whole), "");
  for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_NE(read(whole.substr(0, size)), "") << size;
}

// Every name against the slow way to find it.
TEST(EventFieldNames, AreFoundAndNeighboursAreNot) {
  std::uint16_t spelling = 0;
  for (std::size_t i = 0; i < kFields; ++i) {
    const Field field = static_cast<Field>(i);
    const std::string name(field_name(field));
    EXPECT_EQ(find_field(name, spelling), field) << name;
    for (const std::string& neighbour : {name + "x", "x" + name, name.substr(0, name.size() - 1) + "~"}) {
      EXPECT_EQ(find_field(neighbour, spelling), Field::kUnknown) << neighbour;
    }
  }
  EXPECT_EQ(find_field("", spelling), Field::kUnknown);
  EXPECT_EQ(find_field("SourceName", spelling), Field::kProvider);
  EXPECT_EQ(find_field("image", spelling), Field::kUnknown) << "names are case-sensitive";
}

}  // namespace
}  // namespace holdfast
