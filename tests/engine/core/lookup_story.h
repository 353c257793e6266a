// Stories in which a service outside is asked about a program: what the tests of lookups share.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/engine/core/story.h"

namespace holdfast::engine {

inline constexpr const char* kSetup = "C:\\Users\\user\\Downloads\\setup.exe";

inline std::string sha256_of(std::uint32_t pid) {
  std::string bytes(32, '\x11');
  bytes[0] = static_cast<char>(pid);
  return bytes;
}
inline std::string hex_of(std::uint32_t pid) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string hex;
  for (const char c : sha256_of(pid)) {
    hex += kDigits[static_cast<unsigned char>(c) >> 4U];
    hex += kDigits[static_cast<unsigned char>(c) & 15U];
  }
  return hex;
}
inline std::string says_of(std::uint32_t pid, const std::string& verdict) {
  return R"({"sha256":")" + hex_of(pid) + R"(","verdict":")" + verdict + "\"}";
}

inline v1::Settings with_service(v1::MonitoredEventPolicy::Action action = v1::MonitoredEventPolicy::DENY) {
  v1::Settings settings = Story::settings(action);
  settings.mutable_certified_safe_software()->set_enabled(true);
  settings.mutable_certified_safe_software()->set_service_url("https://csss.example/api");
  return settings;
}

inline void runs(Story& story, std::uint32_t pid, const std::string& image = kSetup) {
  v1::Operation start = Story::program(pid, image);
  start.mutable_process_start()->set_sha256(sha256_of(pid));
  story.happen(start);
}

// A story in which pid 10, an unsigned setup.exe, runs.
inline Story running(const v1::Settings& settings = with_service()) {
  Story story;
  story.start(settings).session(v1::SessionChanged::ACTIVE);
  runs(story, 10);
  return story;
}

inline std::vector<v1::HttpRequest> requests(const Story& story) {
  std::vector<v1::HttpRequest> found;
  for (const v1::Output& output : story.all(v1::Output::kHttpRequest)) found.push_back(output.http_request());
  return found;
}
inline v1::CloudStatus status(const Story& story) {
  const auto all = story.all(v1::Output::kCloudStatus);
  return all.empty() ? v1::CloudStatus() : all.back().cloud_status();
}
inline v1::Reason reason(const v1::Verdict& verdict, v1::ReasonCode code) {
  for (const v1::Reason& reason : verdict.reason()) {
    if (reason.code() == code) return reason;
  }
  return {};
}

}  // namespace holdfast::engine
