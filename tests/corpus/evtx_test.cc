// Every Windows event log of the collections: our reader finds the records that a plain walk over the bytes finds, and
// makes of them what the importer makes of the same events as JSON.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sensors/import/import.h"
#include "tests/corpus/corpus_files.h"
#include "tests/corpus/timeline.h"

namespace holdfast {
namespace {

namespace fs = std::filesystem;

class EvtxCorpus : public testing::Test {};

class CollectedInputs final : public ImportSink {
 public:
  Expected<void> begin(const v1::RecordingHeader& header) override {
    endpoint = header.profile().endpoint();
    return {};
  }
  Expected<void> take(const v1::Input& input) override {
    inputs.push_back(input);
    return {};
  }
  std::string endpoint;
  std::vector<v1::Input> inputs;
};

std::string bytes_of(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::uint64_t number_at(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = size; i-- > 0;) value = (value << 8) | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

struct Walk {
  std::uint64_t whole = 0;   // records whose size stands at both ends
  std::uint64_t broken = 0;  // beginnings of records between them that are not whole
};

// The reference: each place of each chunk, up to the end of records that its header tells, where a record's mark stands
// and no earlier record lies.
Walk walk_of(std::string_view bytes) {
  constexpr std::size_t kChunk = 65'536;
  Walk walk;
  for (std::size_t begin = 4096; begin + 512 <= bytes.size(); begin += kChunk) {
    const std::string_view chunk = bytes.substr(begin, kChunk);
    if (!chunk.starts_with("ElfChnk")) continue;
    const std::size_t end = std::min<std::size_t>(number_at(chunk, 48, 4), chunk.size());
    for (std::size_t at = 512; at + 28 <= end;) {
      const std::size_t size = number_at(chunk, at + 4, 4);
      const bool marked = number_at(chunk, at, 4) == 0x2A2A;
      const bool whole = marked && size >= 28 && at + size <= end && number_at(chunk, at + size - 4, 4) == size;
      walk.whole += whole ? 1 : 0;
      walk.broken += marked && !whole ? 1 : 0;
      at += whole ? size : 4;
    }
  }
  return walk;
}

TEST_F(EvtxCorpus, EveryRecordOfEveryLogIsRead) {
  const std::vector<std::string> files = files_with(corpus_folder(), {".evtx"});
  EXPECT_GE(files.size(), 440U);
  struct Folder {
    std::uint64_t logs = 0;
    std::uint64_t records = 0;
    std::uint64_t walked = 0;
    std::uint64_t damaged_logs = 0;
  };
  std::map<std::string, Folder> folders;
  for (const std::string& file : files) {
    SCOPED_TRACE(file);
    const Walk walk = walk_of(bytes_of(file));
    CollectedInputs taken;
    const auto report = import_events({file}, taken, {});
    ASSERT_TRUE(report) << report.error().text();
    EXPECT_EQ(report->summary.events(), walk.whole);
    // A stretch without a whole record is told once, however many broken records it holds.
    EXPECT_LE(report->summary.malformed(), walk.broken) << report->malformed.front().text();
    EXPECT_EQ(report->summary.malformed() == 0, walk.broken == 0);
    RecordedTimeline timeline;
    for (const v1::Input& input : taken.inputs) timeline.take(input.operation());
    expect_timeline(file, timeline);
    Folder& folder = folders[fs::path(file).lexically_relative(corpus_folder()).begin()->string()];
    ++folder.logs;
    folder.records += report->summary.events();
    folder.walked += walk.whole;
    folder.damaged_logs += report->summary.malformed() == 0 ? 0 : 1;
  }
  expect_long_recordings_met({".evtx"});
  for (const auto& [name, folder] : folders) {
    std::printf("  %s: %llu logs, %llu records of %llu that the walk finds; %llu logs tell of damage\n", name.c_str(),
                static_cast<unsigned long long>(folder.logs), static_cast<unsigned long long>(folder.records),
                static_cast<unsigned long long>(folder.walked), static_cast<unsigned long long>(folder.damaged_logs));
  }
}

// What both formats tell. Whoever wrote the JSON cut the log's own time to microseconds, and dropped spaces at the ends
// of texts.
std::string comparable(v1::Input input) {
  constexpr std::uint64_t kMicrosecond_ns = 1'000;
  input.set_at_ns(input.at_ns() / kMicrosecond_ns);
  input.mutable_operation()->set_wall_ns(input.operation().wall_ns() / kMicrosecond_ns);
  std::string text = input.Utf8DebugString();
  for (std::size_t at = text.find(" \"\n"); at != std::string::npos; at = text.find(" \"\n", at == 0 ? 0 : at - 1))
    text.erase(at, 1);
  return text;
}

TEST_F(EvtxCorpus, TellsWhatTheJsonTwinsTell) {
  std::uint64_t twins = 0;
  std::uint64_t operations = 0;
  for (const std::string& evtx : files_with(corpus_folder() / "SigmaHQ+sigma", {".evtx"})) {
    const std::string json = fs::path(evtx).replace_extension(".json").string();
    if (!fs::exists(json)) continue;
    SCOPED_TRACE(evtx);
    CollectedInputs of_evtx;
    CollectedInputs of_json;
    const auto evtx_report = import_events({evtx}, of_evtx, {});
    const auto json_report = import_events({json}, of_json, {});
    ASSERT_TRUE(evtx_report) << evtx_report.error().text();
    ASSERT_TRUE(json_report) << json_report.error().text();
    EXPECT_EQ(evtx_report->summary.events(), json_report->summary.events());
    EXPECT_EQ(of_evtx.endpoint, of_json.endpoint);
    ASSERT_EQ(of_evtx.inputs.size(), of_json.inputs.size());
    for (std::size_t i = 0; i < of_evtx.inputs.size(); ++i)
      EXPECT_EQ(comparable(of_evtx.inputs[i]), comparable(of_json.inputs[i]));
    ++twins;
    operations += of_evtx.inputs.size();
  }
  std::printf("  %llu pairs of EVTX and JSON, %llu operations, equal\n", static_cast<unsigned long long>(twins),
              static_cast<unsigned long long>(operations));
  EXPECT_GE(twins, 100U);
  EXPECT_GE(operations, 100U);
}

}  // namespace
}  // namespace holdfast
