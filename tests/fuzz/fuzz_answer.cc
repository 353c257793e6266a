// Responses of a service that somebody made up. Promises: each is an answer about the program that was asked about, or
// one named failure; whatever the engine is told, nobody waits longer for it, and a snapshot keeps it all.
//
// The first byte chooses the purpose and the content type, the rest is the body; "%HASH%" in it stands for the SHA-256
// asked about.
//
// Links: holdfast_engine
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "engine/core/engine.h"
#include "engine/lookups/answer_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

namespace holdfast {
namespace {

void require(bool holds, const char* promise) {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %s\n", promise);
  std::abort();
}

constexpr char kByte = '\x5a';
const std::string kSha256(32, kByte);

std::string body_of(std::string_view text) {
  constexpr std::string_view kMark = "%HASH%";
  std::string hash;
  for (int i = 0; i < 32; ++i) hash += "5a";
  std::string body(text);
  for (std::size_t at = body.find(kMark); at != std::string::npos; at = body.find(kMark, at + hash.size())) {
    body.replace(at, kMark.size(), hash);
  }
  return body;
}

// An engine that waits for an answer, and what it says to this one.
void tell_an_engine(const v1::HttpOutcome& outcome, bool answered) {
  engine::Engine engine;
  std::vector<v1::Output> outputs;
  std::uint64_t sequence = 0;
  const auto step = [&](v1::Input input) {
    input.set_sequence(++sequence);
    outputs.clear();
    engine.step(input, outputs);
  };
  v1::Input start;
  start.mutable_agent_started()->mutable_profile()->set_platform(v1::WINDOWS_10_X64);
  auto& service = *start.mutable_agent_started()->mutable_settings()->mutable_certified_safe_software();
  service.set_enabled(true);
  service.set_service_url("https://csss.example");
  service.set_attempts_max(1);
  step(start);
  v1::Input detection;
  detection.mutable_detection()->set_detection_id(1);
  detection.mutable_detection()->set_module(v1::Detection::ANTIVIRUS);
  detection.mutable_detection()->set_sha256(kSha256);
  step(detection);
  v1::Input input;
  *input.mutable_http_outcome() = outcome;
  input.mutable_http_outcome()->set_request_id(1);
  step(input);
  int answers = 0;
  for (const v1::Output& output : outputs) {
    if (!output.has_detection_answer()) continue;
    ++answers;
    const bool failed = output.detection_answer().reason(0).code() == v1::CSSS_FAILED;
    require(failed != answered, "the engine believes what the reader believes");
  }
  require(answers == 1, "whatever comes, who waits is answered");
  const v1::EngineState state = engine.snapshot();
  const auto restored = engine::Engine::restore(state);
  require(restored && restored->snapshot().SerializeAsString() == state.SerializeAsString(), "a snapshot keeps it");
}

}  // namespace
}  // namespace holdfast

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace holdfast;
  if (size == 0) return 0;
  const bool safe = (bytes[0] & 1U) == 0;
  const auto purpose = safe ? v1::HttpRequest::CERTIFIED_SAFE_SOFTWARE : v1::HttpRequest::PREVALENCE;
  v1::HttpOutcome outcome;
  outcome.set_result(v1::HTTP_RESPONSE);
  outcome.set_status((bytes[0] & 2U) == 0 ? 200 : 503);
  outcome.set_content_type((bytes[0] & 4U) == 0 ? "application/json" : "text/html");
  outcome.set_body(body_of({reinterpret_cast<const char*>(bytes + 1), size - 1}));

  const auto answer = engine::AnswerReader().read(outcome, purpose, kSha256);
  if (answer) {
    require(outcome.status() == 200 && outcome.content_type() == "application/json", "only an answer is an answer");
    require(outcome.body().size() <= engine::kAnswerBytesMax, "of a size that is read");
    require(safe == (answer->verdict != v1::SafeSoftwareAnswer::VERDICT_UNSPECIFIED), "of its own kind");
    require(!engine::AnswerReader().read(outcome, purpose, std::string(32, 'x')), "about nothing else");
  } else {
    require(answer.error() != v1::LOOKUP_FAILURE_UNSPECIFIED, "a failure has a name");
  }
  if (safe) tell_an_engine(outcome, answer.has_value());
  return 0;
}
