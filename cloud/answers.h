// What the service answers to one request, whoever brings it: paths, answers as JSON, errors as JSON
// (docs/openapi.yaml).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cloud/store.h"

namespace holdfast::cloud {

// The ends of a path that lead somewhere; kNone does not.
enum class Endpoint : std::uint8_t { kNone, kSafe, kPrevalence, kHealth, kMetrics };
inline constexpr std::size_t kEndpoints = 5;
std::string_view endpoint_name(Endpoint endpoint);  // "safe", for metrics
// "/v1/safe/<hash>" -> kSafe, whatever stands for the hash.
Endpoint endpoint_of(std::string_view path);

struct Answered {
  unsigned status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::string etag;        // in quotes; empty: none
  unsigned max_age_s = 0;  // that any cache may keep it; 0: not at all
};

// To GET `path`, of kSafe or kPrevalence. `today`: days since 1970-01-01 UTC.
Answered answer(std::string_view path, std::int64_t today, Store& store);

// An error in the form that all errors of the service have: {"error":"..."}.
Answered refusal(unsigned status, std::string_view what);

}  // namespace holdfast::cloud
