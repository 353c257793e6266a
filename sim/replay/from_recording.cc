#include "sim/replay/from_recording.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <string_view>

#include "engine/core/state_view.h"
#include "engine/text/computer_name.h"
#include "sim/story/timeline.h"
#include "sim/text/duration.h"

namespace holdfast {
namespace {

using google::protobuf::FieldDescriptor;

// Added to a pid that Windows used again: 1,004,711 is the second 4711.
constexpr std::uint32_t kNextUse = 1'000'000;

const FieldDescriptor* set_kind(const google::protobuf::Message& message, const char* oneof) {
  return message.GetReflection()->GetOneofFieldDescriptor(message, message.GetDescriptor()->FindOneofByName(oneof));
}

}  // namespace

void FromRecording::leave_out(const std::string& what, std::string_view why) {
  LeftOut& left_out = left_out_[what];
  left_out.what = what;
  left_out.why = why;
  ++left_out.inputs;
}

void FromRecording::begin_with(const v1::EngineState& state) {
  started_ = true;
  *told_.scenario.mutable_agent() = state.profile();
  *told_.scenario.mutable_settings() = state.settings();
  told_.scenario.set_started_wall_ns(state.wall_offset_ns());
  network_.begin_with(state);
  for (const v1::SessionChanged& session : engine::sessions(state)) {
    v1::Input input;
    *input.mutable_session_changed() = session;
    add_session(input);
  }
  for (const engine::RunningProgram& known : engine::running_programs(state)) {
    const std::uint64_t computer = computer_of(known.endpoint);
    ran_before_[{.pid = known.pid, .start_ns = known.start_ns, .computer = computer}] = known.image;
    if (known.named_by_pid) ran_before_[{.pid = known.pid, .start_ns = 0, .computer = computer}] = known.image;
  }
  const std::size_t open = engine::open_prompts(state).size() + engine::open_lookups(state).size();
  for (std::size_t i = 0; i < open; ++i) leave_out("state", "what was held or asked when the recording began");
}

bool FromRecording::is_of(std::uint32_t pid, std::uint64_t computer) {
  return whose_.try_emplace(pid, computer).first->second == computer;
}

std::uint32_t FromRecording::pid_of(const v1::ProcessKey& key, const std::string& endpoint) {
  if (key.pid() == 0) return 0;
  const std::uint64_t computer = computer_of(endpoint);
  const Recorded latest{.pid = key.pid(), .start_ns = 0, .computer = computer};
  if (key.start_ns() == 0) {
    // Whoever had this pid last; until its start is told, one whose start is not known.
    const auto [known, is_new] = latest_.try_emplace(latest, key.pid());
    while (is_new && !is_of(known->second, computer)) known->second += kNextUse;
    return known->second;
  }
  const auto [known, is_new] =
      pids_.try_emplace({.pid = key.pid(), .start_ns = key.start_ns(), .computer = computer}, key.pid());
  if (is_new) {
    while (taken_.contains(known->second) || !is_of(known->second, computer)) known->second += kNextUse;
    taken_.emplace(known->second, false);
    latest_[latest] = known->second;
  }
  return known->second;
}

void FromRecording::rename(v1::ProcessKey& key, const std::string& endpoint) {
  key.set_pid(pid_of(key, endpoint));
  key.clear_start_ns();
}

v1::At& FromRecording::add(std::uint64_t at_ns) {
  v1::At& at = *told_.scenario.add_at();
  at.set_t(duration_text(at_ns));
  return at;
}

Expected<void> FromRecording::on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) {
  if (told_.scenario.at_size() == static_cast<int>(kTimelineEntriesMax)) {
    return std::unexpected(
        Error{.where = {},
              .field = {},
              .what = fmt::format("it has more than the {} entries of a scenario", kTimelineEntriesMax),
              .remedy = "import fewer of the logs"});
  }
  if (input.at_ns() > kSimulatedNsMax) {
    leave_out("at_ns", "later than 366 days, the longest that a scenario lasts");
  } else if (input.has_operation()) {
    add_operation(input.at_ns(), input.operation());
  } else {
    add_other(input);
  }
  for (const v1::Output& output : outputs) see(input.at_ns(), output);
  return {};
}

void FromRecording::add_operation(std::uint64_t at_ns, const v1::Operation& operation) {
  const bool starts = operation.has_process_start();
  if (starts && (operation.process_start().pid() == 0 || operation.process_start().image().empty())) {
    return leave_out("process_start", "a program that starts needs a pid and an image");
  }
  if (operation.repeats()) return leave_out("operation.repeats", "a story tells of each act once");
  const FieldDescriptor* what = set_kind(operation, "what");
  if (what == nullptr) return leave_out("operation", "it does not say what happened");
  v1::At& at = add(at_ns);
  entries_[operation.id()] = told_.scenario.at_size() - 1;
  const FieldDescriptor* kind = v1::At::descriptor()->FindFieldByNumber(what->number());
  at.GetReflection()->MutableMessage(&at, kind)->CopyFrom(operation.GetReflection()->GetMessage(operation, what));
  const std::string& endpoint = operation.endpoint();
  at.set_by(pid_of(operation.actor(), endpoint));
  const auto actor = taken_.find(at.by());
  if (actor == taken_.end() || !actor->second) {
    const auto ran = ran_before_.find(
        {.pid = operation.actor().pid(), .start_ns = operation.actor().start_ns(), .computer = computer_of(endpoint)});
    const bool is_told = !operation.actor_image().empty() || ran == ran_before_.end();
    at.set_actor_image(is_told ? operation.actor_image() : ran->second);
  }
  at.set_script(operation.script());
  at.set_remote_client(operation.remote_client());
  const v1::HoldCapability hold =
      operation.hold() == v1::HOLD_CAPABILITY_UNSPECIFIED ? v1::HOLD_CAPABILITY_NONE : operation.hold();
  if (hold != default_hold(what->number())) at.set_hold(hold);
  if (starts) {
    v1::Process& process = *at.mutable_process_start();
    v1::ProcessKey key;
    key.set_pid(process.pid());
    key.set_start_ns(process.start_ns());
    process.set_pid(pid_of(key, endpoint));
    process.clear_start_ns();
    taken_[process.pid()] = true;
    if (process.has_parent()) rename(*process.mutable_parent(), endpoint);
    if (process.parent().pid() == at.by()) process.clear_parent();
  }
  if (at.has_remote_thread() && at.remote_thread().has_target()) {
    rename(*at.mutable_remote_thread()->mutable_target(), endpoint);
  }
  if (at.has_process_access() && at.process_access().has_target()) {
    rename(*at.mutable_process_access()->mutable_target(), endpoint);
  }
  if (at.has_process_terminate() && at.process_terminate().has_target()) {
    rename(*at.mutable_process_terminate()->mutable_target(), endpoint);
  }
  if (!operation.endpoint().empty()) leave_out("operation.endpoint", "a story plays on one computer");
  if (!operation.actor_user().empty()) leave_out("operation.actor_user", "only the administrator's log names it");
  if (operation.wall_ns() != 0) leave_out("operation.wall_ns", "a story has one clock");
}

void FromRecording::add_other(const v1::Input& input) {
  switch (input.kind_case()) {
    case v1::Input::kTimerFired: return;
    case v1::Input::kAgentStarted: {
      if (started_) return leave_out("agent_started", "a story has one start of the agent");
      started_ = true;
      *told_.scenario.mutable_agent() = input.agent_started().profile();
      *told_.scenario.mutable_settings() = input.agent_started().settings();
      told_.scenario.set_started_wall_ns(input.agent_started().wall_ns());
      return;
    }
    case v1::Input::kSessionChanged: return add_session(input);
    case v1::Input::kPromptAnswer: return add_answer(input.at_ns(), input.prompt_answer());
    case v1::Input::kHttpOutcome:
      if (const auto why = network_.take(input.http_outcome())) leave_out("http_outcome", *why);
      return;
    case v1::Input::kSettingsChanged:
      *add(input.at_ns()).mutable_settings_changed() = input.settings_changed().settings();
      return;
    case v1::Input::kNetworkChanged:
      *add(input.at_ns()).mutable_network_changed() = input.network_changed().state();
      return;
    case v1::Input::kProfileChanged:
      *add(input.at_ns()).mutable_profile_changed() = input.profile_changed().profile();
      return;
    case v1::Input::kClockChanged: *add(input.at_ns()).mutable_clock_changed() = input.clock_changed(); return;
    case v1::Input::kLoss: *add(input.at_ns()).mutable_loss() = input.loss(); return;
    case v1::Input::kAgentStopping: *add(input.at_ns()).mutable_agent_stopping() = input.agent_stopping(); return;
    case v1::Input::kServiceStateChanged:
      *add(input.at_ns()).mutable_service_state_changed() = input.service_state_changed();
      return;
    case v1::Input::kDetection: {
      v1::Detection& detection = *add(input.at_ns()).mutable_detection();
      detection = input.detection();
      if (detection.has_process()) rename(*detection.mutable_process(), {});
      return;
    }
    default: return leave_out("input", "it does not say what it is");
  }
}

// The first who is there is the story's person; everything later stands in the timeline.
void FromRecording::add_session(const v1::Input& input) {
  const v1::SessionChanged& session = input.session_changed();
  if (!has_person_ && told_.scenario.at_size() == 0 && session.state() == v1::SessionChanged::ACTIVE) {
    has_person_ = true;
    v1::UserModel& user = *told_.scenario.mutable_world()->add_user();
    user.set_user(session.user());
    user.set_session_id(session.session_id());
    return;
  }
  *add(input.at_ns()).mutable_session_changed() = session;
}

void FromRecording::add_answer(std::uint64_t at_ns, const v1::PromptAnswer& answer) {
  if (answer.kind() == v1::PromptAnswer::INTERACTION_STARTED || answer.kind() == v1::PromptAnswer::INTERACTION_ENDED) {
    return leave_out("prompt_answer", "the beginning and end of a person's use of a prompt");
  }
  Asked& asked = asked_[answer.prompt_id()];
  if (asked.answered) return;
  asked.answered = true;
  asked.answer.set_kind(answer.kind());
  asked.answer.set_after(duration_text(at_ns - std::min(at_ns, asked.shown_ns)));
  if (answer.remember() != v1::REMEMBER_UNSPECIFIED) asked.answer.set_remember(answer.remember());
}

void FromRecording::see(std::uint64_t at_ns, const v1::Output& output) {
  if (output.has_prompt()) asked_[output.prompt().prompt_id()].shown_ns = at_ns;
  if (output.has_prompt_update() && output.prompt_update().change() == v1::PromptUpdate::MOVED_TO_SESSION) {
    asked_[output.prompt_update().prompt_id()].shown_ns = at_ns;
  }
  network_.see(at_ns, output);
  if (output.has_verdict() && output.verdict().prompt_id() != 0) {
    asked_[output.verdict().prompt_id()].operations.push_back(output.verdict().operation_id());
  }
}

Conversion FromRecording::take(std::uint64_t operation_id) {
  v1::World& world = *told_.scenario.mutable_world();
  if (!has_person_) world.add_user()->mutable_not_logged_on();
  network_.tell(world);
  for (const auto& [prompt, asked] : asked_) {
    if (!asked.answered) continue;
    if (std::ranges::find(asked.operations, operation_id) != asked.operations.end() && has_person_) {
      *world.mutable_user(0)->mutable_answers() = asked.answer;
    } else {
      leave_out("prompt_answer", "every prompt is answered like the one about this decision");
    }
  }
  const auto decisive = entries_.find(operation_id);
  told_.decisive = static_cast<std::size_t>(decisive == entries_.end() ? told_.scenario.at_size() : decisive->second);
  for (auto& [what, left_out] : left_out_) told_.left_out.push_back(std::move(left_out));
  return std::move(told_);
}

}  // namespace holdfast
