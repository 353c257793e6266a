// Windows event logs through the importer.
#include <gmock/gmock.h>

#include <string>

#include "tests/sensors/import/import_fixture.h"
#include "tests/support/evtx_writer.h"

namespace holdfast {
namespace {

using ::testing::ElementsAre;

EvtxWriter::Fields registry_set() {
  return {{"EventType", evtx_text("SetValue")},
          {"UtcTime", evtx_text("2020-09-04 07:06:10.123")},
          {"ProcessGuid",
           evtx_value(EvtxType::kGuid, {0xF0, 0xD0, 0x73, 0xD2, 0x65, 0x80, 0x67, 0x5F, 1, 2, 3, 4, 5, 6, 7, 8})},
          {"ProcessId", evtx_u32(4711)},
          {"Image", evtx_text("C:\\x.exe")},
          {"TargetObject", evtx_text("HKLM\\Software\\K\\V")},
          {"Details", evtx_text("DWORD (0x00000010)")},
          {"SomethingNew", evtx_text("7")}};
}

using EvtxImport = ImportTest;

TEST_F(EvtxImport, MakesOfAnEventWhatItMakesOfItsJson) {
  EvtxWriter log;
  log.add_event(kSysmonProvider, 13, registry_set());
  const ImportReport report = import(log.file());
  ASSERT_EQ(kept_.inputs.size(), 1U);
  const v1::Input of_evtx = kept_.inputs[0];
  EXPECT_EQ(kept_.header.profile().endpoint(), "host");
  ASSERT_EQ(report.summary.unmapped_event_size(), 1);
  EXPECT_THAT(report.summary.unmapped_event(0).field(), ElementsAre("SomethingNew"));

  kept_ = {};
  import(R"json({"SourceName":"Microsoft-Windows-Sysmon","Hostname":"host","EventID":13,"EventType":"SetValue",
                 "UtcTime":"2020-09-04 07:06:10.123","ProcessGuid":"{D273D0F0-8065-5F67-0102-030405060708}",
                 "ProcessId":4711,"Image":"C:\\x.exe","TargetObject":"HKLM\\Software\\K\\V",
                 "Details":"DWORD (0x00000010)"})json");
  ASSERT_EQ(kept_.inputs.size(), 1U);
  EXPECT_EQ(of_evtx.Utf8DebugString(), kept_.inputs[0].Utf8DebugString());
}

// Values are what they are: a backslash is no escape, an ampersand no entity.
TEST_F(EvtxImport, TakesTextsAsTheyStand) {
  EvtxWriter log;
  EvtxWriter::Fields fields = registry_set();
  fields[4].second = evtx_text(R"(C:\new\u0041&lt;.exe)");
  log.add_event(kSysmonProvider, 13, fields);
  import(log.file());
  ASSERT_EQ(kept_.inputs.size(), 1U);
  EXPECT_EQ(kept_.operation(0).actor_image(), R"(C:\new\u0041&lt;.exe)");
}

TEST_F(EvtxImport, TakesTheLogsTimeWhereAnEventHasNone) {
  EvtxWriter log;
  log.add_event("Service Control Manager", 7045,
                {{"ServiceName", evtx_text("Updater")}, {"ImagePath", evtx_text("C:\\u.exe")}});
  import(log.file());
  ASSERT_EQ(kept_.inputs.size(), 1U);
  EXPECT_EQ(kept_.operation(0).service_install().name(), "Updater");
  EXPECT_EQ(kept_.operation(0).wall_ns(), 1'599'203'170'123'000'000U);
}

TEST_F(EvtxImport, TellsDamageByItsOffsetAndGoesOn) {
  EvtxWriter log;
  log.add_event(kSysmonProvider, 13, registry_set());
  const std::size_t torn = log.add_record([](BinaryXmlWriter& xml) { xml.close(); });
  EvtxWriter::Fields fields = registry_set();
  fields[3].second = evtx_text("many");
  const std::size_t senseless = log.add_event(kSysmonProvider, 13, fields);
  log.add_event(kSysmonProvider, 13, registry_set());
  const std::string file = write("a.evtx", log.file());
  const auto report = import_files({file});
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_EQ(kept_.inputs.size(), 2U);
  EXPECT_EQ(report->summary.malformed(), 2U);
  ASSERT_EQ(report->malformed.size(), 2U);
  EXPECT_EQ(report->malformed[0].text(),
            file + ":offset " + std::to_string(torn) + ": record 2: an element ends that was not begun");
  EXPECT_EQ(report->malformed[1].text(),
            file + ":offset " + std::to_string(senseless) + ": event 13: field ProcessId: \"many\" is not a number");
}

TEST_F(EvtxImport, CountsChunksThatDoNotFitTheirChecksums) {
  EvtxWriter log;
  log.add_event(kSysmonProvider, 13, registry_set());
  std::string file = log.file();
  file[4096 + 40'000] = 1;  // behind the records: harmless
  EXPECT_EQ(import(file).remarks.checksum_mismatches, 0U);
  kept_ = {};
  file[4096 + 8] = 9;  // a number in the chunk's header
  EXPECT_EQ(import(file).remarks.checksum_mismatches, 1U);
  EXPECT_EQ(kept_.inputs.size(), 1U);
}

TEST_F(EvtxImport, ReadsLogsOutOfArchives) {
  EvtxWriter log;
  log.add_event(kSysmonProvider, 13, registry_set());
  const std::vector<Member> members = {{"logs/a.evtx", log.file()}, {"b.json", sysmon_line(5, R"("ProcessId":"4")")}};
  for (const ArchiveKind kind : {ArchiveKind::kZip, ArchiveKind::kSevenZip, ArchiveKind::kTarGz}) {
    kept_ = {};
    const auto report = import_files({write("logs", make_archive(kind, members))});
    ASSERT_TRUE(report) << report.error().text();
    EXPECT_EQ(kept_.inputs.size(), 2U);
  }
}

}  // namespace
}  // namespace holdfast
