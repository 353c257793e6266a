// Events as XML, through the importer.
#include <gmock/gmock.h>

#include <string>

#include "tests/sensors/import/import_fixture.h"

namespace holdfast {
namespace {

using ::testing::HasSubstr;

using XmlEventsTest = ImportTest;

std::string exit_xml(int pid, const std::string& data = {}, const std::string& time = "2020-09-04T07:06:10.5000000Z") {
  return "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
         "<Provider Name='Microsoft-Windows-Sysmon'/><EventID Qualifiers=''>5</EventID><TimeCreated SystemTime='" +
         time +
         "'/><Channel>Microsoft-Windows-Sysmon/Operational</Channel><Computer>PC1</Computer></System><EventData>"
         "<Data Name='ProcessId'>" +
         std::to_string(pid) + "</Data>" + data + "</EventData></Event>\n";
}

TEST_F(XmlEventsTest, TextsStandAsXmlMeansThem) {
  import(exit_xml(1,
                  "<Data Name='Image'>C:\\a &amp; b\\&#x263A;.<![CDATA[&lt;]]>exe</Data><Data Name='User'/>"
                  "<Data Name='New'>1</Data><Data>nameless</Data>"));
  ASSERT_EQ(kept_.inputs.size(), 1U);
  EXPECT_EQ(kept_.operation(0).actor_image(), "C:\\a & b\\\u263A.&lt;exe");
  EXPECT_EQ(kept_.operation(0).actor_user(), "");
  EXPECT_EQ(kept_.operation(0).wall_ns(), 1'599'203'170'500'000'000U);
  EXPECT_EQ(kept_.header.profile().endpoint(), "PC1");
}

// As writers of whole documents break their lines.
TEST_F(XmlEventsTest, LineBreaksBetweenTagsTellNothing) {
  std::string xml = exit_xml(1);
  const auto broken = [&](const std::string& tag) {
    const std::size_t end = xml.find("/>", xml.find("<" + tag));
    xml.replace(end, 2, ">\n      </" + tag + ">");
  };
  broken("Provider");
  broken("TimeCreated");
  import(xml);
  ASSERT_EQ(kept_.inputs.size(), 1U);
  EXPECT_EQ(kept_.operation(0).actor().pid(), 1U);
  EXPECT_EQ(kept_.operation(0).wall_ns(), 1'599'203'170'500'000'000U);
}

TEST_F(XmlEventsTest, BehindTheLineByWhichAToolPresentsItselfAreRead) {
  import("exporter 20181227\n\n" + exit_xml(1) + exit_xml(2));
  EXPECT_EQ(kept_.inputs.size(), 2U);
}

TEST_F(XmlEventsTest, ReadsUserData) {
  import(
      "<Events><Event><System><Provider Name='Service Control Manager'/><EventID>7045</EventID>"
      "<TimeCreated SystemTime='2020-09-04T07:06:10Z'/></System><UserData><Wrapped xmlns='x'>"
      "<ServiceName>s</ServiceName><ImagePath>C:\\s.exe</ImagePath></Wrapped></UserData></Event></Events>");
  ASSERT_EQ(kept_.inputs.size(), 1U);
  EXPECT_EQ(kept_.operation(0).service_install().name(), "s");
}

// The Event Viewer writes the newest event first.
TEST_F(XmlEventsTest, ComeOutInOrderOfTimeAndRecord) {
  const auto numbered = [](int pid, int record, const std::string& time) {
    std::string xml = exit_xml(pid, {}, time);
    return xml.insert(xml.find("<Channel>"), "<EventRecordID>" + std::to_string(record) + "</EventRecordID>");
  };
  import("<Events>" + numbered(3, 9, "2020-09-04T07:06:11Z") + numbered(2, 8, "2020-09-04T07:06:10Z") +
         numbered(1, 7, "2020-09-04T07:06:10Z") + "</Events>");
  ASSERT_EQ(kept_.inputs.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(kept_.operation(i).actor().pid(), i + 1);
}

TEST_F(XmlEventsTest, DamagedOnesAreNamedAndTheRestIsRead) {
  const std::pair<std::string, const char*> cases[] = {
      {exit_xml(9, "<Data Name='Image'>&what;</Data>"), "an ampersand begins no character"},
      {exit_xml(9, "<Data Name='Image'>x</Date>"), "an element is closed that is not open"},
      {exit_xml(9, "<Data Name='Image'>\xFF</Data>"), "a text is not UTF-8"},
      {exit_xml(9, "<\xFF/>"), "a name is not UTF-8"},
      {exit_xml(9).substr(0, exit_xml(9).find("</Data>")) + "\n", "another event begins inside the event"},
      {"<!DOCTYPE x [<!ENTITY a 'b'>]>\n", "it declares a document type"},
  };
  for (const auto& [damage, reason] : cases) {
    const ImportReport report = import("<Events>\n" + exit_xml(1) + damage + exit_xml(2) + "</Events>");
    EXPECT_EQ(report.summary.mapped(), 2U) << reason;
    ASSERT_EQ(report.malformed.size(), 1U) << reason;
    EXPECT_EQ(report.malformed[0].line, 3U) << reason;
    EXPECT_THAT(report.malformed[0].reason, HasSubstr(reason));
  }
}

TEST_F(XmlEventsTest, AreBounded) {
  ImportOptions options;
  options.limits.document_bytes_max = 200'000;
  std::string elements;
  for (int i = 0; i < 70'000; ++i) elements += "<a/>";
  const ImportReport long_one = import(exit_xml(1, elements) + exit_xml(2), options);
  EXPECT_EQ(long_one.summary.mapped(), 1U);
  ASSERT_EQ(long_one.malformed.size(), 1U);
  EXPECT_EQ(long_one.malformed[0].reason, "the event is longer than 200000 bytes");
  const ImportReport many = import(exit_xml(1, elements) + exit_xml(2));
  ASSERT_EQ(many.malformed.size(), 1U);
  EXPECT_EQ(many.malformed[0].reason, "the event has too many elements");
}

TEST_F(XmlEventsTest, AreReadUpToWhereTheFileIsCut) {
  const std::string whole = "<Events>" + exit_xml(1) + exit_xml(2) + "</Events>";
  const std::size_t first_end = whole.find("</Event>") + 8;
  for (std::size_t size = first_end; size <= whole.size(); size += 7) {
    const ImportReport report = import(whole.substr(0, size));
    EXPECT_GE(report.summary.mapped(), 1U) << size;
    EXPECT_LE(report.summary.malformed(), 1U) << size;
  }
}

}  // namespace
}  // namespace holdfast
