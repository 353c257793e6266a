#include "engine/downloads/download_rules.h"

#include <array>

namespace holdfast::engine {
namespace {

//                                                covered  by mark  ports  archives  by name
constexpr std::array kArrivals = {
    ArrivalRule{v1::Download::CHANNEL_HTTP, true, true, true, false, false},
    ArrivalRule{v1::Download::CHANNEL_HTTPS, false, true, false, false, false},
    ArrivalRule{v1::Download::CHANNEL_EMAIL, true, true, false, true, true},
    ArrivalRule{v1::Download::CHANNEL_OTHER, false, true, false, false, false},
};
constexpr std::array<std::uint32_t, 3> kPorts = {80, 81, 8080};

}  // namespace

NewlyEncounteredRules newly_encountered_rules() { return {.arrivals = kArrivals, .ports = kPorts}; }

}  // namespace holdfast::engine
