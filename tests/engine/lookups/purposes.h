// The two questions that services are asked.
#pragma once

#include "engine/schema/output.pb.h"

namespace holdfast::engine {

inline constexpr auto kSafe = v1::HttpRequest::CERTIFIED_SAFE_SOFTWARE;
inline constexpr auto kPrevalence = v1::HttpRequest::PREVALENCE;

}  // namespace holdfast::engine
