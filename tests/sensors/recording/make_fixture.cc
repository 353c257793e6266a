// Writes the recording that stands in fixtures/recordings for this version of the format, the text of its records
// beside it, and with a folder as second argument the seeds of its fuzz program. See fixtures/recordings/README.md.
#include <google/protobuf/text_format.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "sensors/recording/recording.h"

namespace holdfast {
namespace {

// A story in the schema's text form, one record a line: a program starts, adds itself to Run, is asked about, nobody
// answers, and after the snapshot of a second segment, which is written in parts, it edits the hosts file.
constexpr const char* kStory[] = {
    R"(snapshot { version: 1 })",
    R"(input { sequence: 1 at_ns: 0 agent_started { profile { platform: WINDOWS_7_X64 }
               settings { name: "fixture" event_monitoring { enabled: true } } wall_ns: 1700000000000000000 } })",
    R"(output { status { settings_name: "fixture" configured_active: true effective_active: true
                because: BEHAVIOR_MONITORING_ACTIVE } })",
    R"(input { sequence: 2 at_ns: 1000000000 operation { id: 1 actor { pid: 1200 start_ns: 1699990000000000000 }
               hold: HOLD_CAPABILITY_PRE_EXECUTION process_start { pid: 4711 start_ns: 1700000001000000000
               image: "C:\\Users\\Jürgen\\Downloads\\setup 日本.exe" command_line: "setup /quiet" user: "PC\\Jürgen"
               session_id: 1 integrity: INTEGRITY_LEVEL_MEDIUM sha256: "\001\002\377" } } })",
    R"(output { verdict { operation_id: 1 decision: ALLOW because: NO_MONITORED_EVENT reason { code: NO_MONITORED_EVENT }
                actor { pid: 1200 start_ns: 1699990000000000000 } operation: "process_start" } })",
    R"(input { sequence: 3 at_ns: 2500000000 operation { id: 2 actor { pid: 4711 start_ns: 1700000001000000000 }
               hold: HOLD_CAPABILITY_PRE_EXECUTION registry_set {
               key: "HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run" value: "Updater" type: REGISTRY_TYPE_SZ } } })",
    R"(output { prompt { prompt_id: 1 process { pid: 4711 start_ns: 1700000001000000000 } expires_at_ns: 32500000000
                countdown_s: 30 operation_id: 2 } })",
    R"(output { timer_set { timer_id: 1 at_ns: 32500000000 } })",
    R"(input { sequence: 4 at_ns: 32500000000 timer_fired { timer_id: 1 } })",
    R"(output { verdict { operation_id: 2 decision: ALLOW because: NOBODY_ANSWERED held_ns: 30000000000
                reason { code: NOBODY_ANSWERED number: 30 } prompt_id: 1 operation: "registry_set" } })",
    R"(snapshot { version: 1 started: true last_sequence: 4 now_ns: 32500000000 next_prompt_id: 2 next_timer_id: 2
                  process { process { pid: 4711 start_ns: 1700000001000000000 } } })",
    R"(input { sequence: 5 at_ns: 40000000000 operation { id: 3 actor { pid: 4711 start_ns: 1700000001000000000 }
               hold: HOLD_CAPABILITY_NONE file_write { path: "C:\\Windows\\System32\\drivers\\etc\\hosts" length: 42 } } })",
    R"(output { verdict { operation_id: 3 decision: ALLOW because: ACTION_IS_ASSESS logged: true operation: "file_write" } })",
    R"(input { sequence: 7 at_ns: 41000000000 loss { events: 1 source: "fixture" reason: "buffer overrun" } })",
    R"(input { sequence: 8 at_ns: 42000000000 agent_stopping { reason: SERVICE_STOP } })",
};

Expected<void> write_record(RecordingWriter& writer, const v1::Record& record) {
  if (record.has_input()) return writer.write(record.input());
  if (record.has_output()) return writer.write(record.output());
  return writer.write(record.snapshot());
}

Expected<void> write_story(const std::string& path) {
  v1::RecordingHeader header;
  header.set_origin(v1::RecordingHeader::SIMULATED);
  header.set_writer("holdfast 0.1.0, Linux");
  header.set_started_wall_ns(1'700'000'000'000'000'000);
  header.set_source("make_fixture.cc");
  auto writer = RecordingWriter::create(path, header, {.compression_level = 1, .chunk_bytes = 400, .part_bytes = 16});
  if (!writer) return std::unexpected(writer.error());
  std::ofstream text(path + ".txt", std::ios::binary);
  google::protobuf::TextFormat::Printer printer;
  printer.SetSingleLineMode(true);
  for (const char* line : kStory) {
    v1::Record record;
    std::string printed;
    if (!google::protobuf::TextFormat::ParseFromString(line, &record) || !printer.PrintToString(record, &printed)) {
      return std::unexpected(Error{.where = "make_fixture.cc", .field = {}, .what = line, .remedy = {}});
    }
    if (auto written = write_record(*writer, record); !written) return written;
    text << printed << '\n';
  }
  writer->count_lost(1);
  writer->set_decision_log_sha256(std::string(32, '\x11'));
  return writer->close();
}

void write_seeds(const std::string& recording, const std::string& folder) {
  std::ifstream in(recording, std::ios::binary);
  const std::string file{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  std::string records;
  for (const char* line : {kStory[3], kStory[4], kStory[8]}) {
    v1::Record record;
    google::protobuf::TextFormat::ParseFromString(line, &record);
    const std::string bytes = record.SerializeAsString();
    if (bytes.size() >= 0x80) records += static_cast<char>(0x80 | (bytes.size() & 0x7F));
    records += static_cast<char>(bytes.size() >= 0x80 ? bytes.size() >> 7 : bytes.size());
    records += bytes;
  }
  const std::string as_is(1, '\0');
  const struct {
    const char* name;
    std::string bytes;
  } seeds[] = {
      {"whole", as_is + file},
      {"torn", as_is + file.substr(0, file.size() * 2 / 3)},
      {"header_only", as_is + file.substr(0, 90)},
      {"repaired", "\x01" + file},
      {"records", "\x02" + std::string("\0\3\2", 3) + records},
      {"empty", ""},
  };
  for (const auto& seed : seeds) std::ofstream(folder + "/" + seed.name, std::ios::binary) << seed.bytes;
}

}  // namespace
}  // namespace holdfast

int main(int count, char** arguments) {
  if (count < 2 || count > 3) {
    std::fprintf(stderr, "make_recording_fixture FILE.hfr [SEED-FOLDER]\n");
    return 2;
  }
  const auto written = holdfast::write_story(arguments[1]);
  if (!written) {
    std::fprintf(stderr, "%s\n", written.error().text().c_str());
    return 3;
  }
  if (count == 3) holdfast::write_seeds(arguments[1], arguments[2]);
  return 0;
}
