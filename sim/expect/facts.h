// What a run shows, gathered once so that every expectation can be judged against it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/schema/output.pb.h"
#include "sim/story/run.h"

namespace holdfast {

// An output and where it stands. The run it points into must stay where it is.
template <typename Message>
struct Fact {
  std::size_t step = 0;
  std::uint64_t at_ns = 0;
  const Message* message = nullptr;
};

// A prompt's whole life.
struct PromptFact {
  std::size_t step = 0;  // where it was opened
  std::uint64_t opened_ns = 0;
  const v1::Prompt* prompt = nullptr;
  std::optional<std::uint64_t> shown_ns;  // first time somebody could see it
  std::uint32_t session_id = 0;           // where it was seen last
  std::uint32_t operations = 1;           // that waited for its answer in all, the first included
  std::optional<std::uint64_t> closed_ns;
  v1::ReasonCode closed_because = v1::REASON_CODE_UNSPECIFIED;
};

// An attempt to reach a service and what came of it.
struct RequestFact {
  std::size_t step = 0;  // where it was asked for
  std::uint64_t at_ns = 0;
  const v1::HttpRequest* request = nullptr;
  const v1::HttpOutcome* outcome = nullptr;  // null: none came
  bool cancelled = false;
};

struct Facts {
  std::vector<Fact<v1::Verdict>> verdicts;
  std::vector<PromptFact> prompts;
  std::vector<Fact<v1::Violation>> violations;
  std::vector<Fact<v1::Status>> statuses;
  std::vector<Fact<v1::SettingsRefused>> refused;
  std::vector<Fact<v1::LimitReached>> limits;
  std::vector<RequestFact> requests;
  std::vector<Fact<v1::CloudStatus>> cloud_statuses;
  std::vector<Fact<v1::DetectionAnswer>> detection_answers;
  std::uint64_t warnings = 0;
  std::uint64_t inputs_ignored = 0;
};

Facts gather_facts(const std::vector<Step>& steps);

}  // namespace holdfast
