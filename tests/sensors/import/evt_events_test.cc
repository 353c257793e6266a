// Logs of Windows XP and 2003, made here as winnt.h has their records, through the importer.
#include <gmock/gmock.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tests/sensors/import/import_fixture.h"
#include "tests/support/random.h"

namespace holdfast {
namespace {

using ::testing::HasSubstr;

using EvtEventsTest = ImportTest;

std::string number(std::uint32_t value, std::size_t bytes = 4) {
  std::string text;
  for (std::size_t i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i) & 0xFF);
  return text;
}

std::string wide(std::string_view ascii_text) {
  std::string text;
  for (const char c : ascii_text) text += std::string{c, '\0'};
  return text + std::string(2, '\0');
}

std::string record(std::uint32_t record_number, std::uint32_t id, const std::vector<std::string>& strings,
                   const std::string& source = "Security", std::uint16_t kind = 8) {
  const std::string names = wide(source) + wide("XP1");
  std::string texts;
  for (const std::string& text : strings) texts += wide(text);
  std::string body = "LfLe" + number(record_number) + number(1'599'203'170 + record_number) + number(0) + number(id) +
                     number(kind, 2) + number(static_cast<std::uint32_t>(strings.size()), 2) + number(0) + number(0) +
                     number(static_cast<std::uint32_t>(56 + names.size())) + number(0) + number(0) + number(0) +
                     number(0) + names + texts;
  body.resize((body.size() + 3) / 4 * 4);
  const std::string size = number(static_cast<std::uint32_t>(body.size() + 8));
  return size + body + size;
}

std::string start(std::uint32_t record_number, int pid) {
  return record(record_number, 592,
                {std::to_string(pid), "C:\\WINDOWS\\system32\\cmd.exe", "404", "user", "XP1", "(0x0,0x1A2B)"});
}

std::string header() {
  std::string text = number(0x30) + "LfLe" + number(1) + number(1);
  text.resize(0x2C);
  return text + number(0x30);
}

std::string end_record() {
  std::string text = number(0x28);
  for (const std::uint32_t mark : {0x11111111U, 0x22222222U, 0x33333333U, 0x44444444U}) text += number(mark);
  text.resize(0x24);
  return text + number(0x28);
}

TEST_F(EvtEventsTest, TellWhatTheirSuccessorsTell) {
  const ImportReport report = import(
      header() + start(1, 700) + record(2, 593, {"700", "C:\\WINDOWS\\system32\\cmd.exe", "user", "XP1", "(0x1,0x2)"}) +
      record(3, 601, {"svc", "C:\\s.exe", "0x10", "2", "LocalSystem", "user", "XP1", "(0x1,0x2)"}) +
      record(4, 602, {"C:\\WINDOWS\\Tasks\\At1.job", "cmd", "x", "x", "x", "x", "user", "XP1", "(0x1,0x2)"}) +
      record(5, 528, {"user"}) + record(6, 0x40001B7B, {"x"}, "Service Control Manager", 4) + end_record());
  EXPECT_EQ(report.summary.malformed(), 0U);
  EXPECT_EQ(report.summary.unmapped(), 2U);
  ASSERT_EQ(kept_.inputs.size(), 4U);
  const v1::Operation& started = kept_.operation(0);
  EXPECT_EQ(started.process_start().pid(), 700U);
  EXPECT_EQ(started.process_start().image(), "C:\\WINDOWS\\system32\\cmd.exe");
  EXPECT_EQ(started.actor().pid(), 404U);
  EXPECT_EQ(started.process_start().logon_id(), 0x1A2BU);
  EXPECT_EQ(started.wall_ns(), 1'599'203'171'000'000'000U);
  EXPECT_EQ(kept_.header.profile().endpoint(), "XP1");
  EXPECT_TRUE(kept_.operation(1).has_process_exit());
  EXPECT_EQ(kept_.operation(2).service_install().image_path(), "C:\\s.exe");
  EXPECT_EQ(kept_.operation(3).scheduled_task_register().name(), "C:\\WINDOWS\\Tasks\\At1.job");
  EXPECT_EQ(kept_.operation(3).scheduled_task_register().content(), "cmd");
}

// A full log begins with its newest records; the file's end cuts the last one in two.
TEST_F(EvtEventsTest, AreReadFromALogThatWasWrapped) {
  const std::string split = start(2, 2);
  for (std::size_t cut = 4; cut < split.size(); cut += 4) {
    const std::string remains = start(0, 0).substr(40);
    const ImportReport report = import(header() + split.substr(cut) + start(3, 3) + end_record() + remains +
                                       start(1, 1) + split.substr(0, cut));
    if (cut < 64) continue;  // too little to be known for one
    EXPECT_EQ(report.summary.malformed(), 0U) << cut;
    ASSERT_EQ(kept_.inputs.size(), 3U) << cut;
    for (std::uint32_t i = 0; i < 3; ++i) EXPECT_EQ(kept_.operation(i).process_start().pid(), i + 1);
  }
}

TEST_F(EvtEventsTest, DamagedOnesAreNamedAndTheRestIsRead) {
  std::string bad = start(2, 2);
  bad[bad.size() - 4] ^= 4;
  const ImportReport report = import(header() + start(1, 1) + bad + start(3, 3) + end_record());
  EXPECT_EQ(report.summary.mapped(), 2U);
  ASSERT_EQ(report.malformed.size(), 1U);
  EXPECT_EQ(report.malformed[0].offset, 0x30 + start(1, 1).size());
  EXPECT_THAT(report.malformed[0].reason, HasSubstr("no whole record begins here"));
}

TEST_F(EvtEventsTest, EndWhateverTheirBytes) {
  const std::string whole = header() + start(1, 1) + start(2, 2) + end_record();
  Random random(5);
  for (int round = 0; round < 300; ++round) {
    std::string bytes = whole.substr(0, 0x30 + random.below(whole.size() - 0x30));
    for (int changes = 0; changes < 3 && bytes.size() > 0x30; ++changes)
      bytes[0x30 + random.below(bytes.size() - 0x30)] = static_cast<char>(random.below(256));
    const auto report = import_files({write("a.evt", bytes)});
    ASSERT_TRUE(report) << report.error().text();
    EXPECT_LE(report->summary.mapped(), 2U);
  }
}

}  // namespace
}  // namespace holdfast
