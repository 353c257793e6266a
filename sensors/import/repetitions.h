// One act that two sources tell of: Sysmon 1 and Security 4688 of a start, Sysmon 13, Security 4697 and System 7045 of
// a service. The first one counts, and what comes within two seconds from another source repeats it.
//
//   Repetitions repetitions;
//   if (repetitions.repeats(operation, EventProvider::kSecurity)) operation.set_repeats(true);
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>

#include "engine/schema/operation.pb.h"
#include "sensors/import/event_mapping.h"

namespace holdfast {

// What tells one act from others, the same whichever source tells it: "task|PC1|\UPDATER". Empty for what no two
// sources tell, or where too little is told to know it again.
std::string act_of(const v1::Operation& operation);

class Repetitions {
 public:
  static constexpr std::uint64_t kWindow_ns = 2'000'000'000;
  static constexpr std::size_t kActsMax = 65'536;  // remembered of each two seconds

  // `operation`, which `provider` tells, comes after all that were asked about before (wall_ns). Two that one provider
  // tells are two acts.
  bool repeats(const v1::Operation& operation, EventProvider provider);

  std::uint64_t not_compared() const { return not_compared_; }

 private:
  struct Told {
    std::uint64_t wall_ns = 0;
    EventProvider provider = EventProvider::kOther;
  };
  using Acts = std::unordered_map<std::string, Told>;

  const Told* known(const std::string& act) const;

  Acts present_;  // since since_ns_
  Acts before_;   // what may still be within the window
  std::uint64_t since_ns_ = 0;
  std::uint64_t not_compared_ = 0;
};

}  // namespace holdfast
