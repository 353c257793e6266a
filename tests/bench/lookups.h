// Operations that all wait for the services outside: inputs for an engine, and one that is driven through them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/engine.h"

namespace holdfast::bench {

inline constexpr std::uint32_t kPrograms = 10'000;
inline constexpr std::uint64_t kSecond = 1'000'000'000;
inline constexpr std::uint64_t kBudget = 10 * kSecond;

inline std::string sha256_of(std::uint32_t program) {
  std::string bytes(32, '\x17');
  for (unsigned i = 0; i < 4; ++i) bytes[i] = static_cast<char>(program >> 8 * i);
  return bytes;
}

inline v1::Input agent_started(bool service) {
  v1::Input input;
  v1::AgentStarted& started = *input.mutable_agent_started();
  started.mutable_profile()->set_platform(v1::WINDOWS_10_X64);
  v1::Settings& settings = *started.mutable_settings();
  settings.mutable_event_monitoring()->set_enabled(true);
  auto& policy = *settings.mutable_event_monitoring()->add_policy();
  policy.set_event(v1::NEW_STARTUP_PROGRAM);
  policy.set_do_(v1::MonitoredEventPolicy::DENY);
  settings.mutable_certified_safe_software()->set_enabled(service);
  settings.mutable_certified_safe_software()->set_service_url("https://csss.example");
  settings.mutable_certified_safe_software()->set_breaker_failures(1'000);
  return input;
}

inline v1::Input program_starts(std::uint32_t program) {
  v1::Input input;
  v1::Operation& operation = *input.mutable_operation();
  operation.set_id(program);
  v1::Process& process = *operation.mutable_process_start();
  process.set_pid(program);
  process.set_start_ns(program);
  process.set_image("C:\\Users\\user\\AppData\\Local\\Programs\\tool" + std::to_string(program) + ".exe");
  process.set_sha256(sha256_of(program));
  process.mutable_signature()->set_status(v1::SIGNATURE_STATUS_NONE);
  return input;
}

inline v1::Input sets_a_run_key(std::uint32_t program, std::uint64_t id) {
  v1::Input input;
  v1::Operation& operation = *input.mutable_operation();
  operation.set_id(id);
  operation.set_hold(v1::HOLD_CAPABILITY_PRE_EXECUTION);
  operation.mutable_actor()->set_pid(program);
  operation.mutable_actor()->set_start_ns(program);
  operation.mutable_registry_set()->set_key("HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run");
  operation.mutable_registry_set()->set_value("Updater");
  operation.mutable_registry_set()->set_data("C:\\Users\\user\\AppData\\Local\\Programs\\updater.exe");
  return input;
}

inline std::string answer_about(std::uint32_t program) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hash;
  for (const char c : sha256_of(program)) {
    hash += kDigits[static_cast<unsigned char>(c) >> 4U];
    hash += kDigits[static_cast<unsigned char>(c) & 15U];
  }
  return R"({"sha256":")" + hash + R"(","verdict":"UNKNOWN"})";
}

inline v1::Input answered(std::uint64_t request, std::uint32_t program) {
  v1::Input input;
  v1::HttpOutcome& outcome = *input.mutable_http_outcome();
  outcome.set_request_id(request);
  outcome.set_result(v1::HTTP_RESPONSE);
  outcome.set_status(200);
  outcome.set_content_type("application/json");
  outcome.set_body(answer_about(program));
  return input;
}

// Drives one engine, which numbers its requests from 1.
class Drive {
 public:
  explicit Drive(bool service) { step(agent_started(service)); }

  void step(v1::Input& input) {
    input.set_sequence(++sequence_);
    input.set_at_ns(now_ns);
    outputs_.clear();
    engine_.step(input, outputs_);
    for (const v1::Output& output : outputs_) {
      if (!output.has_verdict()) continue;
      ++verdicts;
      if (output.verdict().held_ns() > kBudget) ++late;
    }
  }
  void step(v1::Input&& input) { step(input); }
  // Gives back the memory of the last step's outputs.
  void forget() { outputs_ = {}; }
  v1::CloudState waiting() const { return engine_.snapshot().cloud(); }

  std::uint64_t now_ns = 0;
  std::uint64_t verdicts = 0;
  std::uint64_t late = 0;

 private:
  engine::Engine engine_;
  std::vector<v1::Output> outputs_;
  std::uint64_t sequence_ = 0;
};

}  // namespace holdfast::bench
