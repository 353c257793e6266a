#include "sim/explore/trial.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <utility>

#include "engine/log/decision_log.h"
#include "engine/text/check.h"
#include "sim/explore/choices.h"
#include "sim/explore/damaged_state.h"

namespace holdfast {
namespace {

constexpr std::uint32_t kDamagedSteps = 24;

void serialize(const std::vector<v1::Output>& outputs, std::string& bytes) {
  bytes.clear();
  for (const v1::Output& output : outputs) {
    output.AppendToString(&bytes);
    bytes += '\n';
  }
}

// The first output in which the two differ, each as a line.
std::string first_difference(std::uint64_t at_ns, const std::vector<v1::Output>& one,
                             const std::vector<v1::Output>& other) {
  const auto line = [&](const std::vector<v1::Output>& outputs, std::size_t i) {
    std::string text;
    if (i < outputs.size()) engine::append_log_line(at_ns, outputs[i], text);
    if (i < outputs.size() && text.empty()) text = outputs[i].ShortDebugString();
    std::ranges::replace(text, '\t', ' ');
    std::ranges::replace(text, '\n', ' ');
    return text.empty() ? std::string("nothing") : text;
  };
  std::size_t i = 0;
  while (i < one.size() && i < other.size() && one[i].SerializeAsString() == other[i].SerializeAsString()) ++i;
  return fmt::format("it says: {}; the one that never stopped says: {}", line(other, i), line(one, i));
}

// Names of the state's fields that differ.
std::string differing_fields(const v1::EngineState& one, const v1::EngineState& other) {
  const auto& type = *v1::EngineState::descriptor();
  std::string names;
  for (int i = 0; i < type.field_count(); ++i) {
    v1::EngineState a;
    v1::EngineState b;
    const auto only = [&](const v1::EngineState& from, v1::EngineState& to) {
      to.CopyFrom(from);
      for (int j = 0; j < type.field_count(); ++j) {
        if (j != i) to.GetReflection()->ClearField(&to, type.field(j));
      }
    };
    only(one, a);
    only(other, b);
    if (a.SerializeAsString() == b.SerializeAsString()) continue;
    names += names.empty() ? "" : ", ";
    names += type.field(i)->name();
  }
  return names;
}

}  // namespace

Trial::Trial(const engine::Tables& tables) : tables_(tables), engine_(tables), promises_(InputsFrom::kAnybody) {}

void Trial::fail(std::string kind, std::string what) {
  if (!fault_) fault_ = Fault{.kind = std::move(kind), .what = std::move(what)};
}

void Trial::look_at_promises() {
  if (promises_.kept()) return;
  const Promises::Broken broken = promises_.broken().front();
  fail(std::string(broken.promise), broken_promise_text(broken));
}

void Trial::add_to_hash(const std::string& bytes) {
  std::uint64_t hash = hash_ ^ bytes.size();
  std::size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    std::uint64_t word = 0;
    for (std::size_t byte = 0; byte < 8; ++byte) {
      word |= std::uint64_t{static_cast<unsigned char>(bytes[i + byte])} << (8 * byte);
    }
    hash = std::rotl((hash ^ word) * 0x9FB21C651E98DF25, 29);
  }
  for (; i < bytes.size(); ++i) hash = (hash ^ static_cast<unsigned char>(bytes[i])) * 0x100000001B3;
  hash_ = hash ^ (hash >> 31);
}

const std::vector<v1::Output>& Trial::take(const v1::Input& input) {
  ++counts_.inputs;
  now_ns_ = std::max(now_ns_, input.at_ns());
  outputs_.clear();
  engine_.step(input, outputs_);
  counts_.outputs += outputs_.size();
  serialize(outputs_, bytes_);
  add_to_hash(bytes_);
  if (second_) {
    others_.clear();
    second_->step(input, others_);
    serialize(others_, other_bytes_);
    if (bytes_ != other_bytes_) {
      fail("a restored engine answers otherwise",
           fmt::format("a restored engine answers input {} otherwise: {}", input.sequence(),
                       first_difference(input.at_ns(), outputs_, others_)));
    }
  }
  if (damaged_) step_damaged(input);
  engine::check(promises_.on_step(input, outputs_).has_value(), "watching promises never fails");
  look_at_promises();
  probes_.see(input, outputs_);
  return outputs_;
}

void Trial::compare_states(const v1::EngineState& state) {
  promises_.on_state(state);
  look_at_promises();
  probes_.see(state);
  if (!second_) return;
  const v1::EngineState other = second_->snapshot();
  if (state.SerializeAsString() == other.SerializeAsString()) return;
  fail("a restored engine knows something else",
       fmt::format("a restored engine knows something else at {} ns: {}", now_ns_, differing_fields(state, other)));
}

void Trial::restore() {
  const v1::EngineState state = engine_.snapshot();
  compare_states(state);
  auto restored = engine::Engine::restore(state, tables_);
  if (!restored) {
    return fail("a snapshot cannot be restored",
                fmt::format("its own snapshot cannot be restored: {}", restored.error().text()));
  }
  const v1::EngineState again = restored->snapshot();
  if (state.SerializeAsString() != again.SerializeAsString()) {
    fail("a restored engine's snapshot differs",
         fmt::format("a restored engine's snapshot differs: {}", differing_fields(state, again)));
  }
  second_.emplace(std::move(*restored));
  ++counts_.restores;
}

void Trial::restore_damaged(std::uint64_t seed) {
  Choices choices(seed);
  v1::EngineState state = engine_.snapshot();
  damage(state, choices);
  ++counts_.damaged_states;
  auto restored = engine::Engine::restore(state, tables_);
  if (!restored) {
    ++probes_.damaged_refused;
    if (restored.error().field.empty()) {
      fail("a damaged state is refused without its field", "refused: " + restored.error().text());
    }
    return;
  }
  ++probes_.damaged_accepted;
  damaged_.emplace(std::move(*restored));
  damaged_steps_ = kDamagedSteps;
  check_damaged();
}

void Trial::step_damaged(const v1::Input& input) {
  others_.clear();
  damaged_->step(input, others_);
  if (--damaged_steps_ != 0) return;
  check_damaged();
  damaged_.reset();
}

void Trial::check_damaged() {
  const v1::EngineState state = damaged_->snapshot();
  const auto again = engine::Engine::restore(state, tables_);
  if (!again) {
    return fail("an engine from a damaged state cannot go on from its own",
                fmt::format("it took the damaged state and refuses its own snapshot: {}", again.error().text()));
  }
  const v1::EngineState same = again->snapshot();
  if (state.SerializeAsString() != same.SerializeAsString()) {
    fail("an engine from a damaged state differs from its own snapshot",
         fmt::format("it took the damaged state, and its snapshot comes back different: {}",
                     differing_fields(state, same)));
  }
}

void Trial::end() {
  compare_states(engine_.snapshot());
  promises_.end({.at_ns = now_ns_, .cut = true});
  look_at_promises();
}

}  // namespace holdfast
