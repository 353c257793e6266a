// How often a person would be asked, and by what: prompts per hour in which something happened.
//
//   PromptRate rate;
//   rate.add(input, outputs);   // every step
//   print(rate.text());
//
// "asked 9 times in 24 min of activity: 22.5 an hour", and what asked most below it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/schema/input.pb.h"
#include "engine/schema/output.pb.h"
#include "reports/json.h"

namespace holdfast {

class PromptRate {
 public:
  // A longer pause between two operations is not activity.
  static constexpr std::uint64_t kPauseNs = 60'000'000'000;

  struct Cause {
    v1::MonitoredEvent event = v1::MONITORED_EVENT_UNSPECIFIED;
    std::string program;  // as the first of its prompts spells it
    std::uint64_t prompts = 0;
  };

  void add(const v1::Input& input, const std::vector<v1::Output>& outputs);

  // That a person saw.
  std::uint64_t prompts() const { return prompts_; }
  // That nobody could see to their end: nobody was logged on, or the session was locked.
  std::uint64_t unseen() const { return waiting_.size() + closed_unseen_; }
  std::uint64_t active_ns() const { return active_ns_; }
  // Rounded to the nearest tenth; 0 where nothing tells how long it took.
  std::uint64_t tenths_per_active_hour() const;
  // What asked most comes first; as often: by event and program.
  std::vector<Cause> causes() const;

  // One line, and one for each of the first causes. Empty where no operation happened; a few seconds are no measure
  // of an hour.
  std::string text() const;
  // "prompts": {"total": 9, "unseen": 0, "active_ns": 1440000000000, "per_active_hour": 22.5, "causes": [...]}
  void write(JsonWriter& json) const;

 private:
  void see(const v1::Prompt& prompt);

  std::uint64_t operations_ = 0;
  std::uint64_t last_operation_ns_ = 0;
  std::uint64_t active_ns_ = 0;
  std::uint64_t prompts_ = 0;
  std::uint64_t closed_unseen_ = 0;
  std::map<std::uint64_t, v1::Prompt> waiting_;                         // open, and nobody has seen them yet
  std::map<std::pair<v1::MonitoredEvent, std::string>, Cause> causes_;  // by the program without regard to case
};

}  // namespace holdfast
