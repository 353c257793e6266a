// The rules of DOMAIN 7 as data: which arrivals count, and from when on a program is no longer newly encountered.
#pragma once

#include <cstdint>
#include <span>

#include "engine/schema/operation.pb.h"

namespace holdfast::engine {

// A row for one way on which files arrive.
struct ArrivalRule {
  v1::Download::Channel channel;
  bool covered;          // by the published behaviour
  bool covered_by_mark;  // opt-in HASH_AND_PROVENANCE: the sensor or a mark of the web tells where it came from
  bool ports_matter;     // on platforms that watch some ports only
  bool archives;         // also programs in archives
  bool matched_by_name;  // published: the program that starts is known by its file name alone
};

struct NewlyEncounteredRules {
  std::span<const ArrivalRule> arrivals;
  std::span<const std::uint32_t> ports;  // of platforms that do not watch every port
  std::uint64_t prevalence_below = 100;  // detections
  std::uint32_t age_below_days = 7;
  std::uint32_t allow_if_unanswered_s = 30;
  bool needs_web_reputation = true;
  bool never_on_servers = true;
};

NewlyEncounteredRules newly_encountered_rules();

}  // namespace holdfast::engine
