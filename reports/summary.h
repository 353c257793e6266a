// How many decisions of which outcome a replay made, by monitored event.
//
//   DecisionSummary summary;
//   summary.add(verdict);                 // for each
//   summary.sentence()                    // "41 decisions: 36 assessed, 3 asked, 2 denied"
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>

#include "engine/schema/output.pb.h"
#include "reports/json.h"
#include "reports/wording.h"

namespace holdfast {

class DecisionSummary {
 public:
  using Counts = std::array<std::uint64_t, kOutcomes>;  // by Outcome

  void add(const v1::Verdict& verdict);

  std::uint64_t decisions() const { return decisions_; }
  std::uint64_t of(Outcome outcome) const { return total_[static_cast<std::size_t>(outcome)]; }
  // Verdicts about this event; MONITORED_EVENT_UNSPECIFIED: about no monitored event.
  Counts by_event(v1::MonitoredEvent event) const;

  std::string sentence() const;
  // One line per event that occurred, by the vendor's number, each indented by two spaces.
  std::string table() const;
  // "decisions": {"total": 41, "assessed": 36, ..., "by_event": [{"event": "HOSTS_FILE_MODIFICATION", "denied": 2}]}
  void write(JsonWriter& json) const;

 private:
  std::uint64_t decisions_ = 0;
  Counts total_{};
  std::map<v1::MonitoredEvent, Counts> events_;
};

}  // namespace holdfast
