#include "engine/core/detections.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "engine/lookups/reputation.h"
#include "engine/text/bounded_text.h"
#include "engine/text/check.h"
#include "engine/verdicts/reasons.h"

namespace holdfast::engine {
namespace {

struct CallerRule {
  v1::Detection::Module module;
  bool CertifiedSafeSoftware::* may_ask;
  std::string_view off;
};
constexpr std::array kCallers = {
    CallerRule{v1::Detection::FIREWALL, &CertifiedSafeSoftware::for_firewall, "off for the firewall"},
    CallerRule{v1::Detection::ANTIVIRUS, &CertifiedSafeSoftware::for_antivirus, "off for antivirus"},
};

}  // namespace

bool Detections::names_a_module(const v1::Detection& detection) {
  return std::ranges::find(kCallers, detection.module(), &CallerRule::module) != kCallers.end();
}

std::optional<v1::Reason> Detections::refusal(const v1::Detection& detection, const CertifiedSafeSoftware& service) {
  const auto* const caller = std::ranges::find(kCallers, detection.module(), &CallerRule::module);
  check(caller != kCallers.end(), "the module was looked up before");
  if (!service.enabled) return make_reason(v1::CSSS_OFF);
  if (!(service.*caller->may_ask)) return make_reason(v1::CSSS_NOT_ASKED, caller->off);
  return std::nullopt;
}

std::uint64_t Detections::add(const v1::Detection& detection) {
  v1::Detection& kept = waiting_[next_id_];
  kept = detection;
  kept.set_path(bounded_text(detection.path(), kTextBytesMax));
  kept.set_name(bounded_text(detection.name(), kTextBytesMax));
  return next_id_++;
}

v1::Detection Detections::take(std::uint64_t id) {
  const auto found = waiting_.find(id);
  check(found != waiting_.end(), "a detection is answered once");
  v1::Detection detection = std::move(found->second);
  waiting_.erase(found);
  return detection;
}

void Detections::answer(const v1::Detection& detection, v1::SafeSoftwareAnswer::Verdict verdict, v1::Reason because,
                        std::uint64_t asked_at_ns, Step& step) {
  v1::DetectionAnswer& told = *step.out().mutable_detection_answer();
  told.set_detection_id(detection.detection_id());
  told.set_verdict(verdict);
  *told.add_reason() = std::move(because);
  told.set_waited_ns(step.now_ns() - asked_at_ns);
}

void Detections::answer(const v1::Detection& detection, const Finding& finding, std::uint64_t asked_at_ns, Step& step) {
  answer(detection, finding.answered() ? finding.answer.verdict : v1::SafeSoftwareAnswer::UNKNOWN,
         certified_reason(finding, detection.sha256()), asked_at_ns, step);
}

}  // namespace holdfast::engine
