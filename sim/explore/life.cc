#include "sim/explore/life.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/text/units.h"
#include "sim/explore/endpoint.h"
#include "sim/explore/pools.h"

namespace holdfast {
namespace {

constexpr std::uint64_t kStartedWallNs = 1'425'168'000 * kSecond_ns;  // 2015-03-01
constexpr std::uint64_t kYear = 31'536'000 * kSecond_ns;

}  // namespace

Life::Life(const Material& material, const Menu& menu, Choices& choices)
    : material_(material), menu_(menu), choices_(choices), pool_(menu.pool), starts_(menu.pids, 0), images_(menu.pids) {
  // What starts stands first: how often programs start is chosen apart. Of the others, many are of interest.
  const auto& all = material.operations;
  for (std::size_t i = 0; i < pool_.size(); ++i) {
    const bool wants_start = i < pool_.size() / 4;
    const bool of_interest = !wants_start && choices_.chance(menu.monitored_percent);
    const v1::Operation* drawn = of_interest ? &all[choices_.pick(material.monitored)] : &choices_.pick(all);
    for (int tries = 0; tries < 30 && drawn->has_process_start() != wants_start; ++tries) drawn = &choices_.pick(all);
    *pool_[i].mutable_operation() = *drawn;
  }
}

v1::Input& Life::stamped(v1::Input& input) {
  input.set_sequence(++sequence_);
  input.set_at_ns(now_ns_);
  made_ = &input;
  return input;
}

const v1::Input& Life::next() {
  const std::uint64_t until_ns = now_ns_ + pause();
  if (fire_due(until_ns)) return *made_;
  now_ns_ = until_ns;
  if (sequence_ == 0) {
    make(choices_.chance(95) ? Move::kStart : draw_move());
  } else if (!running_ && choices_.chance(20)) {
    make(Move::kStart);
  } else {
    make(draw_move());
  }
  return *made_;
}

std::uint64_t Life::pause() {
  if (choices_.chance(menu_.same_time_percent)) return 0;
  if (now_ns_ < 100 * kYear && choices_.once_in(menu_.far_future_in)) return kYear * (1 + choices_.below(100));
  if (choices_.once_in(64)) return choices_.below(40 * menu_.step_ns);
  return choices_.below(menu_.step_ns);
}

// Fires the first timer that is due by then; late ones are left for a while.
bool Life::fire_due(std::uint64_t until_ns) {
  if (timers_.empty() || timers_.begin()->at_ns > until_ns) return false;
  if (choices_.chance(menu_.late_percent)) return false;
  const Timer due = *timers_.begin();
  timers_.erase(timers_.begin());
  now_ns_ = std::max(now_ns_, due.at_ns);
  scratch_.Clear();
  stamped(scratch_).mutable_timer_fired()->set_timer_id(due.id);
  return true;
}

Move Life::draw_move() {
  std::uint64_t left = choices_.below(menu_.weight);
  for (std::size_t i = 0; i < kMoves; ++i) {
    if (left < menu_.weights[i]) return static_cast<Move>(i);
    left -= menu_.weights[i];
  }
  return Move::kOperation;
}

void Life::make(Move move) {
  if (move == Move::kOperation || (move == Move::kAnswer && prompts_.empty()) ||
      (move == Move::kOutcome && requests_.empty())) {
    return make_operation();
  }
  scratch_.Clear();
  v1::Input& input = stamped(scratch_);
  switch (move) {
    case Move::kAnswer: return make_answer(choices_.pick(prompts_).id);
    case Move::kStrayAnswer: return make_answer(choices_.below(last_prompt_id_ + 2));
    case Move::kOutcome: {
      const Request& request = choices_.pick(requests_);
      return make_outcome(request.id, request.url);
    }
    case Move::kStrayOutcome: return make_outcome(choices_.below(last_request_id_ + 2), {});
    case Move::kSession: return make_session();
    case Move::kSettings:
      if (choices_.chance(50)) {
        change_settings(menu_, choices_, settings_);
      } else {
        settings_ = draw_settings(material_, menu_, choices_);
      }
      *input.mutable_settings_changed()->mutable_settings() = settings_;
      return;
    case Move::kProfile: *input.mutable_profile_changed()->mutable_profile() = draw_profile(choices_); return;
    case Move::kService: input.mutable_service_state_changed()->set_running(choices_.chance(60)); return;
    case Move::kNetwork: *input.mutable_network_changed()->mutable_state() = draw_network(choices_); return;
    case Move::kClock: input.mutable_clock_changed()->set_wall_ns(kStartedWallNs + choices_.below(kYear)); return;
    case Move::kLoss: input.mutable_loss()->set_events(choices_.below(3)); return;
    case Move::kDetection: return make_detection();
    case Move::kStart: return make_start_of_agent();
    case Move::kStop:
      input.mutable_agent_stopping();
      running_ = false;
      return;
    case Move::kStrayTimer: return make_stray_timer();
    case Move::kRepeatedNumber:
      input.mutable_loss();
      --sequence_;
      input.set_sequence(choices_.below(sequence_ + 1));
      return;
    case Move::kBackwards:
      input.mutable_session_changed()->set_session_id(1);
      input.set_at_ns(now_ns_ - std::min(now_ns_, 1 + choices_.below(10 * kSecond_ns)));
      return;
    case Move::kOperation:
    case Move::kEmpty: return;
  }
}

std::uint64_t Life::start_of(std::size_t pid) {
  if (choices_.chance(menu_.unknown_start_percent)) return 0;
  return choices_.once_in(50) ? 999 : starts_[pid];  // 999: of a run that nobody saw
}

void Life::make_start_of_program(v1::Operation& operation) {
  v1::Process& process = *operation.mutable_process_start();
  const std::size_t pid = choices_.below(starts_.size());
  process.set_pid(static_cast<std::uint32_t>(pid + 1));
  if (!arrived_.path().empty() && choices_.chance(20)) {
    process.set_image(arrived_.path());
    process.set_sha256(arrived_.sha256());
  }
  if (choices_.chance(menu_.unknown_start_percent)) {
    process.set_start_ns(0);
    starts_[pid] = 0;
  } else if (choices_.once_in(20)) {
    process.set_start_ns(starts_[pid]);  // the very same run again
    process.set_image(images_[pid]);
  } else {
    process.set_start_ns(last_start_ns_ += 100);
    starts_[pid] = last_start_ns_;
  }
  images_[pid] = process.image();
}

void Life::make_actor(v1::Operation& operation) {
  v1::ProcessKey& actor = *operation.mutable_actor();
  operation.clear_actor_image();
  if (choices_.once_in(60)) return actor.Clear();  // nobody
  if (!prompts_.empty() && choices_.chance(15)) {  // somebody is asked about it already
    actor = choices_.pick(prompts_).process;
    return;
  }
  const std::size_t pid = choices_.below(starts_.size());
  actor.set_pid(static_cast<std::uint32_t>(pid + 1));
  actor.set_start_ns(start_of(pid));
  if (!choices_.chance(30)) return;
  // A run has one image; without its start time anybody may be meant.
  if (actor.start_ns() == 0) {
    operation.set_actor_image(std::string(choices_.pick(pools::kPrograms)));
  } else if (actor.start_ns() == starts_[pid]) {
    operation.set_actor_image(images_[pid]);
  }
}

void Life::make_operation() {
  constexpr std::array kHolds = {v1::HOLD_CAPABILITY_PRE_EXECUTION, v1::HOLD_CAPABILITY_PRE_EXECUTION,
                                 v1::HOLD_CAPABILITY_PRE_EXECUTION, v1::HOLD_CAPABILITY_BEST_EFFORT};
  const bool starts = choices_.chance(menu_.starts_percent);
  const bool exits = !starts && choices_.chance(menu_.exits_percent);
  const std::size_t starts_end = pool_.size() / 4;
  v1::Input& input = exits    ? scratch_
                     : starts ? pool_[choices_.below(starts_end)]
                              : pool_[starts_end + choices_.below(pool_.size() - starts_end)];
  if (exits) {
    scratch_.Clear();
    scratch_.mutable_operation()->mutable_process_exit();
  }
  v1::Operation& operation = *stamped(input).mutable_operation();
  const bool twice = last_operation_id_ != 0 && choices_.chance(menu_.twice_percent);
  operation.set_id(twice ? 1 + choices_.below(last_operation_id_) : ++last_operation_id_);
  if (operation.has_process_start()) make_start_of_program(operation);
  if (operation.has_download()) arrived_ = operation.download();
  make_actor(operation);
  const bool held = !operation.has_process_exit() && choices_.chance(menu_.held_percent);
  operation.set_hold(held ? choices_.pick(kHolds) : v1::HOLD_CAPABILITY_NONE);
  operation.set_repeats(twice && choices_.chance(50));
}

void Life::make_answer(std::uint64_t prompt_id) {
  using Answer = v1::PromptAnswer;
  constexpr std::array kKinds = {Answer::ALLOW,
                                 Answer::ALLOW,
                                 Answer::DENY,
                                 Answer::DENY,
                                 Answer::INTERACTION_STARTED,
                                 Answer::INTERACTION_STARTED,
                                 Answer::INTERACTION_ENDED,
                                 Answer::DISMISS,
                                 Answer::NOT_SHOWN,
                                 Answer::KIND_UNSPECIFIED};
  v1::PromptAnswer& answer = *scratch_.mutable_prompt_answer();
  answer.set_prompt_id(prompt_id);
  answer.set_kind(choices_.pick(kKinds));
  answer.set_remember(static_cast<v1::Remember>(choices_.below(4)));
  answer.set_session_id(static_cast<std::uint32_t>(choices_.below(4)));
}

void Life::make_answer_of_service(const std::string& url, v1::HttpOutcome& outcome) {
  constexpr std::array<std::string_view, 4> kVerdicts = {"SAFE", "UNKNOWN", "MALICIOUS", "NONSENSE"};
  constexpr std::array<std::uint64_t, 4> kDetections = {0, 12, 100, 1'000'000};
  const std::size_t cut = url.find_last_of('/');
  std::string digits = cut == url.npos ? std::string(64, '0') : url.substr(cut + 1);
  if (choices_.once_in(20)) digits.front() = digits.front() == '0' ? '1' : '0';  // about another program
  const bool prevalence = url.find("/prevalence/") != url.npos;
  std::string body = prevalence ? fmt::format(R"({{"sha256":"{}","detections":"{}","ageDays":{}}})", digits,
                                              choices_.pick(kDetections), choices_.below(12))
                                : fmt::format(R"({{"sha256":"{}","verdict":"{}"}})", digits,
                                              choices_.once_in(20) ? kVerdicts[3] : kVerdicts[choices_.below(3)]);
  if (choices_.once_in(20)) body.resize(body.size() / 2);
  outcome.set_result(v1::HTTP_RESPONSE);
  const bool is_unavailable = choices_.once_in(15);
  outcome.set_status(is_unavailable ? 503 : 200);
  if (is_unavailable && choices_.once_in(2)) outcome.set_retry_after_ns(choices_.below(20) * kSecond_ns);
  outcome.set_content_type(choices_.once_in(20) ? "text/html" : "application/json");
  outcome.set_body(body);
}

void Life::make_outcome(std::uint64_t request_id, const std::string& url) {
  v1::HttpOutcome& outcome = *scratch_.mutable_http_outcome();
  outcome.set_request_id(request_id);
  outcome.set_took_ns(choices_.below(kSecond_ns));
  if (choices_.chance(60)) return make_answer_of_service(url, outcome);
  outcome.set_result(static_cast<v1::HttpResult>(choices_.below(16)));
}

void Life::make_session() {
  v1::SessionChanged& session = *scratch_.mutable_session_changed();
  session.set_session_id(static_cast<std::uint32_t>(choices_.below(4)));
  session.set_user(std::string(choices_.pick(pools::kUsers)));
  session.set_state(static_cast<v1::SessionChanged::State>(choices_.chance(50) ? 1 : choices_.below(6)));
}

void Life::make_detection() {
  v1::Detection& detection = *scratch_.mutable_detection();
  detection.set_detection_id(choices_.once_in(20) ? detections_ : ++detections_);
  detection.set_module(static_cast<v1::Detection::Module>(choices_.below(3)));
  if (choices_.chance(50)) {
    const std::size_t pid = choices_.below(starts_.size());
    detection.mutable_process()->set_pid(static_cast<std::uint32_t>(pid + 1));
    detection.mutable_process()->set_start_ns(start_of(pid));
  }
  detection.set_sha256(pools::sha256(choices_.below(pools::kHashes)));
}

void Life::make_start_of_agent() {
  v1::AgentStarted& started = *scratch_.mutable_agent_started();
  *started.mutable_profile() = draw_profile(choices_);
  settings_ = draw_settings(material_, menu_, choices_);
  *started.mutable_settings() = settings_;
  started.set_wall_ns(kStartedWallNs + now_ns_);
  running_ = true;
}

void Life::make_stray_timer() {
  std::uint64_t id = choices_.below(last_timer_id_ + 2);
  if (!timers_.empty() && choices_.chance(30)) id = timers_.rbegin()->id;  // set, and probably too early
  scratch_.mutable_timer_fired()->set_timer_id(id);
  const auto armed = std::ranges::find(timers_, id, &Timer::id);
  if (armed != timers_.end() && armed->at_ns <= now_ns_) timers_.erase(armed);
}

void Life::see(const std::vector<v1::Output>& outputs) {
  const bool is_outcome = made_->has_http_outcome();
  const std::uint64_t ended = is_outcome ? made_->http_outcome().request_id() : 0;
  if (is_outcome) std::erase_if(requests_, [&](const Request& request) { return request.id == ended; });
  for (const v1::Output& output : outputs) {
    switch (output.kind_case()) {
      case v1::Output::kTimerSet:
        last_timer_id_ = output.timer_set().timer_id();
        timers_.insert({output.timer_set().at_ns(), last_timer_id_});
        break;
      case v1::Output::kTimerCancelled: {
        const auto armed = std::ranges::find(timers_, output.timer_cancelled().timer_id(), &Timer::id);
        if (armed != timers_.end()) timers_.erase(armed);
        break;
      }
      case v1::Output::kPrompt:
        last_prompt_id_ = output.prompt().prompt_id();
        prompts_.push_back({last_prompt_id_, output.prompt().process()});
        break;
      case v1::Output::kPromptClosed: {
        const std::uint64_t id = output.prompt_closed().prompt_id();
        std::erase_if(prompts_, [&](const OpenPrompt& prompt) { return prompt.id == id; });
        break;
      }
      case v1::Output::kHttpRequest:
        last_request_id_ = output.http_request().request_id();
        requests_.push_back({last_request_id_, output.http_request().url()});
        break;
      case v1::Output::kHttpCancel: {
        const std::uint64_t id = output.http_cancel().request_id();
        std::erase_if(requests_, [&](const Request& request) { return request.id == id; });
        break;
      }
      default: break;
    }
  }
}

}  // namespace holdfast
