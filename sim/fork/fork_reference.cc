#include "sim/fork/fork_reference.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/core/state_view.h"
#include "engine/text/ascii.h"

namespace holdfast {
namespace {

template <typename Value>
const Value* in_force(const std::map<std::uint64_t, Value>& values, std::uint64_t at_ns) {
  const auto later = values.upper_bound(at_ns);
  return later == values.begin() ? nullptr : &std::prev(later)->second;
}

}  // namespace

ProcessId ProgramRuns::of(const v1::ProcessKey& key, const std::string& endpoint) const {
  ProcessId told{.pid = key.pid(), .start_ns = key.start_ns(), .endpoint = ascii::lower_case(endpoint)};
  const auto latest = latest_.find(told);
  return latest == latest_.end() ? told : latest->second;
}

bool Stake::lost_by(v1::Verdict::Decision decision) const {
  return decision == v1::Verdict::TERMINATE || (decision == v1::Verdict::DENY && starts && held);
}

Stake stake_of(const v1::Operation& operation, const ProgramRuns& runs) {
  const bool held =
      operation.hold() == v1::HOLD_CAPABILITY_PRE_EXECUTION || operation.hold() == v1::HOLD_CAPABILITY_BEST_EFFORT;
  const std::string& endpoint = operation.endpoint();
  if (!operation.has_process_start()) {
    return {.program = runs.of(operation.actor(), endpoint), .starts = false, .held = held};
  }
  const v1::Process& started = operation.process_start();
  return {.program = {.pid = started.pid(), .start_ns = started.start_ns(), .endpoint = ascii::lower_case(endpoint)},
          .starts = true,
          .held = held};
}

void ForkReference::begin_with(const v1::EngineState& state) {
  decided_.begin_with(state);
  settings_[0] = state.settings();
  profiles_[0] = state.profile();
  if (state.has_network()) network_[0] = state.network();
  observed_.begin_with(state);
  for (const v1::SessionChanged& session : engine::sessions(state)) see(session);
  for (const engine::HeldOperation& held : engine::held_operations(state)) see(*held.operation);
}

Expected<void> ForkReference::on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) {
  const std::uint64_t at_ns = input.at_ns();
  last_at_ns_ = std::max(last_at_ns_, at_ns);
  HOLDFAST_TRY_DO(decided_.on_step(input, outputs));
  if (input.has_operation()) {
    see(input.operation());
    if (nothing_held_) happened_ns_[input.operation().id()] = at_ns;
  } else if (input.has_agent_started()) {
    settings_[at_ns] = input.agent_started().settings();
    profiles_[at_ns] = input.agent_started().profile();
  } else if (input.has_profile_changed()) {
    profiles_[at_ns] = input.profile_changed().profile();
  } else if (input.has_settings_changed()) {
    settings_[at_ns] = input.settings_changed().settings();
  } else if (input.has_network_changed()) {
    network_[at_ns] = input.network_changed().state();
  } else if (input.has_http_outcome()) {
    requests_[input.http_outcome().request_id()].answered = true;
    (void)observed_.take(input.http_outcome());  // what cannot be told is not known of the network
  } else if (input.has_prompt_answer()) {
    const Asked& prompt = prompts_[input.prompt_answer().prompt_id()];
    answers_[prompt.operation_id].emplace_back(at_ns - std::min(prompt.at_ns, at_ns), input.prompt_answer());
  } else if (input.has_session_changed()) {
    see(input.session_changed());
  }
  for (const v1::Output& output : outputs) see(at_ns, output);
  if (decided_.all().size() <= kForkedVerdictsMax) return {};
  return std::unexpected(Error{
      .where = {},
      .field = {},
      .what = fmt::format("it has more than the {} verdicts of a recording that can be forked", kForkedVerdictsMax),
      .remedy = "import fewer of the logs"});
}

// The first who is there is the one whom a fork can ask.
void ForkReference::see(const v1::SessionChanged& session) {
  if (has_person_) return;
  has_person_ = true;
  person_.set_user(session.user());
  person_.set_session_id(session.session_id());
}

void ForkReference::see(const v1::Operation& operation) {
  const Stake& stake = undecided_[operation.id()] = stake_of(operation, runs_);
  if (stake.starts) runs_.started(stake.program);
  last_operation_id_ = std::max(last_operation_id_, operation.id());
}

void ForkReference::see(std::uint64_t at_ns, const v1::Output& output) {
  observed_.see(at_ns, output);
  if (output.has_verdict()) see_verdict(at_ns, output.verdict());
  if (output.has_http_cancel()) requests_[output.http_cancel().request_id()].ended_ns = at_ns;
  if (output.has_prompt_closed()) prompts_[output.prompt_closed().prompt_id()].ended_ns = at_ns;
  if (output.has_http_request()) {
    Asked& asked = requests_[output.http_request().request_id()];
    asked.at_ns = at_ns;
    asked.bytes = output.http_request().SerializeAsString();
  }
  if (output.has_prompt()) {
    Asked& asked = prompts_[output.prompt().prompt_id()];
    asked.at_ns = at_ns;
    asked.bytes = output.prompt().SerializeAsString();
    asked.operation_id = output.prompt().operation_id();
  }
}

void ForkReference::see_verdict(std::uint64_t at_ns, const v1::Verdict& verdict) {
  const auto operation = undecided_.find(verdict.operation_id());
  if (operation == undecided_.end()) return;
  if (!nothing_held_ && operation->second.lost_by(verdict.decision())) stopped_ns_[operation->second.program] = at_ns;
  undecided_.erase(operation);
}

std::optional<std::uint64_t> ForkReference::settled_ns(std::uint64_t operation_id) const {
  if (nothing_held_) {
    const auto happened = happened_ns_.find(operation_id);
    return happened == happened_ns_.end() ? std::nullopt : std::optional(happened->second);
  }
  const DecidedOperation* decided = decided_.about(operation_id);
  return decided == nullptr ? std::nullopt : std::optional(decided->at_ns);
}

bool ForkReference::lost(std::uint64_t operation_id, const Stake& stake) const {
  const DecidedOperation* decided = nothing_held_ ? nullptr : decided_.about(operation_id);
  return decided != nullptr && stake.lost_by(decided->decision);
}

const std::uint64_t* ForkReference::stopped_ns(const ProcessId& program) const {
  const auto found = stopped_ns_.find(program);
  return found == stopped_ns_.end() ? nullptr : &found->second;
}

bool ForkReference::Asked::is(std::uint64_t then_ns, const google::protobuf::Message& message) const {
  return at_ns == then_ns && bytes == message.SerializeAsString();
}

bool ForkReference::has(std::uint64_t at_ns, const v1::HttpRequest& request) const {
  const auto found = requests_.find(request.request_id());
  return found != requests_.end() && found->second.is(at_ns, request);
}

bool ForkReference::has(std::uint64_t at_ns, const v1::Prompt& prompt) const {
  const auto found = prompts_.find(prompt.prompt_id());
  return found != prompts_.end() && found->second.is(at_ns, prompt);
}

bool ForkReference::asked(std::uint64_t prompt_id) const {
  const auto found = prompts_.find(prompt_id);
  return found != prompts_.end() && !found->second.bytes.empty();
}

const ForkReference::Answers& ForkReference::answers_about(std::uint64_t operation_id) const {
  static const Answers kNone;
  const auto found = answers_.find(operation_id);
  return found == answers_.end() ? kNone : found->second;
}

std::optional<std::uint64_t> ForkReference::cancelled_ns(std::uint64_t request_id) const {
  const auto found = requests_.find(request_id);
  if (found == requests_.end() || found->second.answered || found->second.ended_ns == kNever) return std::nullopt;
  return found->second.ended_ns;
}

bool ForkReference::cancelled(std::uint64_t at_ns, const v1::HttpCancel& cancel) const {
  const auto found = requests_.find(cancel.request_id());
  return found != requests_.end() && found->second.ended_ns == at_ns;
}

bool ForkReference::closed(std::uint64_t at_ns, const v1::PromptClosed& prompt) const {
  const auto found = prompts_.find(prompt.prompt_id());
  return found != prompts_.end() && found->second.ended_ns == at_ns;
}

v1::Scenario ForkReference::world_at(std::uint64_t at_ns) const {
  v1::Scenario scenario;
  if (const v1::Settings* settings = in_force(settings_, at_ns)) *scenario.mutable_settings() = *settings;
  if (const v1::AgentProfile* profile = in_force(profiles_, at_ns)) *scenario.mutable_agent() = *profile;
  observed_.tell(*scenario.mutable_world());
  v1::NetworkState& network = *scenario.mutable_world()->mutable_network();
  if (const v1::NetworkState* state = in_force(network_, at_ns)) {
    network = *state;
  } else {
    network.Clear();
    network.set_has_ipv4(true);
  }
  *scenario.mutable_world()->add_user() = person_;
  return scenario;
}

}  // namespace holdfast
