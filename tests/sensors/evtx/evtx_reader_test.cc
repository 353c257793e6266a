#include "sensors/evtx/evtx_reader.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/sensors/evtx/kept_xml.h"
#include "tests/sensors/memory_bytes.h"
#include "tests/support/evtx_writer.h"

namespace holdfast {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::size_t kChunkBytes = 65'536;

// One line per record: its number and event; "offset: reason" for damage; "error: ..." at the end where there is one.
std::vector<std::string> read_all(const std::string& file, std::uint64_t* mismatches = nullptr,
                                  std::size_t piece = kChunkBytes) {
  MemoryBytes bytes(file, piece);
  EvtxReader reader(bytes);
  std::vector<std::string> found;
  for (;;) {
    KeptXml kept;
    const auto next = reader.next(kept);
    if (!next) found.push_back("error: " + next.error().text());
    if (!next || *next == EvtxReader::Next::kEnd) break;
    found.push_back(*next == EvtxReader::Next::kRecord ? std::to_string(reader.record_id()) + " " + kept.str()
                                                       : std::to_string(reader.offset()) + ": " + reader.reason());
  }
  if (mismatches != nullptr) *mismatches = reader.checksum_mismatches();
  return found;
}

EvtxWriter log_of(int events) {
  EvtxWriter log;
  for (int i = 1; i <= events; ++i) log.add_event("Test", 7, {{"Image", evtx_text("a.exe")}, {"Pid", evtx_u32(4)}});
  return log;
}

std::string event_text() {
  return "<Event><System><Provider Name='Test'></Provider><EventID>7</EventID>"
         "<TimeCreated SystemTime='2020-09-04T07:06:10.1230000Z'></TimeCreated><Computer>host</Computer></System>"
         "<EventData><Data Name='Image'>a.exe</Data><Data Name='Pid'>4</Data></EventData></Event>";
}

TEST(EvtxReader, ReadsEveryRecordInWhateverPieces) {
  const std::string file = log_of(3).file();
  std::uint64_t mismatches = 1;
  EXPECT_THAT(read_all(file, &mismatches), ElementsAre("1 " + event_text(), "2 " + event_text(), "3 " + event_text()));
  EXPECT_EQ(mismatches, 0U);
  EXPECT_EQ(read_all(file, nullptr, 1), read_all(file));
}

TEST(EvtxReader, RefusesWhatIsNoEventLog) {
  EXPECT_THAT(read_all(""), ElementsAre("error: is no Windows event log (EVTX); copy it again"));
  EXPECT_THAT(read_all(std::string(5000, 'x')), ElementsAre(HasSubstr("is no Windows event log")));
  EXPECT_THAT(read_all(log_of(1).file().substr(0, 4095)), ElementsAre(HasSubstr("ends inside the header")));
  EXPECT_THAT(read_all(log_of(1).file().substr(0, 4096)), ElementsAre());
}

TEST(EvtxReader, PassesOverRoomThatHoldsNoRecords) {
  const std::string file = log_of(1).file();
  const std::string chunk = file.substr(4096);
  std::string garbage(kChunkBytes, '\0');
  for (std::size_t i = 0; i < garbage.size(); ++i) garbage[i] = static_cast<char>(i * 7 + 1);
  EXPECT_THAT(read_all(file + std::string(kChunkBytes, '\0') + garbage + chunk),
              ElementsAre("1 " + event_text(), "1 " + event_text()));
}

TEST(EvtxReader, ReadsLogsBehindOneAnother) {
  const std::string one = log_of(1).file();
  const std::string two = log_of(2).file();
  EXPECT_THAT(read_all(one + two + one),
              ElementsAre("1 " + event_text(), "1 " + event_text(), "2 " + event_text(), "1 " + event_text()));
  EXPECT_EQ(read_all(one + two + one, nullptr, 1000), read_all(one + two + one));
  EXPECT_THAT(read_all(one + two.substr(0, 4096)), ElementsAre("1 " + event_text()));
}

// Whatever moved the chunks from their places is told, and they are read.
TEST(EvtxReader, FindsChunksThatAreOutOfTheirPlaces) {
  const std::string file = log_of(1).file();
  const std::string chunk = file.substr(4096);
  for (const std::size_t gap : {std::size_t{1}, std::size_t{512}, std::size_t{5000}}) {
    EXPECT_THAT(
        read_all(file + std::string(gap, 'x') + chunk + chunk),
        ElementsAre("1 " + event_text(), std::to_string(file.size() + gap) + ": the log goes on out of its place",
                    "1 " + event_text(), "1 " + event_text()))
        << gap;
    EXPECT_THAT(read_all(file + std::string(gap, 'x') + file),
                ElementsAre("1 " + event_text(),
                            std::to_string(file.size() + gap + 4096) + ": the log goes on out of its place",
                            "1 " + event_text()))
        << gap;
  }
}

TEST(EvtxReader, ReadsALogThatLostItsHeader) {
  const std::string chunk = log_of(1).file().substr(4096);
  EXPECT_THAT(read_all(chunk + chunk),
              ElementsAre("0: the log has lost its header", "1 " + event_text(), "1 " + event_text()));
  const std::string zeroed = std::string(4096, '\0') + chunk;
  EXPECT_THAT(read_all(zeroed), ElementsAre("4096: the log has lost its header", "1 " + event_text()));
  EXPECT_TRUE(is_evtx(chunk));
  EXPECT_TRUE(is_evtx(zeroed));
  EXPECT_FALSE(is_evtx(std::string(4096, '\0')));
}

TEST(EvtxReader, ReadsAChunkThatLostItsSignature) {
  std::string file = log_of(2).file();
  file[4096] = 'X';
  EXPECT_THAT(read_all(file),
              ElementsAre("4096: a chunk has lost its signature", "1 " + event_text(), "2 " + event_text()));
}

// While Windows writes to a log, the chunk's header is behind its records.
TEST(EvtxReader, ReadsTheNewestRecordsOfADirtyLog) {
  EvtxWriter log = log_of(1);
  const std::size_t told_end = log.chunk().size();
  log.add_event("Test", 7, {{"Image", evtx_text("a.exe")}, {"Pid", evtx_u32(4)}});
  std::string file = log.file();
  for (const std::size_t end : {told_end, std::size_t{0}}) {
    const EvtxBytes number = little_endian(end, 4);
    std::ranges::copy(number, file.begin() + 4096 + 48);
    std::uint64_t mismatches = 0;
    EXPECT_THAT(read_all(file, &mismatches), ElementsAre("1 " + event_text(), "2 " + event_text()));
    EXPECT_EQ(mismatches, 1U);
  }
}

// A chunk that is used again still holds the records of its former life behind the new ones.
TEST(EvtxReader, LeavesOutRemainsOfOlderRecords) {
  EvtxWriter log = log_of(1);
  const std::size_t told_end = log.chunk().size();
  log.add_event("Test", 7, {{"Image", evtx_text("old")}, {"Pid", evtx_u32(4)}});
  std::string file = log.file();
  std::ranges::copy(little_endian(told_end, 4), file.begin() + 4096 + 48);
  file[4096 + told_end + 8] = 99;  // its number does not follow
  EXPECT_THAT(read_all(file), ElementsAre("1 " + event_text()));
}

// Windows makes a log in room that another one had: what its chunk's header does not count is that one's.
TEST(EvtxReader, LeavesOutWhatLiesInAnEmptyLog) {
  EvtxWriter empty;
  std::string file = empty.file();
  const std::string other = log_of(3).file();
  std::ranges::copy(other.substr(4096 + 512), file.begin() + 4096 + 512);
  EXPECT_THAT(read_all(file), ElementsAre());
  file[120] = 1;  // Windows was writing to it: they are its own
  EXPECT_THAT(read_all(file), ElementsAre("1 " + event_text(), "2 " + event_text(), "3 " + event_text()));
}

TEST(EvtxReader, LeavesOutRemainsWithTheNextNumberWhereTheLogWasClosed) {
  EvtxWriter log = log_of(1);
  const std::string short_chunk = log.file().substr(4096, 512);
  log.add_event("Test", 7, {{"Image", evtx_text("old")}, {"Pid", evtx_u32(4)}});
  std::string file = log.file();
  std::ranges::copy(short_chunk, file.begin() + 4096);
  EXPECT_THAT(read_all(file), ElementsAre("1 " + event_text()));
}

TEST(EvtxReader, GoesOnBehindABrokenRecord) {
  EvtxWriter log = log_of(1);
  const std::size_t broken = log.add_event("Test", 7, {{"Image", evtx_text("b.exe")}, {"Pid", evtx_u32(4)}});
  log.add_event("Test", 7, {{"Image", evtx_text("a.exe")}, {"Pid", evtx_u32(4)}});
  for (const std::size_t byte : {std::size_t{0}, std::size_t{4}}) {  // its mark, its size
    std::string file = log.file();
    file[broken + byte] = '\x7F';
    EXPECT_THAT(read_all(file),
                ElementsAre("1 " + event_text(), std::to_string(broken) + ": no whole record begins here",
                            "3 " + event_text()));
  }
}

TEST(EvtxReader, GoesOnBehindARecordWhoseEventMakesNoSense) {
  EvtxWriter log = log_of(1);
  const std::size_t bad = log.add_record([](BinaryXmlWriter& xml) { xml.fragment().close(); });
  log.add_event("Test", 7, {{"Image", evtx_text("a.exe")}, {"Pid", evtx_u32(4)}});
  EXPECT_THAT(read_all(log.file()),
              ElementsAre("1 " + event_text(), std::to_string(bad) + ": record 2: an element ends that was not begun",
                          "3 " + event_text()));
}

// Whatever the length at which a copy broke off: the whole records before are read, and the loss is told.
TEST(EvtxReader, CutAtEveryByteKeepsTheWholeRecords) {
  EvtxWriter log = log_of(1);
  const std::size_t first_end = 4096 + log.chunk().size();
  log.add_event("Test", 7, {{"Image", evtx_text("a.exe")}, {"Pid", evtx_u32(4)}});
  const std::size_t second_end = 4096 + log.chunk().size();
  const std::string file = log.file();
  for (std::size_t size = 4097; size <= second_end; ++size) {
    const std::vector<std::string> found = read_all(file.substr(0, size));
    const auto records = std::ranges::count_if(found, [](const auto& line) { return line.ends_with(event_text()); });
    const auto damages = static_cast<std::ptrdiff_t>(found.size()) - records;
    EXPECT_EQ(records, (size >= first_end ? 1 : 0) + (size >= second_end ? 1 : 0)) << size;
    // Less than a signature cannot be told from room that was never used.
    const bool told = size >= 4096 + 8 && size != second_end;
    EXPECT_EQ(damages, told ? 1 : 0) << size;
  }
}

TEST(EvtxReader, EndsWhateverByteIsChanged) {
  const std::string file = log_of(2).file().substr(0, 4096 + 2048);
  for (std::size_t at = 4096; at < file.size(); ++at) {
    for (const char value : {'\0', '\x7F', '\xFF'}) {
      std::string changed = file;
      changed[at] = value;
      EXPECT_LE(read_all(changed).size(), 8U) << at;
    }
  }
}

}  // namespace
}  // namespace holdfast
