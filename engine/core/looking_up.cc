// Operations and detections that wait for the services outside: what waits for which question, and how it goes on once
// the question has ended. An operation is judged anew then, with what was found; whatever it finds, it never waits for
// the same question again.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/core.h"

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

std::pair<std::pair<std::uint32_t, std::uint64_t>, std::uint64_t> key_of(const v1::WaiterState& waiter) {
  return {{waiter.process().pid(), waiter.process().start_ns()}, waiter.operation().operation().id()};
}

Finding failed(v1::LookupFailure failure) { return {.answer = {}, .failure = failure, .attempts = 0}; }

}  // namespace

void Engine::Core::index_waiter(std::uint64_t lookup_id, const v1::WaiterState& waiter) {
  if (!waiter.has_operation()) return;
  pending_operations.insert(waiter.operation().operation().id());
  lookup_of_operation[key_of(waiter)] = lookup_id;
}

void Engine::Core::forget_waiter(const v1::WaiterState& waiter) {
  pending_operations.erase(waiter.operation().operation().id());
  lookup_of_operation.erase(key_of(waiter));
}

void Engine::Core::look_up(const v1::Operation& operation, const ProcessRow& subject, std::uint64_t asked_at_ns,
                           const FindingStates* found) {
  v1::WaiterState waiter;
  keep(operation, subject, asked_at_ns, *waiter.mutable_operation());
  waiter.set_asked_at_ns(asked_at_ns);
  waiter.set_deadline_ns(asked_at_ns +
                         std::min(law.effective.cloud.hold_budget_ns, law.effective.limits.hold_max_s * kSecond_ns));
  waiter.mutable_process()->set_pid(subject.key.pid);
  waiter.mutable_process()->set_start_ns(subject.key.start_ns);
  if (found != nullptr) *waiter.mutable_found() = *found;
  const v1::HttpRequest::Purpose question = judgement.question;
  const std::string about = judgement.about;
  const auto go_on_without = [&](v1::LookupFailure failure) {
    *waiter.add_found() = to_state(question, failed(failure));
    conclude(waiter);
  };
  if (waiter.deadline_ns() <= now_ns) return go_on_without(v1::LOOKUP_BUDGET_SPENT);
  if (pending_operations.size() >= law.effective.limits.pending_max) {
    report_limit(v1::LimitReached::PENDING, law.effective.limits.pending_max, "the service was not asked");
    return go_on_without(v1::LOOKUP_TABLE_FULL);
  }
  const auto key = key_of(waiter);
  pending_operations.insert(operation.id());
  lookup_of_operation[key] = cloud.join(question, about, std::move(waiter), cloud_step());
}

// The wait is over, whatever came of it.
void Engine::Core::conclude(CloudClient::FinishedList& finished) {
  for (CloudClient::Finished& end : finished) {
    if (end.waiter.has_detection()) {
      answer(end.waiter.detection(), end.finding, end.waiter.asked_at_ns());
      continue;
    }
    *end.waiter.add_found() = to_state(end.purpose, end.finding);
    conclude(end.waiter);
  }
}

void Engine::Core::conclude(v1::WaiterState& waiter) {
  forget_waiter(waiter);
  const v1::Operation& operation = waiter.operation().operation();
  ProcessRow& subject = subject_of(operation);
  judge_now(operation, subject, &waiter.found());
  carry_out(operation, subject, waiter.asked_at_ns(), &waiter.found());
}

void Engine::Core::on(const v1::HttpOutcome& outcome) {
  CloudClient::FinishedList finished;
  if (!cloud.on_outcome(outcome, cloud_step(), finished)) {
    return ignore("http_outcome", fmt::format("request {} is not open", outcome.request_id()));
  }
  conclude(finished);
}

void Engine::Core::on(const v1::NetworkChanged& changed) {
  CloudClient::FinishedList finished;
  cloud.on_network(changed.state(), cloud_step(), finished);
  conclude(finished);
}

bool Engine::Core::lookup_timer_fired(std::uint64_t timer_id) {
  if (!cloud.owns_timer(timer_id)) return false;
  CloudClient::FinishedList finished;
  if (!cloud.on_timer(timer_id, cloud_step(), finished)) {
    ignore("timer_fired", fmt::format("timer {} is not due yet", timer_id));
  }
  conclude(finished);
  return true;
}

void Engine::Core::adopt_cloud_settings() {
  CloudClient::FinishedList finished;
  cloud.adopt(law.effective.cloud, cloud_step(), finished);
  conclude(finished);
}

// Whoever would not wait for the same question under what is in force now goes on now.
void Engine::Core::rejudge_lookups(const v1::Reason& because) {
  const auto open = lookup_of_operation;  // what goes on takes itself out
  for (const auto& [key, lookup_id] : open) {
    const v1::WaiterState& waiting = cloud.waiter(lookup_id, key.second);
    judge_now(waiting.operation().operation(), subject_of(waiting.operation().operation()), &waiting.found());
    if (judgement.outcome == Judgement::Outcome::kLookUp && judgement.question == cloud.purpose(lookup_id)) continue;
    judgement.add(because.code(), because.text());
    const v1::WaiterState waiter = cloud.take(lookup_id, key.second, cloud_step());
    forget_waiter(waiter);
    const v1::Operation& operation = waiter.operation().operation();
    carry_out(operation, subject_of(operation), waiter.asked_at_ns(), &waiter.found());
  }
}

// A verdict without another look at the operation.
void Engine::Core::settle_waiter(v1::WaiterState& waiter, v1::Verdict::Decision decision, v1::ReasonCode because) {
  if (waiter.has_detection()) {
    return answer(waiter.detection(), v1::SafeSoftwareAnswer::UNKNOWN, make_reason(because), waiter.asked_at_ns());
  }
  forget_waiter(waiter);
  v1::PendingState& pending = *waiter.mutable_operation();
  *pending.add_reason() = make_reason(because);
  settle({.process = waiter.process(), .action = law.effective.policy(pending.event()).action}, pending, decision);
}

void Engine::Core::settle_lookups_of(const ProcessRow& row) {
  const ProcessId id{row.key.pid, row.key.start_ns};
  for (auto open = lookup_of_operation.lower_bound({id, 0});
       open != lookup_of_operation.end() && open->first.first == id; open = lookup_of_operation.lower_bound({id, 0})) {
    v1::WaiterState waiter = cloud.take(open->second, open->first.second, cloud_step());
    settle_waiter(waiter, v1::Verdict::MOOT, v1::PROGRAM_EXITED);
  }
}

void Engine::Core::answer(const v1::Detection& detection, v1::SafeSoftwareAnswer::Verdict verdict, v1::Reason because,
                          std::uint64_t asked_at_ns) {
  v1::DetectionAnswer& told = *out().mutable_detection_answer();
  told.set_detection_id(detection.detection_id());
  told.set_verdict(verdict);
  *told.add_reason() = std::move(because);
  told.set_waited_ns(now_ns - asked_at_ns);
}

void Engine::Core::answer(const v1::Detection& detection, const Finding& finding, std::uint64_t asked_at_ns) {
  answer(detection, finding.answered() ? finding.answer.verdict : v1::SafeSoftwareAnswer::UNKNOWN,
         certified_reason(finding, detection.sha256()), asked_at_ns);
}

// Another module of the agent detected a program and asks whether it is certified safe (DOMAIN 8).
void Engine::Core::on(const v1::Detection& detected) {
  const auto caller = std::ranges::find(kCallers, detected.module(), &CallerRule::module);
  if (caller == kCallers.end()) return ignore("detection", "it does not say which module detected the program");
  const auto at_once = [&](v1::ReasonCode because, std::string_view text = {}) {
    answer(detected, v1::SafeSoftwareAnswer::UNKNOWN, make_reason(because, text), now_ns);
  };
  if (!started) return at_once(v1::AGENT_NOT_STARTED);
  if (stopped) return at_once(v1::AGENT_STOPPED);
  const CertifiedSafeSoftware& service = law.effective.certified_safe_software;
  if (!service.enabled) return at_once(v1::CSSS_OFF);
  if (!(service.*caller->may_ask)) return at_once(v1::CSSS_NOT_ASKED, caller->off);

  v1::WaiterState waiter;
  v1::Detection& detection = *waiter.mutable_detection();
  detection = detected;
  if (detection.sha256().empty() && detection.has_process()) {
    if (const ProcessRow* row = processes.find(detection.process())) detection.set_sha256(row->sha256);
  }
  constexpr auto kQuestion = v1::HttpRequest::CERTIFIED_SAFE_SOFTWARE;
  if (const auto known = cloud.at_once(kQuestion, detection.sha256(), cloud_step())) {
    return answer(detection, *known, now_ns);
  }
  if (cloud.waiting() >= law.effective.limits.pending_max) {
    report_limit(v1::LimitReached::PENDING, law.effective.limits.pending_max, "the service was not asked");
    return answer(detection, failed(v1::LOOKUP_TABLE_FULL), now_ns);
  }
  waiter.set_asked_at_ns(now_ns);
  waiter.set_deadline_ns(now_ns + law.effective.cloud.hold_budget_ns);
  const std::string sha256 = detection.sha256();
  cloud.join(kQuestion, sha256, std::move(waiter), cloud_step());
}

}  // namespace holdfast::engine
