// Another build of holdfast, as a program: what does it decide about a recording?
//
//   auto other = OtherBuild::find("old/holdfast", timeout_ns);
//   auto decisions = other->decide("incident.hfr");        // compare by sim/compare/decision_diff.h
#pragma once

#include <cstdint>
#include <string>

#include "engine/schema/error.h"
#include "sim/compare/decision_list.h"

namespace holdfast {

class OtherBuild {
 public:
  // Fails on what is missing, cannot be started, or does not call itself holdfast. `timeout_ns`: for each recording.
  static Expected<OtherBuild> find(const std::string& program, std::uint64_t timeout_ns);

  const std::string& program() const { return program_; }
  const std::string& version() const { return version_; }  // "holdfast 0.1.0"

  // What its `replay` logs. Fails where it refuses the recording, with its own words, where it takes longer or writes
  // more than DecisionList::kBytesMax, and where what it writes is no decision log.
  Expected<DecisionList> decide(const std::string& recording) const;

 private:
  OtherBuild(std::string program, std::string version, std::uint64_t timeout_ns);
  std::string program_;
  std::string version_;
  std::uint64_t timeout_ns_;
};

}  // namespace holdfast
