// What the tests of recordings share: a folder of their own, whole files as bytes, and short ways to write and read.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "sensors/recording/recording.h"

namespace holdfast {

using FileBytes = std::vector<std::uint8_t>;

// A folder that disappears with the test.
class TestFolder {
 public:
  TestFolder() : path_(std::filesystem::temp_directory_path() / unique_name()) {
    std::filesystem::create_directories(path_);
  }
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  std::string file(const std::string& name) const {
    const std::u8string path = (path_ / std::filesystem::path(std::u8string(name.begin(), name.end()))).u8string();
    return {path.begin(), path.end()};
  }
  std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) {
      const std::u8string name = entry.path().filename().u8string();
      found.emplace_back(name.begin(), name.end());
    }
    return found;
  }

 private:
  static std::string unique_name() {
    return "holdfast-recording-" + std::to_string(std::random_device()()) + "-" +
           std::to_string(std::random_device()());
  }
  std::filesystem::path path_;
};

inline std::filesystem::path native_path(const std::string& utf8) {
  return std::filesystem::path(std::u8string(utf8.begin(), utf8.end()));
}

inline FileBytes read_bytes(const std::string& path) {
  std::ifstream in(native_path(path), std::ios::binary);
  EXPECT_TRUE(in.is_open()) << path;
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline void write_bytes(const std::string& path, const FileBytes& bytes) {
  std::ofstream out(native_path(path), std::ios::binary);
  out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  ASSERT_TRUE(out.good()) << path;
}

inline v1::Input input_at(std::uint64_t sequence, std::uint64_t at_ns) {
  v1::Input input;
  input.set_sequence(sequence);
  input.set_at_ns(at_ns);
  auto& operation = *input.mutable_operation();
  operation.set_id(sequence);
  operation.mutable_actor()->set_pid(4711);
  auto& set = *operation.mutable_registry_set();
  set.set_key(R"(HKLM\Software\Microsoft\Windows\CurrentVersion\Run)");
  set.set_value("Updater " + std::to_string(sequence));
  return input;
}

inline v1::Output verdict_of(std::uint64_t operation_id) {
  v1::Output output;
  output.mutable_verdict()->set_operation_id(operation_id);
  output.mutable_verdict()->set_decision(v1::Verdict::ALLOW);
  return output;
}

// Everything a reader gives, in order: records as bytes (each message of the schema serialises alike every time), and
// the text of each error.
struct ReadOutcome {
  std::string open_error;
  std::vector<std::string> records;
  std::vector<std::string> errors;
  bool torn = false;
  std::uint64_t torn_bytes = 0;
  v1::RecordingTrailer trailer;
};

// `calls_max`: no file of these tests has as many records and damages; a reader that never ends fails the test.
inline ReadOutcome read_all(Expected<RecordingReader> reader, std::size_t calls_max = 100'000) {
  ReadOutcome outcome;
  if (!reader) {
    outcome.open_error = reader.error().text();
    return outcome;
  }
  v1::Record record;
  for (std::size_t calls = 0; calls < calls_max; ++calls) {
    const auto next = reader->next(record);
    if (!next) {
      outcome.errors.push_back(next.error().text());
      continue;
    }
    if (*next == RecordingReader::Next::kEnd) {
      outcome.torn = reader->torn();
      outcome.torn_bytes = reader->torn_bytes();
      outcome.trailer = reader->trailer();
      return outcome;
    }
    outcome.records.push_back(record.SerializeAsString());
  }
  ADD_FAILURE() << "the reader does not come to an end";
  return outcome;
}

inline ReadOutcome read_all(const std::string& path) { return read_all(RecordingReader::open(path)); }
inline ReadOutcome read_all(const FileBytes& bytes) { return read_all(RecordingReader::read("memory.hfr", bytes)); }

inline std::string as_record(const v1::Input& input) {
  v1::Record record;
  *record.mutable_input() = input;
  return record.SerializeAsString();
}
inline std::string as_record(const v1::Output& output) {
  v1::Record record;
  *record.mutable_output() = output;
  return record.SerializeAsString();
}
inline std::string as_record(const v1::EngineState& snapshot) {
  v1::Record record;
  *record.mutable_snapshot() = snapshot;
  return record.SerializeAsString();
}

}  // namespace holdfast
