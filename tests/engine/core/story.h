// Drives an engine by hand: time stands still until the test moves it, timers fire when they are due.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/engine.h"
#include "engine/log/decision_log.h"

namespace holdfast::engine {

class Story {
 public:
  explicit Story(const Tables& tables = default_tables()) : tables_(tables), engine_(tables) {}

  static constexpr std::uint64_t kSecond = 1'000'000'000;
  static constexpr std::uint64_t kMillisecond = 1'000'000;

  // Windows 10, Event Monitoring on, `action` for New Startup Program, a user in session 1.
  static v1::Settings settings(v1::MonitoredEventPolicy::Action action) {
    v1::Settings settings;
    settings.set_name("test");
    settings.mutable_event_monitoring()->set_enabled(true);
    policy(settings, action);
    return settings;
  }
  static v1::Settings asks() { return settings(v1::MonitoredEventPolicy::ASK_WHEN_NECESSARY); }
  static v1::MonitoredEventPolicy& policy(v1::Settings& settings, v1::MonitoredEventPolicy::Action action) {
    v1::MonitoredEventPolicy& row = *settings.mutable_event_monitoring()->add_policy();
    row.set_event(v1::NEW_STARTUP_PROGRAM);
    row.set_do_(action);
    return row;
  }
  static v1::AgentProfile profile(v1::Platform platform = v1::WINDOWS_10_X64) {
    v1::AgentProfile profile;
    profile.set_platform(platform);
    profile.set_endpoint("PC-1");
    return profile;
  }

  Story& start(const v1::Settings& settings, const v1::AgentProfile& agent = profile()) {
    v1::Input input;
    *input.mutable_agent_started()->mutable_settings() = settings;
    *input.mutable_agent_started()->mutable_profile() = agent;
    feed(input);
    return *this;
  }
  Story& session(v1::SessionChanged::State state, std::uint32_t id = 1) {
    v1::Input input;
    input.mutable_session_changed()->set_session_id(id);
    input.mutable_session_changed()->set_state(state);
    input.mutable_session_changed()->set_user("EXAMPLE\\user");
    feed(input);
    return *this;
  }
  Story& change(const v1::Settings& settings) {
    v1::Input input;
    *input.mutable_settings_changed()->mutable_settings() = settings;
    feed(input);
    return *this;
  }
  Story& answer(std::uint64_t prompt, v1::PromptAnswer::Kind kind, v1::Remember remember = v1::REMEMBER_UNSPECIFIED) {
    v1::Input input;
    input.mutable_prompt_answer()->set_prompt_id(prompt);
    input.mutable_prompt_answer()->set_kind(kind);
    input.mutable_prompt_answer()->set_session_id(1);
    input.mutable_prompt_answer()->set_remember(remember);
    feed(input);
    return *this;
  }

  Story& network(bool ipv4, bool ipv6) {
    v1::Input input;
    input.mutable_network_changed()->mutable_state()->set_has_ipv4(ipv4);
    input.mutable_network_changed()->mutable_state()->set_has_ipv6(ipv6);
    feed(input);
    return *this;
  }
  Story& machine_sleeps(std::uint64_t slept_ns) {
    v1::Input input;
    input.mutable_clock_changed()->set_wall_ns(1'700'000'000 * kSecond);
    input.mutable_clock_changed()->set_suspended_ns(slept_ns);
    feed(input);
    return *this;
  }
  Story& attempt_ends(std::uint64_t request, v1::HttpResult result) {
    v1::Input input;
    input.mutable_http_outcome()->set_request_id(request);
    input.mutable_http_outcome()->set_result(result);
    feed(input);
    return *this;
  }
  Story& respond_unavailable(std::uint64_t request, std::uint64_t retry_after_ns) {
    v1::Input input;
    v1::HttpOutcome& outcome = *input.mutable_http_outcome();
    outcome.set_request_id(request);
    outcome.set_result(v1::HTTP_RESPONSE);
    outcome.set_status(503);
    outcome.set_retry_after_ns(retry_after_ns);
    feed(input);
    return *this;
  }
  Story& respond(std::uint64_t request, const std::string& body) {
    v1::Input input;
    v1::HttpOutcome& outcome = *input.mutable_http_outcome();
    outcome.set_request_id(request);
    outcome.set_result(v1::HTTP_RESPONSE);
    outcome.set_status(200);
    outcome.set_content_type("application/json");
    outcome.set_body(body);
    feed(input);
    return *this;
  }

  static v1::Operation program(std::uint32_t pid, const std::string& image) {
    v1::Operation operation;
    operation.set_hold(v1::HOLD_CAPABILITY_PRE_EXECUTION);
    v1::Process& process = *operation.mutable_process_start();
    process.set_pid(pid);
    process.set_start_ns(pid);
    process.set_image(image);
    process.set_session_id(1);
    process.mutable_signature()->set_status(v1::SIGNATURE_STATUS_NONE);
    return operation;
  }
  static v1::Operation run_key(std::uint32_t pid, const std::string& value = "Updater") {
    v1::Operation operation;
    operation.set_hold(v1::HOLD_CAPABILITY_PRE_EXECUTION);
    operation.mutable_actor()->set_pid(pid);
    operation.mutable_actor()->set_start_ns(pid);
    v1::RegistrySet& set = *operation.mutable_registry_set();
    set.set_key("HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run");
    set.set_value(value);
    set.set_data("C:\\Users\\user\\updater.exe");
    return operation;
  }
  static v1::Operation exit(std::uint32_t pid) {
    v1::Operation operation;
    operation.mutable_actor()->set_pid(pid);
    operation.mutable_actor()->set_start_ns(pid);
    operation.mutable_process_exit();
    return operation;
  }
  // Gives the operation the next id; returns it.
  std::uint64_t happen(v1::Operation operation) {
    if (operation.id() == 0) operation.set_id(++operations_);
    v1::Input input;
    *input.mutable_operation() = operation;
    feed(input);
    return operation.id();
  }

  // Lets time pass; timers that become due fire at their time.
  Story& wait(std::uint64_t ns) {
    const std::uint64_t end = now_ + ns;
    while (!timers_.empty()) {
      auto due = timers_.begin();
      for (auto it = timers_.begin(); it != timers_.end(); ++it) {
        if (it->second < due->second) due = it;
      }
      if (due->second > end) break;
      now_ = due->second;
      v1::Input input;
      input.mutable_timer_fired()->set_timer_id(due->first);
      timers_.erase(due);
      feed(input);
    }
    now_ = end;
    return *this;
  }

  void feed(v1::Input input) {
    if (input.sequence() == 0) input.set_sequence(++sequence_);
    if (input.at_ns() == 0) input.set_at_ns(now_);
    std::vector<v1::Output> outputs;
    engine_.step(input, outputs);
    for (v1::Output& output : outputs) {
      if (output.has_timer_set()) timers_[output.timer_set().timer_id()] = output.timer_set().at_ns();
      if (output.has_timer_cancelled()) timers_.erase(output.timer_cancelled().timer_id());
      append_log_line(input.at_ns(), output, log_);
      outputs_.push_back(std::move(output));
    }
  }

  // Goes on with an engine restored from the state's bytes.
  Story& restart_engine() {
    v1::EngineState state;
    state.ParseFromString(engine_.snapshot().SerializeAsString());
    engine_ = std::move(*Engine::restore(state, tables_));
    return *this;
  }

  std::vector<v1::Verdict> verdicts(std::uint64_t operation) const {
    std::vector<v1::Verdict> found;
    for (const v1::Output& output : outputs_) {
      if (output.has_verdict() && output.verdict().operation_id() == operation) found.push_back(output.verdict());
    }
    return found;
  }
  // The one verdict of an operation; a default one if there is none or more than one.
  v1::Verdict verdict(std::uint64_t operation) const {
    const auto all = verdicts(operation);
    return all.size() == 1 ? all.front() : v1::Verdict();
  }
  // Outputs of one kind, in order.
  std::vector<v1::Output> all(v1::Output::KindCase kind) const {
    std::vector<v1::Output> found;
    for (const v1::Output& output : outputs_) {
      if (output.kind_case() == kind) found.push_back(output);
    }
    return found;
  }
  const std::string& log() const { return log_; }
  std::size_t timers() const { return timers_.size(); }
  Engine& engine() { return engine_; }

 private:
  const Tables& tables_;
  Engine engine_;
  std::uint64_t now_ = 0;
  std::uint64_t sequence_ = 0;
  std::uint64_t operations_ = 0;
  std::map<std::uint64_t, std::uint64_t> timers_;
  std::vector<v1::Output> outputs_;
  std::string log_;
};

// Whether the chain holds `code`.
inline bool has_reason(const v1::Verdict& verdict, v1::ReasonCode code) {
  for (const v1::Reason& reason : verdict.reason()) {
    if (reason.code() == code) return true;
  }
  return false;
}

}  // namespace holdfast::engine
