// Windows event logs that are none, are broken, or were made to do harm, through the importer.
#include <gmock/gmock.h>

#include <string>

#include "tests/sensors/import/import_fixture.h"
#include "tests/support/effort.h"
#include "tests/support/evtx_writer.h"

namespace holdfast {
namespace {

using ::testing::HasSubstr;

constexpr std::size_t kFileHeaderBytes = 4096;

using EvtxBadInput = ImportTest;

EvtxWriter log_of(const EvtxWriter::Fields& fields, std::uint16_t event_id = 5) {
  EvtxWriter log;
  log.add_event(kSysmonProvider, event_id, fields);
  return log;
}

const EvtxWriter::Fields kExit = {{"ProcessId", evtx_u32(4711)}, {"Image", evtx_text("C:\\a.exe")}};

TEST_F(EvtxBadInput, AnEmptyLogHoldsNoEvents) {
  EXPECT_EQ(import(log_of(kExit).file().substr(0, kFileHeaderBytes)).summary.events(), 0U);
}

TEST_F(EvtxBadInput, CutAtEveryByteIsRefusedOrToldOrWhole) {
  const EvtxWriter log = log_of(kExit);
  const std::string whole = log.file();
  const std::size_t end = kFileHeaderBytes + EvtxWriter(log).chunk().size();
  // Fewer bytes do not even tell that this is an event log.
  for (std::size_t size = 8; size < kFileHeaderBytes; ++size) {
    const auto report = import_files({write("cut.evtx", whole.substr(0, size))});
    ASSERT_FALSE(report) << size;
    EXPECT_THAT(report.error().text(), HasSubstr("cut.evtx: ends inside the header of an event log")) << size;
  }
  for (std::size_t size = kFileHeaderBytes; size <= end; size += test::kOneIn) {
    const ImportReport report = import(whole.substr(0, size));
    EXPECT_EQ(report.summary.mapped(), size == end ? 1U : 0U) << size;
    // Less than a signature cannot be told from room that was never used.
    EXPECT_EQ(report.summary.malformed(), size < kFileHeaderBytes + 8 || size == end ? 0U : 1U) << size;
  }
}

TEST_F(EvtxBadInput, HugeNumbersAreNamedWithTheirField) {
  EvtxWriter log = log_of({{"ProcessId", evtx_value(EvtxType::kUint64, little_endian(~0ULL, 8))}});
  const ImportReport report = import(log.file());
  EXPECT_EQ(report.summary.mapped(), 0U);
  ASSERT_EQ(report.malformed.size(), 1U);
  EXPECT_THAT(report.malformed[0].text(), HasSubstr("event 5: field ProcessId: \"18446744073709551615\" is more than"));
}

TEST_F(EvtxBadInput, HalvesOfCharactersAreReplacedAndCounted) {
  EvtxWriter log = log_of({{"ProcessId", evtx_u32(4711)},
                           {"Image", evtx_value(EvtxType::kString, {'a', 0, 0x00, 0xD8, 'b', 0, 0x00, 0xDC})}});
  const ImportReport report = import(log.file());
  ASSERT_EQ(kept_.inputs.size(), 1U);
  EXPECT_EQ(kept_.operation(0).actor_image(), "a\uFFFDb\uFFFD");
  EXPECT_EQ(report.remarks.replaced_surrogates, 2U);
}

TEST_F(EvtxBadInput, TheFirstOfTwoFieldsOfOneNameCountsAndTheOtherIsTold) {
  EvtxWriter log =
      log_of({{"ProcessId", evtx_u32(4711)}, {"Image", evtx_text("first")}, {"Image", evtx_text("second")}});
  const ImportReport report = import(log.file());
  ASSERT_EQ(kept_.inputs.size(), 1U);
  EXPECT_EQ(kept_.operation(0).actor_image(), "first");
  EXPECT_EQ(report.remarks.duplicate_keys, 1U);
}

TEST_F(EvtxBadInput, ANestingBombIsOneMalformedPlace) {
  EvtxWriter log = log_of(kExit);
  log.add_record([](BinaryXmlWriter& xml) {
    for (int i = 0; i < 200; ++i) xml.open("E", false).close_start();
  });
  log.add_event(kSysmonProvider, 5, kExit);
  const ImportReport report = import(log.file());
  EXPECT_EQ(report.summary.mapped(), 2U);
  ASSERT_EQ(report.malformed.size(), 1U);
  EXPECT_THAT(report.malformed[0].text(), HasSubstr("record 2: elements are nested deeper than the limit"));
}

TEST_F(EvtxBadInput, ABombInAnArchiveIsRefused) {
  ImportOptions options;
  options.limits.expansion_free_bytes = 256 * 1024;
  std::string log = log_of(kExit).file();
  log.append(8 * 1024 * 1024, '\0');
  const auto report = import_files({write("bomb.zip", make_archive(ArchiveKind::kZip, {{"a.evtx", log}}))}, options);
  ASSERT_FALSE(report);
  EXPECT_THAT(report.error().text(), HasSubstr("bomb.zip!a.evtx: unpacks to more than 250 times the archive's size"));
}

}  // namespace
}  // namespace holdfast
