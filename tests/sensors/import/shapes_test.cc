// What tools make of one event, each in its public format: all tell that setup.exe (4711) sets Run\Updater.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "sensors/import/other_formats.h"
#include "tests/sensors/import/import_fixture.h"

namespace holdfast {
namespace {

using ::testing::HasSubstr;

struct Shape {
  const char* tool;
  const char* text;
};

void PrintTo(const Shape& shape, std::ostream* out) { *out << shape.tool; }

class ShapeTest : public ImportTest, public ::testing::WithParamInterface<Shape> {};

TEST_P(ShapeTest, IsReadWhole) {
  const ImportReport report = import(GetParam().text);
  EXPECT_EQ(report.summary.malformed(), 0U);
  ASSERT_EQ(kept_.inputs.size(), 1U);
  const v1::Operation& operation = kept_.operation(0);
  EXPECT_EQ(operation.registry_set().key(), R"(HKLM\Software\Microsoft\Windows\CurrentVersion\Run)");
  EXPECT_EQ(operation.registry_set().value(), "Updater");
  EXPECT_EQ(operation.registry_set().data(), R"(C:\Users\user\setup.exe)");
  EXPECT_EQ(operation.actor().pid(), 4711U);
  EXPECT_EQ(operation.actor_image(), R"(C:\Users\user\setup.exe)");
  EXPECT_EQ(operation.wall_ns(), 1'710'234'914'320'000'000U);
}

#define HOLDFAST_DATA                                                                              \
  R"("UtcTime":"2024-03-12 09:15:14.320","ProcessGuid":"{d273d0f0-8065-5f67-0100-000000000400}",)" \
  R"("ProcessId":"4711","Image":"C:\\Users\\user\\setup.exe","EventType":"SetValue",)"             \
  R"("TargetObject":"HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run\\Updater",)"          \
  R"("Details":"C:\\Users\\user\\setup.exe")"

const Shape kShapes[] = {
    {"winlogbeat",
     R"({"@timestamp":"2024-03-12T09:15:14.320Z","winlog":{"channel":"Microsoft-Windows-Sysmon/Operational",)"
     R"("event_id":13,"computer_name":"PC1","keywords":["x"],"event_data":{)" HOLDFAST_DATA "}}}"},
    {"flattened",
     R"({"@timestamp":"2024-03-12T09:15:14.320Z","winlog.channel":"Microsoft-Windows-Sysmon/Operational",)"
     R"("winlog.event_id":13,"winlog.event_data.UtcTime":"2024-03-12 09:15:14.320",)"
     R"("winlog.event_data.ProcessId":"4711","winlog.event_data.Image":"C:\\Users\\user\\setup.exe",)"
     R"("winlog.event_data.EventType":"SetValue","winlog.event_data.Details":"C:\\Users\\user\\setup.exe",)"
     R"("winlog.event_data.TargetObject":"HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run\\Updater"})"},
    {"search_fields",
     R"({"_index":"w","fields":{"winlog.channel":["Microsoft-Windows-Sysmon/Operational"],)"
     R"("winlog.event_id":[ 13 ],"winlog.event_data.UtcTime":["2024-03-12 09:15:14.320"],)"
     R"("winlog.event_data.ProcessId":["4711"],"winlog.event_data.Image":["C:\\Users\\user\\setup.exe"],)"
     R"("winlog.event_data.EventType":["SetValue"],)"
     R"("winlog.event_data.Details":["C:\\Users\\user\\setup.exe"],"winlog.event_data.TargetObject":)"
     R"(["HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run\\Updater"]}})"},
    {"splunk_result", R"({"preview":false,"result":{"_time":"2024-03-12T09:15:14.000+00:00","EventCode":"13",)"
                      R"("source":"XmlWinEventLog:Microsoft-Windows-Sysmon/Operational",)" HOLDFAST_DATA "}}"},
    {"wazuh",
     R"({"win":{"system":{"providerName":"Microsoft-Windows-Sysmon","eventID":"13",)"
     R"("systemTime":"2024-03-12T09:15:14.3200000Z","channel":"Microsoft-Windows-Sysmon/Operational","computer":"PC1"},)"
     R"("eventdata":{"utcTime":"2024-03-12 09:15:14.320","processId":"4711","image":"C:\\Users\\user\\setup.exe",)"
     R"("targetObject":"HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run\\Updater",)"
     R"("details":"C:\\Users\\user\\setup.exe","user":"PC1\\user","eventType":"SetValue"}}})"},
    {"azure_monitor",
     R"({"SourceSystem":"OpsManager","TimeGenerated":"2024-03-12T09:15:14.320Z",)"
     R"("Provider":"Microsoft-Windows-Sysmon","Computer":"h","EventID":13,)"
     R"("EventData":"{\"UtcTime\":\"2024-03-12 09:15:14.320\",\"ProcessId\":\"4711\",\"EventType\":\"SetValue\",)"
     R"(\"Image\":\"C:\\\\Users\\\\user\\\\setup.exe\",\"Details\":\"C:\\\\Users\\\\user\\\\setup.exe\",)"
     R"(\"TargetObject\":\"HKLM\\\\Software\\\\Microsoft\\\\Windows\\\\CurrentVersion\\\\Run\\\\Updater\"}"})"},
    // The outer ProcessId is Sysmon's own, and may come first.
    {"evtxecmd",
     R"({"ProcessId":2200,"ThreadId":3000,"Provider":"Microsoft-Windows-Sysmon","EventId":13,)"
     R"("TimeCreated":"2024-03-12T09:15:14.3210000+00:00","Payload":"{\"EventData\":{\"Data\":[)"
     R"({\"@Name\":\"UtcTime\",\"#text\":\"2024-03-12 09:15:14.320\"},{\"@Name\":\"ProcessId\",\"#text\":\"4711\"},)"
     R"({\"@Name\":\"Image\",\"#text\":\"C:\\\\Users\\\\user\\\\setup.exe\"},)"
     R"({\"@Name\":\"EventType\",\"#text\":\"SetValue\"},)"
     R"({\"@Name\":\"Details\",\"#text\":\"C:\\\\Users\\\\user\\\\setup.exe\"},{\"@Name\":\"TargetObject\",)"
     R"(\"#text\":\"HKLM\\\\Software\\\\Microsoft\\\\Windows\\\\CurrentVersion\\\\Run\\\\Updater\"}]}}"})"},
    {"xml_as_json_dollar",
     R"({"Event":{"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Sysmon"}},"EventID":13},"EventData":)"
     R"({"Data":[{"@Name":"UtcTime","$":"2024-03-12 09:15:14.320"},{"@Name":"ProcessId","$":"4711"},)"
     R"({"@Name":"Image","$":"C:\\Users\\user\\setup.exe"},{"@Name":"EventType","$":"SetValue"},)"
     R"({"@Name":"Details","$":"C:\\Users\\user\\setup.exe"},)"
     R"({"@Name":"TargetObject","$":"HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run\\Updater"}]}}})"},
    {"xml_as_json_text",
     R"({"Event":{"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Sysmon"}},"EventID":13},"EventData":)"
     R"({"Data":[{"_Name":"UtcTime","__text":"2024-03-12 09:15:14.320"},{"_Name":"ProcessId","__text":"4711"},)"
     R"({"_Name":"Image","__text":"C:\\Users\\user\\setup.exe"},{"_Name":"EventType","__text":"SetValue"},)"
     R"({"_Name":"Details","__text":"C:\\Users\\user\\setup.exe"},)"
     R"({"_Name":"TargetObject","__text":"HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run\\Updater"}]}}})"},
    {"lower_case", R"({"winlog":{"channel":"Microsoft-Windows-Sysmon/Operational","event_id":13,"event_data":{)"
                   R"("utctime":"2024-03-12 09:15:14.320","processid":"4711","image":"C:\\Users\\user\\setup.exe",)"
                   R"("targetobject":"HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run\\Updater",)"
                   R"("details":"C:\\Users\\user\\setup.exe","user":"PC1\\user","eventtype":"SetValue"}}})"},
    {"evtx_dump",
     "Record 1\n{\n \"Event\": {\n  \"System\": {\n   \"Provider\": {\"#attributes\": {\"Name\": "
     "\"Microsoft-Windows-Sysmon\"}},\n   \"EventID\": 13},\n  \"EventData\": {" HOLDFAST_DATA "}}}\nRecord 2\n"},
};

INSTANTIATE_TEST_SUITE_P(Tools, ShapeTest, ::testing::ValuesIn(kShapes),
                         [](const auto& shape) { return std::string(shape.param.tool); });

// ---------------------------------------------------------------- what is no log

class RefusalTest : public ImportTest {};

TEST_F(RefusalTest, SaysWhatAFileProbablyIsAndWritesNothing) {
  const struct {
    std::string text;
    const char* what;
  } cases[] = {
      {"{\"took\": 3, \"hits\": {\"hits\": [{\"_source\": {}}]}}", "search answer of Elasticsearch"},
      {"[{\"kind\": \"individual\", \"document\": {}}]", "a hunt found (Chainsaw)"},
      {"{\"RuleTitle\": \"x\", \"Details\": {}}", "a hunt found (Hayabusa)"},
      {"{\"name\": \"sysmon\", \"columns\": {\"eventid\": \"13\"}}", "queries (osquery)"},
      {"[{\"Id\": 13, \"Properties\": [{\"Value\": \"x\"}]}]", "ConvertTo-Json"},
      {"Level,Date and Time,Source,Event ID,Task Category\r\nInformation,x,y,13,z\r\n", "is a table (CSV)"},
      {"<?xml version=\"1.0\"?>\n<Events/>", "is XML"},
      {"\xEF\xBB\xBF<Event/>", "is XML"},
      {std::string("{\0\"\0a\0", 6), "is UTF-16 text"},
      {std::string("\0{\0\"\0a", 6), "is UTF-16 text"},
      {std::string("\x30\0\0\0LfLe", 8), "Windows XP or 2003"},
      {"\x89HFR\r\n\x1A\n", "is a recording already; holdfast replay"},
      {"event_monitoring { enabled: true }\n", "is a text of settings; holdfast check"},
      {"name: \"x\"\nat { offset: \"1s\" }\n", "is a scenario; holdfast run"},
      {"no event at all\n", "holds no event that is understood"},
      {"{\"a\": 1}\n{\"b\": 2}\n", "holds no event that is understood"},
  };
  for (const auto& [text, what] : cases) {
    const auto report = import_files({write("file", text)});
    ASSERT_FALSE(report) << what;
    EXPECT_THAT(report.error().text(), HasSubstr(what));
    EXPECT_THAT(report.error().text(), HasSubstr("file: "));
    EXPECT_EQ(kept_.begun, 0);
  }
}

TEST_F(RefusalTest, CountsMembersOfATriageArchiveOnceAndNamesWhatMayHoldEvents) {
  const std::string event = sysmon_line(13, R"("ProcessId":"9","EventType":"SetValue","TargetObject":"HKLM\\a\\b")");
  const auto report =
      import_files({write("a.zip", make_archive(ArchiveKind::kZip, {{"logs/a.json", event},
                                                                    {"SOFTWARE", "regf" + std::string(5000, 'x')},
                                                                    {"Console.txt", "one\ntwo\nthree\n"},
                                                                    {"inner.zip", "PK\x03\x04"}}))});
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_EQ(report->summary.mapped(), 1U);
  EXPECT_EQ(report->summary.unmapped(), 0U);
  EXPECT_EQ(report->remarks.unused_members, 3U);
  ASSERT_EQ(report->malformed.size(), 1U);
  EXPECT_THAT(report->malformed[0].text(), HasSubstr("a.zip!inner.zip:1: is an archive inside an archive"));
}

TEST_F(RefusalTest, AnEventWithoutWhatItCannotDoWithoutIsNotMapped) {
  const ImportReport report = import(sysmon_line(13, R"("ProcessId":"9","EventType":"SetValue")") +
                                     sysmon_line(1, R"("ProcessId":"9","Image":"-")"));
  EXPECT_EQ(report.summary.mapped(), 0U);
  ASSERT_EQ(report.malformed.size(), 2U);
  EXPECT_THAT(report.malformed[0].reason, HasSubstr("event 13: it lacks the field TargetObject"));
  EXPECT_THAT(report.malformed[1].reason, HasSubstr("event 1: it lacks the field Image"));
}

TEST_F(RefusalTest, AnAttemptThatWindowsRefusedIsKnownByItsWords) {
  const auto line = [](const std::string& keywords) {
    return security_line(
        4663,
        R"("ProcessId":"0x9","ObjectType":"File","ObjectName":"C:\\a","AccessMask":"0x2","Keywords":)" + keywords);
  };
  const ImportReport report =
      import(line(R"(["Audit Success"])") + line(R"(["Audit Failure","Classic"])") + line(R"("Audit Failure")") +
             line(R"("0x8010000000000000")") + line(R"(["Überwachung gescheitert"])") + line(R"([])"));
  EXPECT_EQ(report.summary.malformed(), 0U);
  EXPECT_EQ(report.summary.mapped(), 3U) << "the success, the unknown word and the one without any";
  EXPECT_EQ(report.summary.unmapped(), 3U);
  EXPECT_EQ(report.remarks.outcome_unknown, 2U);
}

}  // namespace
}  // namespace holdfast
