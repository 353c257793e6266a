// What is known outside of a program while an operation of it is judged: from an earlier answer, or from the question
// that the operation waited for.
#pragma once

#include <optional>
#include <string_view>

#include "engine/lookups/lookups.h"
#include "engine/schema/output.pb.h"
#include "engine/schema/state.pb.h"

namespace holdfast::engine {

using FindingStates = google::protobuf::RepeatedPtrField<v1::FindingState>;

class Reputation {
 public:
  // `found`: how questions ended that the operation has waited for; null if it has not waited. Must outlive this.
  Reputation(Lookups& lookups, Step& step, const FindingStates* found)
      : lookups_(lookups), step_(step), found_(found) {}

  // Nothing where somebody must be asked, and the operation wait.
  std::optional<Finding> of(v1::HttpRequest::Purpose purpose, std::string_view sha256) const;

 private:
  Lookups& lookups_;
  Step& step_;
  const FindingStates* found_;
};

v1::FindingState to_state(v1::HttpRequest::Purpose purpose, const Finding& finding);

// A question that ended without an answer.
v1::FindingState unanswered(v1::HttpRequest::Purpose purpose, v1::LookupFailure failure);

// What a chain says of a question about certified safe software that ended.
v1::Reason certified_reason(const Finding& finding, std::string_view sha256);

}  // namespace holdfast::engine
