// Which decision of a recording or scenario is meant: by its number, or by what it is about.
//
//   DecisionFinder finder({.decision = v1::Verdict::DENY, .any = false});
//   auto ended = replay->run({&finder});
//   finder.found();
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/host/host.h"
#include "engine/schema/error.h"
#include "engine/schema/output.pb.h"

namespace holdfast {

// Nothing set: the first one that asked or denied, or else the first that was assessed.
struct DecisionWish {
  std::uint64_t number = 0;
  v1::Verdict::Decision decision = v1::Verdict::DECISION_UNSPECIFIED;
  std::string program = {};  // in lower case
  v1::MonitoredEvent event = v1::MONITORED_EVENT_UNSPECIFIED;
  v1::ReasonCode because = v1::REASON_CODE_UNSPECIFIED;
  bool any = true;

  bool fits(std::uint64_t count, const v1::Verdict& verdict) const;
};

// Looks for it while the steps of a run pass.
class DecisionFinder final : public StepObserver {
 public:
  explicit DecisionFinder(DecisionWish wish) : wish_(std::move(wish)) {}

  Expected<void> on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) override;

  const std::optional<v1::Verdict>& found() const { return telling_ ? telling_ : other_; }
  std::uint64_t events() const { return events_; }
  std::uint64_t decisions() const { return decisions_; }

 private:
  void consider(const v1::Verdict& verdict);

  DecisionWish wish_;
  std::optional<v1::Verdict> telling_;
  std::optional<v1::Verdict> other_;
  std::uint64_t events_ = 0;
  std::uint64_t decisions_ = 0;
};

// What to say where there is none; `path`: of the recording or scenario.
Error no_such_decision(const std::string& path, const DecisionFinder& finder);

}  // namespace holdfast
