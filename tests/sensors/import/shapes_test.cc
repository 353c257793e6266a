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
  std::string text;
};

// A text between the quotes of JSON.
std::string in_json(std::string_view text) {
  std::string escaped;
  for (const char c : text) escaped += c == '\\' || c == '"' ? std::string{'\\', c} : std::string{c};
  return escaped;
}

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

#define HOLDFAST_XML_DATA                                                                             \
  "<EventData><Data Name='UtcTime'>2024-03-12 09:15:14.320</Data><Data Name='ProcessGuid'>"           \
  "{d273d0f0-8065-5f67-0100-000000000400}</Data><Data Name='ProcessId'>4711</Data>"                   \
  "<Data Name='Image'>C:\\Users\\user\\setup.exe</Data><Data Name='EventType'>SetValue</Data>"        \
  "<Data Name='TargetObject'>HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run\\Updater</Data>" \
  "<Data Name='Details'>C:\\Users\\user\\setup.exe</Data></EventData>"

#define HOLDFAST_XML                                                                                              \
  "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"                                 \
  "<Provider Name='Microsoft-Windows-Sysmon' Guid='{5770385F-C22A-43E0-BF4C-06F5698FFBD9}'/>"                     \
  "<EventID>13</EventID><TimeCreated SystemTime='2024-03-12T09:15:14.3210000Z'/><EventRecordID>9</EventRecordID>" \
  "<Execution ProcessID='2200' ThreadID='3000'/><Channel>Microsoft-Windows-Sysmon/Operational</Channel>"          \
  "<Computer>PC1</Computer><Security UserID='S-1-5-18'/></System>" HOLDFAST_XML_DATA

#define HOLDFAST_MESSAGE                                                                                           \
  R"(Registry value set:\r\nRuleName: -\r\nEventType: SetValue\r\nUtcTime: 2024-03-12 09:15:14.320\r\n)"           \
  R"(ProcessGuid: {d273d0f0-8065-5f67-0100-000000000400}\r\nProcessId: 4711\r\nImage: C:\\Users\\user\\setup.exe)" \
  R"(\r\nTargetObject: HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run\\Updater\r\n)"                      \
  R"(Details: C:\\Users\\user\\setup.exe\r\nUser: PC1\\user)"

// What ECS makes of the event, without the braces around it.
#define HOLDFAST_ECS                                                                                        \
  R"("@timestamp":"2024-03-12T09:15:14.320Z","event":{"code":"13","kind":"event"},"process":{"entity_id":)" \
  R"("{d273d0f0-8065-5f67-0100-000000000400}","executable":"C:\\Users\\user\\setup.exe","pid":4711},)"      \
  R"("registry":{"hive":"HKLM","path":"HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run\\Updater",)" \
  R"("value":"Updater","data":{"type":"SZ_SZ","strings":["C:\\Users\\user\\setup.exe"]}})"

#define HOLDFAST_JSON_IN_CSV                                                                                        \
  R"({""EventData"":{""Data"":[{""@Name"":""UtcTime"",""#text"":""2024-03-12 09:15:14.320""},)"                     \
  R"({""@Name"":""ProcessId"",""#text"":""4711""},{""@Name"":""Image"",""#text"":""C:\\Users\\user\\setup.exe""},)" \
  R"({""@Name"":""EventType"",""#text"":""SetValue""},{""@Name"":""TargetObject"",""#text"":)"                      \
  R"(""HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run\\Updater""},)"                                       \
  R"({""@Name"":""Details"",""#text"":""C:\\Users\\user\\setup.exe""}]}})"

const Shape kShapes[] = {
    {"event_viewer_xml",
     "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\r\n"
     "<Events>" HOLDFAST_XML "<RenderingInfo Culture='en-US'><Message>Registry</Message>"
     "<Channel>x</Channel><Keywords><Keyword>y</Keyword></Keywords></RenderingInfo></Event></Events>"},
    {"wevtutil_xml", HOLDFAST_XML "</Event>\r\n"},
    {"azure_xml",
     R"({"SourceSystem":"OpsManager","TimeGenerated":"2024-03-12T09:15:14.320Z","Source":"Microsoft-Windows-Sysmon",)"
     R"("EventLog":"Microsoft-Windows-Sysmon/Operational","Computer":"h","EventID":13,)"
     R"("EventData":"<DataItem type=\"System.XmlData\"><EventData xmlns=\"x\"><Data Name=\"UtcTime\">)"
     R"(2024-03-12 09:15:14.320</Data><Data Name=\"ProcessId\">4711</Data><Data Name=\"EventType\">SetValue</Data>)"
     R"(<Data Name=\"Image\">C:\\Users\\user\\setup.exe</Data><Data Name=\"Details\">C:\\Users\\user\\setup.exe)"
     R"(</Data><Data Name=\"TargetObject\">HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run\\Updater</Data>)"
     R"(</EventData></DataItem>"})"},
    {"splunk_raw", R"({"preview":false,"result":{"_time":"2024-03-12T09:15:14.000+00:00","_raw":")" +
                       in_json(HOLDFAST_XML "</Event>") + R"("}})"},
    {"event_original", R"({"@timestamp":"2024-03-12T09:15:15Z","event":{"code":13,"original":")" +
                           in_json(HOLDFAST_XML "</Event>") + R"("},"winlog":{"event_id":"13"}})"},
    {"ecs", "{" HOLDFAST_ECS R"(,"winlog":{"channel":"Microsoft-Windows-Sysmon/Operational","event_id":"13",)"
            R"("process":{"pid":2200},"event_data":{"EventType":"SetValue","RuleName":"-"}}})"},
    {"ecs_in_a_hit", R"({"_index":"w","_source":{)" HOLDFAST_ECS
                     R"(,"winlog":{"provider_name":"Microsoft-Windows-Sysmon","event_id":13}}})"},
    {"ecs_flattened",
     R"({"fields":{"@timestamp":["2024-03-12T09:15:14.320Z"],"process.executable":["C:\\Users\\user\\setup.exe"],)"
     R"("process.pid":[4711],"registry.path":)"
     R"(["HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run\\Updater"],"winlog.process.pid":[2200],)"
     R"("registry.data.strings":["C:\\Users\\user\\setup.exe"],"winlog.event_id":["13"],)"
     R"("winlog.channel":["Microsoft-Windows-Sysmon/Operational"]}})"},
    {"elasticsearch_answer",
     R"({"took":3,"timed_out":false,"_shards":{"total":1},"hits":{"total":{"value":1},"max_score":1.0,"hits":[)"
     R"({"_index":"w","_id":"1","_source":{"@timestamp":"2024-03-12T09:15:14.320Z","winlog":{"channel":)"
     R"("Microsoft-Windows-Sysmon/Operational","event_id":13,"event_data":{)" HOLDFAST_DATA R"(}}}}]}})"},
    {"message_only", R"({"@timestamp":"2024-03-12T09:15:15Z","message":")" HOLDFAST_MESSAGE
                     R"(","winlog":{"channel":"Microsoft-Windows-Sysmon/Operational","event_id":13}})"},
    {"powershell_json",
     R"([{"Id":13,"Version":2,"LogName":"Microsoft-Windows-Sysmon/Operational","ProcessId":2200,"MachineName":"PC1",)"
     R"("ProviderName":"Microsoft-Windows-Sysmon","TimeCreated":"\/Date(1710234914321)\/","Properties":[{"Value":"-"}],)"
     R"("Message":")" HOLDFAST_MESSAGE R"("}])"},
    {"powershell_clixml",
     std::string(
         "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">\r\n<Obj RefId=\"0\">"
         "<TN RefId=\"0\"><T>System.Diagnostics.Eventing.Reader.EventLogRecord</T><T>System.Object</T></TN>"
         "<ToString>System.Diagnostics.Eventing.Reader.EventLogRecord</ToString><Props><I32 N=\"Id\">13</I32>"
         "<By N=\"Version\">2</By><Nil N=\"Qualifiers\" /><S N=\"ProviderName\">Microsoft-Windows-Sysmon</S>"
         "<S N=\"LogName\">Microsoft-Windows-Sysmon/Operational</S><I32 N=\"ProcessId\">2200</I32>"
         "<S N=\"MachineName\">PC1</S><Obj N=\"UserId\" RefId=\"1\"><Props><S N=\"Value\">S-1-5-18</S></Props></Obj>"
         "<DT N=\"TimeCreated\">2024-03-12T10:15:14.3210000+01:00</DT><Obj N=\"Properties\" RefId=\"2\"><LST>"
         "<Obj RefId=\"3\"><Props><S N=\"Value\">-</S></Props></Obj></LST></Obj></Props><MS><S N=\"Message\">"
         "Registry value set:_x000D__x000A_RuleName: -_x000D__x000A_EventType: SetValue_x000D__x000A_"
         "UtcTime: 2024-03-12 09:15:14.320_x000D__x000A_ProcessId: 4711_x000D__x000A_"
         "Image: C:\\Users\\user\\setup.exe_x000D__x000A_"
         "TargetObject: HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run\\Updater_x000D__x000A_"
         "Details: C:\\Users\\user\\setup.exe</S></MS></Obj></Objs>")},
    {"powershell_csv",
     "#TYPE System.Diagnostics.Eventing.Reader.EventLogRecord\r\n\"Message\",\"Id\",\"ProviderName\",\"LogName\","
     "\"ProcessId\",\"MachineName\",\"TimeCreated\",\"Properties\"\r\n\"Registry value set:\r\nEventType: SetValue\r\n"
     "UtcTime: 2024-03-12 09:15:14.320\r\nProcessId: 4711\r\nImage: C:\\Users\\user\\setup.exe\r\n"
     "TargetObject: HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run\\Updater\r\n"
     "Details: "
     "C:\\Users\\user\\setup.exe\",\"13\",\"Microsoft-Windows-Sysmon\",\"Microsoft-Windows-Sysmon/Operational\","
     "\"2200\",\"PC1\",\"3/12/2024 10:15:14 AM\",\"System.Collections.Generic.List`1[x]\"\r\n"},
    {"evtxecmd_csv",
     "\xEF\xBB\xBFRecordNumber,TimeCreated,EventId,Level,Provider,Channel,ProcessId,ThreadId,Computer,UserName,"
     "Payload\r\n"
     "9,2024-03-12 09:15:14.3210000,13,Info,Microsoft-Windows-Sysmon,Microsoft-Windows-Sysmon/Operational,2200,3000,"
     "PC1,S,\"" HOLDFAST_JSON_IN_CSV "\"\r\n"},
    {"kibana_csv",
     "\"@timestamp\",\"winlog.channel\",\"winlog.event_id\",\"process.pid\",\"process.executable\","
     "\"registry.path\",\"registry.data.strings\",\"user.name\"\n"
     "\"Mar 12, 2024 @ 09:15:14.320\",\"Microsoft-Windows-Sysmon/Operational\",13,\"4,711\","
     "\"C:\\Users\\user\\setup.exe\",\"HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run\\Updater\","
     "\"C:\\Users\\user\\setup.exe\",\"-\"\n"},
    {"event_hub",
     R"({"records":[{"time":"x","SourceName":"Microsoft-Windows-Sysmon","EventID":13,)" HOLDFAST_DATA "}]}"},
    {"evtxecmd_semicolons",
     "RecordNumber;TimeCreated;EventId;Provider;Channel;Payload\r\n"
     "9;2024-03-12 09:15:14.3210000;13;Microsoft-Windows-Sysmon;Microsoft-Windows-Sysmon/Operational;"
     "\"" HOLDFAST_JSON_IN_CSV "\"\r\n"},
    {"azure_portal_csv",
     "\"TimeGenerated [UTC]\",Computer,EventID,EventLog,Source,ProcessId,Image,TargetObject,Details,EventType\r\n"
     "\"3/12/2024, 9:15:14.320 AM\",PC1,13,Microsoft-Windows-Sysmon/Operational,Microsoft-Windows-Sysmon,4711,"
     "C:\\Users\\user\\setup.exe,HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run\\Updater,"
     "C:\\Users\\user\\setup.exe,SetValue\r\n"},
    {"splunk_csv",
     "\"_serial\",\"_time\",source,\"_raw\"\n0,\"2024-03-12T09:15:14.000+0000\",\"x\",\"" HOLDFAST_XML "</Event>\"\n"},
    {"winlogbeat_6",
     R"({"@timestamp":"2024-03-12T09:15:14.321Z","event_id":13,"source_name":"Microsoft-Windows-Sysmon",)"
     R"("log_name":"Microsoft-Windows-Sysmon/Operational","computer_name":"PC1","process_id":2200,"event_data":{)" HOLDFAST_DATA
     "}}"},
    {"elastic_agent",
     R"({"@timestamp":"2024-03-12T09:15:14.321Z","agent":{"type":"filebeat"},"host":{"name":"pc1"},"event":{"code":"13",)"
     R"("provider":"Microsoft-Windows-Sysmon"},"winlog":{"channel":"Microsoft-Windows-Sysmon/Operational",)"
     R"("event_id":"13","computer_name":"PC1","process":{"pid":2200},"keywords":["0x8000000000000000"],"event_data":{)" HOLDFAST_DATA
     "}}}"},
    {"nxlog",
     R"({"EventTime":"2024-03-12 10:15:14","Hostname":"PC1","SourceName":"Microsoft-Windows-Sysmon","EventID":13,)"
     R"("ExecutionProcessID":2200,"SourceModuleType":"im_msvistalog",)" HOLDFAST_DATA "}"},
    {"fluent_bit",
     R"({"ProviderName":"Microsoft-Windows-Sysmon","Channel":"Microsoft-Windows-Sysmon/Operational","EventID":13,)"
     R"("TimeCreated":"2024-03-12 10:15:14 +0100","Computer":"PC1","ProcessID":2200,)"
     R"("StringInserts":["-","SetValue"],"Message":")" HOLDFAST_MESSAGE R"("})"},
    {"velociraptor",
     R"({"System":{"Provider":{"Name":"Microsoft-Windows-Sysmon","Guid":"{5770385F-C22A-43E0-BF4C-06F5698FFBD9}"},)"
     R"("EventID":{"Value":13},"TimeCreated":{"SystemTime":1710234914.321},"Execution":{"ProcessID":2200},)"
     R"("Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"PC1"},"EventData":{)" HOLDFAST_DATA "}}"},
    {"chainsaw_dump",
     R"([{"Event":{"System":{"Provider_attributes":{"Name":"Microsoft-Windows-Sysmon"},"EventID":13,)"
     R"("TimeCreated_attributes":{"SystemTime":"2024-03-12T09:15:14.321000Z"},"Computer":"PC1"},"EventData":{)" HOLDFAST_DATA
     "}}}]"},
    {"evtx_dump_jsonl",
     R"({"Event":{"#attributes":{"xmlns":"x"},"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Sysmon"}},)"
     R"("EventID":13,"Execution":{"#attributes":{"ProcessID":2200}}},"EventData":{)" HOLDFAST_DATA "}}}\n"},
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

std::string utf16(std::string_view ascii_text, bool big_endian) {
  std::string wide;
  for (const char c : ascii_text) wide += big_endian ? std::string{'\0', c} : std::string{c, '\0'};
  return wide;
}

// Every tool's text, as Windows PowerShell's > would write it.
TEST_P(ShapeTest, IsReadAlikeInUtf16) {
  std::string_view text = GetParam().text;
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
  import(text);
  const KeptInputs plain = std::move(kept_);
  ASSERT_EQ(plain.inputs.size(), 1U);
  for (const bool big_endian : {false, true}) {
    for (const bool marked : {false, true}) {
      import((marked ? (big_endian ? "\xFE\xFF" : "\xFF\xFE") : "") + utf16(text, big_endian));
      ASSERT_EQ(kept_.inputs.size(), 1U);
      EXPECT_EQ(kept_.inputs[0].SerializeAsString(), plain.inputs[0].SerializeAsString());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Tools, ShapeTest, ::testing::ValuesIn(kShapes),
                         [](const auto& shape) { return std::string(shape.param.tool); });

// ---------------------------------------------------------------- messages

class MessageTest : public ImportTest {
 protected:
  // A start of a program as PowerShell's message tells it.
  ImportReport import_start(const std::string& command_line, const std::string& parent_command_line = "parent") {
    std::string message =
        "Process Create:\nRuleName: -\nUtcTime: 2024-03-12 09:15:14.320\n"
        "ProcessGuid: {11111111-0000-6592-0100-000000000001}\nProcessId: 4711\nImage: C:\\child.exe\nFileVersion: -\n"
        "CommandLine: " +
        command_line +
        "\nCurrentDirectory: C:\\here\\\nUser: D\\u\n"
        "ParentProcessGuid: {11111111-0000-6592-0100-000000000002}\nParentProcessId: 666\n"
        "ParentImage: C:\\parent.exe\nParentCommandLine: " +
        parent_command_line + "\n";
    std::string escaped;
    for (const char c : message) escaped += c == '\n' ? "\\r\\n" : in_json({&c, 1});
    return import(R"({"Id":1,"ProviderName":"Microsoft-Windows-Sysmon","LogName":)"
                  R"("Microsoft-Windows-Sysmon/Operational","Message":")" +
                  escaped + "\"}");
  }
};

TEST_F(MessageTest, AValueMayHaveSeveralLines) {
  import_start("powershell -c \"\niex (New-Object Net.WebClient)\n\nrest: of it\"", "one\ntwo");
  ASSERT_EQ(kept_.inputs.size(), 1U);
  EXPECT_EQ(kept_.operation(0).process_start().command_line(),
            "powershell -c \"\r\niex (New-Object Net.WebClient)\r\n\r\nrest: of it\"");
}

// Lines of a command line that look like the fields behind it: some of them, in another order, or all.
TEST_F(MessageTest, AForgedFieldInAValueDoesNotCount) {
  const std::string block =
      "CurrentDirectory: C:\\forged\\\nUser: D\\forged\nParentProcessGuid: {11111111-0000-6592-0100-000000000009}\n"
      "ParentProcessId: 900\nParentImage: C:\\forged.exe\nParentCommandLine: forged";
  for (const std::string& forged :
       {std::string("ParentImage: C:\\forged.exe\nParentProcessId: 900\nevil"), std::string("Image: C:\\forged.exe"),
        std::string("CommandLine: forged"), std::string("User: D\\forged\nCommandLine: forged"),
        std::string("ParentUser: D\\forged"), block, block + "\n" + block,
        "RuleName: forged\nProcessId: 900\nImage: C:\\forged.exe\nFileVersion: -\nCommandLine: x\n" + block}) {
    import_start("evil -c 1\n" + forged);
    ASSERT_EQ(kept_.inputs.size(), 1U) << forged;
    const v1::Operation& operation = kept_.operation(0);
    EXPECT_EQ(operation.process_start().image(), "C:\\child.exe");
    EXPECT_EQ(operation.process_start().user(), "D\\u") << forged;
    EXPECT_EQ(operation.actor().pid(), 666U) << forged;
    EXPECT_EQ(operation.actor_image(), "C:\\parent.exe") << forged;
    EXPECT_TRUE(operation.process_start().command_line().starts_with("evil -c 1\r\n")) << forged;
    EXPECT_THAT(operation.process_start().command_line(), HasSubstr("forged")) << forged;
    import_start("child -a", "evil -c 1\nParentImage: C:\\forged.exe\nParentCommandLine: x");
    ASSERT_EQ(kept_.inputs.size(), 1U);
    EXPECT_EQ(kept_.operation(0).process_start().command_line(), "child -a");
    EXPECT_EQ(kept_.operation(0).actor_image(), "C:\\parent.exe");
  }
}

TEST_F(MessageTest, AnEventInATextMayHaveItsTagsEscaped) {
  const ImportReport report = import(
      R"({"Computer":"PC1","TimeGenerated":"2022-05-13T08:54:07Z","EventSourceName":"Microsoft-Windows-Security-Auditing",)"
      R"("Channel":"Security","EventID":4689,"EventData":"\u003cEventData\u003E\r\n\u003CData Name=\"ProcessId\"\u003e0x9)"
      R"(\u003c/Data\u003e\u003c/EventData\u003e"})");
  EXPECT_EQ(report.summary.mapped(), 1U);
  ASSERT_EQ(kept_.inputs.size(), 1U);
  EXPECT_EQ(kept_.operation(0).actor().pid(), 9U);
}

// ---------------------------------------------------------------- Splunk's classic fields

TEST_F(MessageTest, SplunksClassicFieldsAreThoseOfTheEvent) {
  const ImportReport report = import(
      R"({"result":{"EventCode":"4688","LogName":"Security","SourceName":"Microsoft Windows security auditing.",)"
      R"("source":"WinEventLog:Security","_time":"2024-03-12T09:15:14.000+0000","New_Process_Name":"C:\\x.exe",)"
      R"("New_Process_ID":"0x1267","Creator_Process_ID":"0x400","Process_Command_Line":"x -a"}})"
      "\n"
      R"({"result":{"EventCode":"7045","LogName":"System","SourceName":"Microsoft-Windows-Service Control Manager",)"
      R"("_time":"2024-03-12T09:15:15.000+0000","Service_Name":"s","Service_File_Name":"C:\\s.exe",)"
      R"("Service_Type":"user mode service","Service_Start_Type":"auto start","Service_Account":"LocalSystem"}})");
  EXPECT_EQ(report.summary.malformed(), 0U);
  ASSERT_EQ(kept_.inputs.size(), 2U);
  EXPECT_EQ(kept_.operation(0).process_start().image(), "C:\\x.exe");
  EXPECT_EQ(kept_.operation(0).process_start().pid(), 0x1267U);
  EXPECT_EQ(kept_.operation(0).process_start().command_line(), "x -a");
  EXPECT_EQ(kept_.operation(0).actor().pid(), 0x400U);
  const v1::ServiceInstall& service = kept_.operation(1).service_install();
  EXPECT_EQ(service.name(), "s");
  EXPECT_EQ(service.image_path(), "C:\\s.exe");
  EXPECT_EQ(service.account(), "LocalSystem");
  EXPECT_EQ(service.service_type(), 0x10U);
  EXPECT_EQ(service.start_type(), 2U);
}

// ---------------------------------------------------------------- what is no log

class RefusalTest : public ImportTest {};

TEST_F(RefusalTest, SaysWhatAFileProbablyIsAndWritesNothing) {
  const struct {
    std::string text;
    const char* what;
  } cases[] = {
      {"{\"took\": 3, \"hits\": {\"hits\": [{\"_source\": {}}]}}", "search answer of Elasticsearch"},
      {"{\"took\": 3, \"hits\": {\"hits\": []}}\n{\"a\": 1}", "search answer of Elasticsearch"},
      {"[{\"kind\": \"individual\", \"document\": {}}]", "a hunt found (Chainsaw)"},
      {"{\"RuleTitle\": \"x\", \"Details\": {}}", "a hunt found (Hayabusa)"},
      {"{\"name\": \"sysmon\", \"columns\": {\"eventid\": \"13\"}}", "queries (osquery)"},
      {"[{\"Id\": 13, \"Properties\": [{\"Value\": \"x\"}]}]",
       "is what PowerShell makes of events: their fields have lost their names"},
      {"Level,Date and Time,Source,Event ID,Task Category\r\nInformation,x,y,13,z\r\n",
       "is the Event Viewer's list as a table (CSV), which leaves out the events' data; save it as .evtx or XML"},
      {"Ebene,Datum und Uhrzeit,Quelle,Ereignis-ID\r\nInformation,x,y,13\r\n", "is the Event Viewer's list as a table"},
      {"Name,Size,Time\r\na,1,2\r\n", "is a table (CSV) without a column"},
      {R"({"tables":[{"name":"PrimaryResult","columns":[{"name":"EventID","type":"int"}],"rows":[[4688]]}]})",
       "is an answer of Azure Monitor"},
      {"<?xml version=\"1.0\"?>\n<Events/>", "is XML that holds no event"},
      {"\xEF\xBB\xBF<Event/>", "is XML that holds no event"},
      {std::string("<\0a\0/\0>\0", 8), "is XML that holds no event"},
      {std::string("\xFF\xFE{\0\"\0a\0", 8), "holds no event that is understood"},
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

// Values without names are nobody's, whatever the event is called: none becomes an operation of nothing.
TEST_F(RefusalTest, NamesThatAnExportLostAreSaid) {
  const auto powershell = [](int id, const std::string& log, const std::string& message) {
    return R"({"Id":)" + std::to_string(id) + R"(,"LogName":")" + log +
           R"(","ProviderName":"x","ProcessId":4,"TimeCreated":"/Date(1710234914321)/",)"
           R"("Properties":[{"Value":"2024-03-12 09:15:14.320"},{"Value":"C:\\a.exe"}],"Message":")" +
           message + "\"}";
  };
  const std::string sysmon = "Microsoft-Windows-Sysmon/Operational";
  for (const std::string& event : {powershell(13, sysmon, "Registry value set:"), powershell(5, sysmon, ""),
                                   powershell(4688, "Security", "A new process:\\r\\n Image: C:\\\\a.exe"),
                                   powershell(4949, "Security", "Defaults were restored.")}) {
    const auto report = import_files({write("file", "[" + event + "]")});
    ASSERT_FALSE(report) << event;
    EXPECT_THAT(report.error().text(), HasSubstr("is what PowerShell makes of events: their fields have lost"));
    EXPECT_EQ(kept_.begun, 0);
  }
  const ImportReport report = import(powershell(13, sysmon, "Registry value set:") +
                                     powershell(13, sysmon, R"(x:\r\nTargetObject: HKLM\\a\\b)"));
  EXPECT_EQ(report.summary.mapped(), 1U);
  ASSERT_EQ(report.malformed.size(), 1U);
  EXPECT_THAT(report.malformed[0].reason, HasSubstr("event 13: its fields have lost their names"));
}

TEST_F(RefusalTest, AnEmptyAnswerOfASearchIsRefusedAlone) {
  const std::string events = sysmon_line(5, R"("ProcessId":"9")");
  for (const char* empty :
       {R"({"took":3,"timed_out":false,"hits":{"total":{"value":0},"hits":[]}})", R"({"value":[]})",
        R"({"preview":false,"results":[]})", "\xEF\xBB\xBF[]\n", "[ ]", "@timestamp,winlog.channel,winlog.event_id\n",
        R"(<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04"></Objs>)"}) {
    const std::string file = write("empty", empty);
    const auto alone = import_files({file});
    ASSERT_FALSE(alone) << empty;
    EXPECT_THAT(alone.error().text(), HasSubstr("empty: holds no event: the search found none")) << empty;
    EXPECT_EQ(kept_.begun, 0);
    const auto beside_others = import_files({file, write("page1.json", events)});
    ASSERT_TRUE(beside_others) << empty << ": the last page of many";
    EXPECT_EQ(beside_others->summary.mapped(), 1U);
    EXPECT_EQ(beside_others->summary.malformed(), 0U);
  }
}

TEST_F(RefusalTest, CountsMembersOfATriageArchiveOnceAndNamesWhatMayHoldEvents) {
  const std::string event =
      sysmon_line(13, R"("ProcessId":"9","EventType":"SetValue","TargetObject":"HKLM\\a\\b","Details":"c")");
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
  EXPECT_THAT(report->malformed[0].text(), HasSubstr("a.zip!inner.zip:1: is damaged or of an unknown kind"));
}

TEST_F(RefusalTest, AnEventWithoutWhatItCannotDoWithoutIsNotMapped) {
  const ImportReport report =
      import(sysmon_line(13, R"("ProcessId":"9","EventType":"SetValue")") +
             sysmon_line(1, R"("ProcessId":"9","Image":"-")") + sysmon_line(5, R"("ProcessId":"9")"));
  EXPECT_EQ(report.summary.mapped(), 1U);
  ASSERT_EQ(report.malformed.size(), 2U);
  EXPECT_THAT(report.malformed[0].reason, HasSubstr("event 13: it lacks the field TargetObject"));
  EXPECT_THAT(report.malformed[1].reason, HasSubstr("event 1: it lacks the field Image"));
}

// ConvertTo-Json of an event that is not Sysmon's: its ProcessId is that of the program that logs.
TEST_F(RefusalTest, AnEventWhoseFieldsLostTheirNamesIsNotMapped) {
  const auto line = [](int id) {
    return R"({"Id":)" + std::to_string(id) +
           R"(,"ProviderName":"Microsoft-Windows-Security-Auditing","LogName":"Security","ProcessId":4,"ThreadId":100,)"
           R"("MachineName":"PC1","TimeCreated":"\/Date(1710234914321)\/","Properties":[{"Value":"S-1-5-18"}],)"
           R"("Message":"A process has exited.\r\n\r\nProcess Information:\r\n\tProcess ID:\t0x1267"})"
           "\n";
  };
  std::string events;
  const std::vector<int> ids = {4656, 4657, 4663, 4688, 4689, 4697, 4698, 4702,
                                4719, 4946, 4947, 4948, 4950, 5145, 5447};
  for (const int id : ids) events += line(id);
  const ImportReport report = import(sysmon_line(5, R"("ProcessId":9)") + events);
  EXPECT_EQ(report.summary.mapped(), 1U);
  EXPECT_EQ(report.summary.malformed(), ids.size());
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

TEST_F(RefusalTest, AnAttemptThatWindowsRefusedIsKnownByWhatItsCollectorTells) {
  const auto outcome_of = [&](int id, const std::string& more) {
    const ImportReport report =
        import(security_line(id, R"("ProcessId":"0x9","ObjectType":"Process","ObjectName":"C:\\a","AccessMask":"0x2",)"
                                 R"("ShareName":"\\\\*\\C$","RelativeTargetName":"a")" +
                                     more));
    EXPECT_EQ(report.summary.mapped() + report.summary.unmapped(), 1U) << more;
    if (report.remarks.outcome_unknown != 0) return "unknown";
    return report.summary.mapped() != 0 ? "done" : "refused";
  };
  for (const int id : {4656, 4663, 5145}) {
    for (const char* refused :
         {R"(,"event":{"outcome":"failure"})", R"(,"event.outcome":"failure")", R"(,"EventType":"AUDIT_FAILURE")",
          R"(,"EventType":"FailureAudit")", R"(,"KeywordsDisplayNames":["Audit Failure"])",
          R"(,"Keywords":"0x10000000000000")", R"(,"Keywords":"0x0","event":{"outcome":"failure"})"}) {
      EXPECT_EQ(outcome_of(id, refused), std::string("refused")) << id << refused;
    }
    for (const char* done :
         {R"(,"event":{"outcome":"success"})", R"(,"EventType":"AUDIT_SUCCESS")", R"(,"EventType":"SuccessAudit")",
          R"(,"Keywords":"0x8020000000000000")", R"(,"Keywords":"0x8020000000000000","event":{"outcome":"failure"})"}) {
      EXPECT_EQ(outcome_of(id, done), std::string("done")) << id << done;
    }
    for (const char* unknown :
         {"", R"(,"event":{"outcome":"unknown"})", R"(,"EventType":"4")", R"(,"Keywords":"0x0")"}) {
      EXPECT_EQ(outcome_of(id, unknown), std::string("unknown")) << id << unknown;
    }
  }
}

}  // namespace
}  // namespace holdfast
