#include "sim/replay/recorded_beginning.h"

#include <google/protobuf/descriptor.h>

#include <utility>

#include "sim/story/timeline.h"

namespace holdfast {
namespace {

bool says_of_the_endpoint(const ReplayOptions& options) {
  return options.profile.has_value() || options.platform != v1::PLATFORM_UNSPECIFIED;
}

void apply(const ReplayOptions& options, v1::AgentProfile& profile) {
  if (options.profile) take_over(*options.profile, profile);
  if (options.platform != v1::PLATFORM_UNSPECIFIED) profile.set_platform(options.platform);
}

void add_agent(const v1::RecordingHeader& header, const ReplayOptions& options, RecordedBeginning& beginning) {
  beginning.added = true;
  v1::AgentStarted& started = *beginning.inputs.emplace_back().mutable_agent_started();
  *started.mutable_profile() = header.profile();
  *started.mutable_settings() = assess_everything();
  started.set_wall_ns(header.started_wall_ns());
  if (options.user == ReplayUser::kAway) return;
  v1::SessionChanged& session = *beginning.inputs.emplace_back().mutable_session_changed();
  session.set_session_id(1);
  session.set_user("EXAMPLE\\user");
  session.set_state(v1::SessionChanged::ACTIVE);
}

// Other settings and another endpoint than recorded are a change that comes first.
void go_on_from(v1::EngineState state, const ReplayOptions& options, RecordedBeginning& beginning) {
  beginning.settings = options.settings.value_or(state.settings());
  beginning.profile = state.profile();
  if (options.settings) {
    v1::Input& changed = beginning.inputs.emplace_back();
    changed.set_at_ns(state.now_ns());
    *changed.mutable_settings_changed()->mutable_settings() = *options.settings;
  }
  if (says_of_the_endpoint(options)) {
    apply(options, beginning.profile);
    v1::Input& changed = beginning.inputs.emplace_back();
    changed.set_at_ns(state.now_ns());
    *changed.mutable_profile_changed()->mutable_profile() = beginning.profile;
  }
  beginning.state = std::move(state);
}

}  // namespace

void assume_held(v1::Input& input) {
  if (!input.has_operation()) return;
  v1::Operation& operation = *input.mutable_operation();
  operation.set_hold(default_hold(static_cast<int>(operation.what_case())));
}

void take_over(const v1::AgentProfile& facts, v1::AgentProfile& profile) {
  std::vector<const google::protobuf::FieldDescriptor*> said;
  facts.GetReflection()->ListFields(facts, &said);
  for (const auto* field : said) profile.GetReflection()->ClearField(&profile, field);
  profile.MergeFrom(facts);
}

Expected<engine::Engine> RecordedBeginning::engine(const engine::Tables& tables) const {
  if (!state) return engine::Engine(tables);
  auto restored = engine::Engine::restore(*state, tables);
  if (!restored) restored.error().field = "snapshot." + restored.error().field;
  return restored;
}

Expected<RecordedBeginning> begin_recording(RecordingSensor& recording, const v1::RecordingHeader& header,
                                            const ReplayOptions& options) {
  if (options.assume_hold && header.origin() != v1::RecordingHeader::IMPORTED) {
    return std::unexpected(Error{.where = options.path,
                                 .field = "--assume-hold",
                                 .what = "its sensor said itself what it could hold",
                                 .remedy = "leave it out: it means something to imported logs only"});
  }
  RecordedBeginning beginning;
  HOLDFAST_TRY(first, recording.peek());
  if (first == nullptr && !recording.begins_with() && recording.reader().torn()) {
    return std::unexpected(Error{.where = options.path,
                                 .field = {},
                                 .what = "is torn off before its first record: nothing of it is left",
                                 .remedy = "ask for the file again"});
  }
  const bool starts = first != nullptr && first->has_agent_started();
  const std::optional<v1::EngineState>& state = recording.begins_with();
  if (!starts && state && state->started()) {
    go_on_from(*state, options, beginning);
  } else {
    if (!starts) add_agent(header, options, beginning);
    if (starts) {
      HOLDFAST_TRY_DO(recording.next(Sensor::kForever, beginning.inputs.emplace_back()));
    }
    v1::AgentStarted& start = *beginning.inputs.front().mutable_agent_started();
    if (options.settings) *start.mutable_settings() = *options.settings;
    apply(options, *start.mutable_profile());
    beginning.settings = start.settings();
    beginning.profile = start.profile();
  }
  if (beginning.profile.platform() != v1::PLATFORM_UNSPECIFIED) return beginning;
  return std::unexpected(Error{.where = options.path,
                               .field = "profile.platform",
                               .what = "the recording does not say which Windows it was made on",
                               .remedy = "name it with --platform or --profile"});
}

}  // namespace holdfast
