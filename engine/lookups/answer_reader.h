// Responses are hostile: whatever a service or something on the way to it sends becomes one strictly checked answer or
// one named failure, and never an answer about another program (DOMAIN 8).
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string_view>

#include "engine/schema/cloud.pb.h"
#include "engine/schema/input.pb.h"
#include "engine/schema/output.pb.h"

namespace holdfast::engine {

// What a service knows of one program.
struct Answer {
  v1::SafeSoftwareAnswer::Verdict verdict = v1::SafeSoftwareAnswer::VERDICT_UNSPECIFIED;  // of CERTIFIED_SAFE_SOFTWARE
  std::uint64_t detections = 0;                                                           // of PREVALENCE, as the next
  std::optional<std::uint32_t> age_days;                                                  // absent: never met
  bool operator==(const Answer&) const = default;
};

// Longest answer worth reading.
inline constexpr std::uint32_t kAnswerBytesMax = 4'096;

// Keeps the memory that reading takes.
class AnswerReader {
 public:
  AnswerReader();
  ~AnswerReader();
  AnswerReader(AnswerReader&&) noexcept;
  AnswerReader& operator=(AnswerReader&&) noexcept;

  // `sha256`: of the program asked about, 32 bytes.
  std::expected<Answer, v1::LookupFailure> read(const v1::HttpOutcome& outcome, v1::HttpRequest::Purpose purpose,
                                                std::string_view sha256);

 private:
  struct Memory;
  std::unique_ptr<Memory> memory_;
};

// Another attempt can end otherwise: the way or the service may recover within the budget.
bool worth_another_attempt(v1::LookupFailure failure);

}  // namespace holdfast::engine
