#include "engine/lookups/reputation.h"

#include "engine/text/hex.h"
#include "engine/text/quoted.h"

namespace holdfast::engine {
namespace {

// Enough of a SHA-256 to tell programs apart in a log, and short enough for every verdict.
constexpr std::size_t kShownBytes = 6;

Finding from_state(const v1::FindingState& state) {
  Finding finding{.answer = {.verdict = state.verdict(), .detections = state.detections(), .age_days = std::nullopt},
                  .failure = state.failure(),
                  .attempts = state.attempts()};
  if (state.has_age_days()) finding.answer.age_days = state.age_days();
  return finding;
}

v1::ReasonCode code_of(v1::SafeSoftwareAnswer::Verdict verdict) {
  switch (verdict) {
    case v1::SafeSoftwareAnswer::SAFE: return v1::CERTIFIED_SAFE;
    case v1::SafeSoftwareAnswer::MALICIOUS: return v1::CERTIFIED_MALICIOUS;
    default: return v1::CERTIFIED_UNKNOWN;
  }
}

}  // namespace

std::optional<Finding> Reputation::of(v1::HttpRequest::Purpose purpose, std::string_view sha256) const {
  if (found_ != nullptr) {
    for (const v1::FindingState& found : *found_) {
      if (found.purpose() == purpose) return from_state(found);
    }
  }
  return lookups_.at_once(purpose, sha256, step_);
}

v1::FindingState unanswered(v1::HttpRequest::Purpose purpose, v1::LookupFailure failure) {
  return to_state(purpose, Finding{.answer = {}, .failure = failure, .attempts = 0});
}

v1::FindingState to_state(v1::HttpRequest::Purpose purpose, const Finding& finding) {
  v1::FindingState state;
  state.set_purpose(purpose);
  state.set_failure(finding.failure);
  state.set_attempts(finding.attempts);
  state.set_verdict(finding.answer.verdict);
  state.set_detections(finding.answer.detections);
  if (finding.answer.age_days) state.set_age_days(*finding.answer.age_days);
  return state;
}

v1::Reason certified_reason(const Finding& finding, std::string_view sha256) {
  v1::Reason reason;
  reason.set_code(finding.answered() ? code_of(finding.answer.verdict) : v1::CSSS_FAILED);
  reason.set_text(finding.answered() ? hex_of(sha256.substr(0, kShownBytes)) : v1::LookupFailure_Name(finding.failure));
  reason.set_number(finding.attempts);
  return reason;
}

}  // namespace holdfast::engine
