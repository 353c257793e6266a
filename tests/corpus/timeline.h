// What is promised of every recording's time: its events lie in order, each tells what it cannot do without, and it is
// as long as its events say. Recordings above an hour stand in long_recordings.txt, each with the reason.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "engine/schema/operation.pb.h"

namespace holdfast {

// One recording's operations, as they come.
class RecordedTimeline {
 public:
  void take(const v1::Operation& operation);
  std::uint64_t span_ns() const { return last_ns_ - first_ns_; }

  std::uint64_t disordered = 0;
  std::uint64_t lacking = 0;  // operations without a field that their kind cannot do without
  std::string first_lacking;

 private:
  std::uint64_t first_ns_ = 0;
  std::uint64_t last_ns_ = 0;
};

// "134:21": hours and whole minutes.
std::string span_text(std::uint64_t span_ns);

// Expects of one file below the corpus what is promised.
void expect_timeline(const std::string& file, const RecordedTimeline& timeline);

// Expects that each row whose file has one of these endings was met by expect_timeline().
void expect_long_recordings_met(std::initializer_list<std::string_view> endings);

}  // namespace holdfast
