#include "cloud/answers.h"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <array>

#include "cloud/sha256_text.h"
#include "engine/text/hex.h"

namespace holdfast::cloud {
namespace {

constexpr std::string_view kSafePath = "/v1/safe/";
constexpr std::string_view kPrevalencePath = "/v1/prevalence/";
// What is not known yet may be known soon; what is known changes rarely.
constexpr unsigned kKnownMaxAge_s = 86'400;
constexpr unsigned kUnknownMaxAge_s = 3'600;

struct EndpointRow {
  Endpoint endpoint;
  std::string_view name;
  std::string_view path;
  bool takes_hash;
};
constexpr std::array kEndpointRows = {
    EndpointRow{Endpoint::kSafe, "safe", kSafePath, true},
    EndpointRow{Endpoint::kPrevalence, "prevalence", kPrevalencePath, true},
    EndpointRow{Endpoint::kHealth, "health", "/healthz", false},
    EndpointRow{Endpoint::kMetrics, "metrics", "/metrics", false},
};

// Changes whenever the body does (FNV-1a).
std::string etag_of(std::string_view body) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : body) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return fmt::format("\"{:016x}\"", hash);
}

template <typename Message>
Answered as_json(const Message& message, bool known) {
  Answered answered;
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;  // also "detections": "0"
  const auto printed = google::protobuf::util::MessageToJsonString(message, &answered.body, options);
  if (!printed.ok()) return refusal(500, "the answer could not be written");
  answered.etag = etag_of(answered.body);
  answered.max_age_s = known ? kKnownMaxAge_s : kUnknownMaxAge_s;
  return answered;
}

Answered safe_answer(std::string_view sha256, const std::optional<Known>& known) {
  v1::SafeSoftwareAnswer answer;
  answer.set_sha256(hex_of(sha256));
  const bool has_verdict = known && known->verdict;
  answer.set_verdict(has_verdict ? *known->verdict : v1::SafeSoftwareAnswer::UNKNOWN);
  return as_json(answer, has_verdict);
}

Answered prevalence_answer(std::string_view sha256, const std::optional<Known>& known, std::int64_t today) {
  v1::PrevalenceAnswer answer;
  answer.set_sha256(hex_of(sha256));
  if (known && known->detections) answer.set_detections(*known->detections);
  if (known && known->first_seen_day) {
    answer.set_age_days(
        static_cast<std::uint32_t>(std::clamp<std::int64_t>(today - *known->first_seen_day, 0, 100'000)));
  }
  // An age grows by the day.
  return as_json(answer, false);
}

}  // namespace

std::string_view endpoint_name(Endpoint endpoint) {
  const auto row = std::ranges::find(kEndpointRows, endpoint, &EndpointRow::endpoint);
  return row == kEndpointRows.end() ? "none" : row->name;
}

Endpoint endpoint_of(std::string_view path) {
  const auto row = std::ranges::find_if(kEndpointRows, [&](const EndpointRow& candidate) {
    return candidate.takes_hash ? path.starts_with(candidate.path) : path == candidate.path;
  });
  return row == kEndpointRows.end() ? Endpoint::kNone : row->endpoint;
}

Answered answer(std::string_view path, std::int64_t today, Store& store) {
  const bool safe = path.starts_with(kSafePath);
  const std::string_view hash = path.substr((safe ? kSafePath : kPrevalencePath).size());
  const auto sha256 = sha256_of_text(hash);
  if (!sha256) return refusal(400, "the path does not end in a SHA-256 of 64 hexadecimal digits");
  const auto known = store.find(*sha256);
  if (!known) return refusal(503, "the data cannot be read");
  return safe ? safe_answer(*sha256, *known) : prevalence_answer(*sha256, *known, today);
}

Answered refusal(unsigned status, std::string_view what) {
  Answered answered;
  answered.status = status;
  answered.body = fmt::format("{{\"error\":\"{}\"}}", what);
  return answered;
}

}  // namespace holdfast::cloud
