// The input that is being taken: its moment, and where everything goes that follows from it.
//
//   if (!step.begin(input, outputs)) return;     // said why
//   *step.out().mutable_verdict() = ...;
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/schema/error.h"
#include "engine/schema/input.pb.h"
#include "engine/schema/output.pb.h"
#include "engine/schema/state.pb.h"

namespace holdfast::engine {

// Numbers that the engine gives out ascend from 1; a state that claims a larger one than this was not made by it.
inline constexpr std::uint64_t kNumberMax = std::uint64_t{1} << 62U;

class Step {
 public:
  // False where the input came before or twice: then it is said to be ignored and must not be taken. An input from the
  // past counts, at the engine's time: a held program must not wait for ever because a clock is wrong.
  bool begin(const v1::Input& input, std::vector<v1::Output>& outputs) {
    outputs_ = &outputs;
    const bool in_order = input.sequence() > last_sequence_ && input.at_ns() >= now_ns_;
    if (!in_order && !admit_late(input)) return false;
    last_sequence_ = input.sequence();
    now_ns_ = std::max(now_ns_, input.at_ns());
    return true;
  }

  std::uint64_t now_ns() const { return now_ns_; }
  v1::Output& out() { return outputs_->emplace_back(); }
  std::vector<v1::Output>& outputs() { return *outputs_; }

  // `what`: the field of Input that makes no sense.
  void ignore(std::string_view what, std::string reason);
  void limit_reached(v1::LimitReached::Table table, std::uint64_t limit, std::string_view outcome);

  void save(v1::EngineState& state) const;
  void load(const v1::EngineState& state);

 private:
  // Says what is wrong with an input out of order. False where it must not be taken.
  bool admit_late(const v1::Input& input);

  std::uint64_t last_sequence_ = 0;
  std::uint64_t now_ns_ = 0;
  std::vector<v1::Output>* outputs_ = nullptr;
};

// What a state is refused with; `field`: the place in it.
std::unexpected<Error> bad_state(std::string field, std::string what);

}  // namespace holdfast::engine
