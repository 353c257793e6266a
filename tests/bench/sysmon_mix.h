// Operations in the proportions of a recorded workstation (OTRF's LSASS_campaign_01: of its Sysmon
// events about 640 per mille are id 10, 170 id 7, 70 id 13, 67 id 12; rounded towards those that cost most),
// from a seeded generator, acted by processes chosen evenly: nothing stays in a cache by luck.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/schema/input.pb.h"

namespace holdfast::bench {

// Agent start, then `processes` process starts.
std::vector<v1::Input> opening(std::uint32_t processes, std::uint32_t exceptions);

// `count` operations of those processes; sequence numbers go on after the opening's. None is held, as in an imported
// recording; about one in a thousand is a monitored event.
std::vector<v1::Input> sysmon_mix(std::uint32_t count, std::uint32_t processes, std::uint64_t first_sequence);

}  // namespace holdfast::bench
