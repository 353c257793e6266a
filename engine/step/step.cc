#include "engine/step/step.h"

#include <fmt/format.h>

#include <utility>

namespace holdfast::engine {

bool Step::admit_late(const v1::Input& input) {
  if (input.sequence() <= last_sequence_) {
    ignore("sequence", fmt::format("input {} came after input {}", input.sequence(), last_sequence_));
    return false;
  }
  ignore("at_ns", fmt::format("time ran backwards by {} ns; the engine's time stays", now_ns_ - input.at_ns()));
  return true;
}

void Step::ignore(std::string_view what, std::string reason) {
  v1::InputIgnored& ignored = *out().mutable_input_ignored();
  ignored.set_what(std::string(what));
  ignored.set_reason(std::move(reason));
}

void Step::limit_reached(v1::LimitReached::Table table, std::uint64_t limit, std::string_view outcome) {
  v1::LimitReached& reached = *out().mutable_limit_reached();
  reached.set_table(table);
  reached.set_limit(limit);
  reached.set_outcome(std::string(outcome));
}

void Step::save(v1::EngineState& state) const {
  state.set_last_sequence(last_sequence_);
  state.set_now_ns(now_ns_);
}

void Step::load(const v1::EngineState& state) {
  last_sequence_ = state.last_sequence();
  now_ns_ = state.now_ns();
}

std::unexpected<Error> bad_state(std::string field, std::string what) {
  return std::unexpected(Error{.where = "", .field = std::move(field), .what = std::move(what), .remedy = ""});
}

}  // namespace holdfast::engine
