// The decisions of a run that are to be explained, kept while it passes, and what there is to say where there is none.
//
//   ExplainedDecisions explained({.operation = 17});
//   auto ended = replay->run({&explained});
//   for (const auto& kept : explained.chosen()) explain(kept.at_ns, kept.verdict, context);
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/host/host.h"
#include "engine/schema/error.h"
#include "engine/schema/output.pb.h"

namespace holdfast {

// Neither a decision nor an operation: the first that asked or denied.
struct ExplainWish {
  std::uint64_t decision = 0;   // its number, from 1; 0: none in particular
  std::uint64_t operation = 0;  // its id; 0: none in particular
  std::uint64_t limit = 5;      // most that are kept where none in particular is meant

  bool names_one() const { return decision != 0 || operation != 0; }
};

class ExplainedDecisions final : public StepObserver {
 public:
  struct Kept {
    std::uint64_t number = 0;
    std::uint64_t at_ns = 0;
    v1::Verdict verdict;
    std::string script;  // that drives the program, where the sensor knew it
  };

  explicit ExplainedDecisions(const ExplainWish& wish) : wish_(wish) {}

  Expected<void> on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) override;

  // What was asked for; failing a decision that asked or denied, the ones that were only assessed.
  const std::vector<Kept>& chosen() const { return kept_.empty() ? others_ : kept_; }
  std::uint64_t decisions() const { return decisions_; }
  std::uint64_t telling() const { return telling_; }  // that asked or denied, kept or not
  // Their numbers; of the ones with an event where none did. The first kNumbersMax.
  static constexpr std::size_t kNumbersMax = 1'000;
  const std::vector<std::uint64_t>& numbers() const { return kept_.empty() ? other_numbers_ : numbers_; }
  // The operation that was asked for, and the status in force when it came; nothing: it did not come.
  const std::optional<v1::Operation>& operation() const { return operation_; }
  const v1::Status& status_then() const { return status_then_; }

 private:
  void see(const v1::Operation& operation);
  void consider(std::uint64_t at_ns, const v1::Verdict& verdict);
  void keep(std::uint64_t at_ns, const v1::Verdict& verdict, std::vector<Kept>& where);

  ExplainWish wish_;
  std::vector<Kept> kept_;
  std::vector<Kept> others_;
  std::vector<std::uint64_t> numbers_;
  std::vector<std::uint64_t> other_numbers_;
  std::map<std::uint64_t, std::string> scripts_;  // by operation
  std::uint64_t decisions_ = 0;
  std::uint64_t telling_ = 0;
  std::optional<v1::Operation> operation_;
  v1::Status status_;
  v1::Status status_then_;
};

}  // namespace holdfast
