#include "sim/story/timeline.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <map>

#include "sim/text/complaints.h"
#include "sim/text/duration.h"
#include "sim/world/world_check.h"

namespace holdfast {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::OneofDescriptor;

// 2015-03-01T00:00:00Z: the days of OfficeScan 11 SP1.
constexpr std::uint64_t kDefaultWallNs = 1'425'168'000 * kSecond_ns;

// What sensors see only after it happened: nothing of it can be held.
constexpr int kSeenAfterwards[] = {
    v1::At::kProcessExitFieldNumber,       v1::At::kProcessTamperingFieldNumber,
    v1::At::kFileStreamCreateFieldNumber,  v1::At::kDownloadFieldNumber,
    v1::At::kDnsQueryFieldNumber,          v1::At::kWmiSubscriptionFieldNumber,
    v1::At::kAuditPolicyChangeFieldNumber, v1::At::kFirewallPolicyChangeFieldNumber,
};

// At and Operation give an operation the same number; the inputs that are no operations begin above.
constexpr int kFirstOperationField = 20;
constexpr int kFirstInputField = 60;

const FieldDescriptor* what_field(const v1::At& at) {
  static const OneofDescriptor* const kWhat = v1::At::descriptor()->FindOneofByName("what");
  return v1::At::GetReflection()->GetOneofFieldDescriptor(at, kWhat);
}

bool is_operation(int field_number) { return field_number >= kFirstOperationField && field_number < kFirstInputField; }

v1::Input operation_input(const v1::At& at, const FieldDescriptor* what) {
  v1::Input input;
  v1::Operation& operation = *input.mutable_operation();
  const FieldDescriptor* target = v1::Operation::descriptor()->FindFieldByNumber(what->number());
  v1::Operation::GetReflection()
      ->MutableMessage(&operation, target)
      ->CopyFrom(v1::At::GetReflection()->GetMessage(at, what));
  operation.set_hold(at.hold() == v1::HOLD_CAPABILITY_UNSPECIFIED ? default_hold(what->number()) : at.hold());
  operation.set_actor_image(at.actor_image());
  operation.set_script(at.script());
  operation.set_remote_client(at.remote_client());
  return input;
}

v1::Input other_input(const v1::At& at) {
  v1::Input input;
  switch (at.what_case()) {
    case v1::At::kSettingsChanged: *input.mutable_settings_changed()->mutable_settings() = at.settings_changed(); break;
    case v1::At::kSessionChanged: *input.mutable_session_changed() = at.session_changed(); break;
    case v1::At::kNetworkChanged: *input.mutable_network_changed()->mutable_state() = at.network_changed(); break;
    case v1::At::kClockChanged: *input.mutable_clock_changed() = at.clock_changed(); break;
    case v1::At::kLoss: *input.mutable_loss() = at.loss(); break;
    case v1::At::kDetection: *input.mutable_detection() = at.detection(); break;
    case v1::At::kAgentStopping: *input.mutable_agent_stopping() = at.agent_stopping(); break;
    case v1::At::kServiceStateChanged: *input.mutable_service_state_changed() = at.service_state_changed(); break;
    case v1::At::kProfileChanged: *input.mutable_profile_changed()->mutable_profile() = at.profile_changed(); break;
    case v1::At::kPromptAnswer: *input.mutable_prompt_answer() = at.prompt_answer(); break;
    default: break;  // operations have their own way
  }
  return input;
}

// How often and when one `at` happens.
struct Repetition {
  std::uint64_t first_ns = 0;
  std::uint64_t every_ns = 0;
  std::uint64_t times = 1;
};

Expected<Repetition> repetition_of(const v1::At& at, int index, const Complaints& complaints) {
  Repetition repetition;
  if (at.t().empty()) {
    return complaints.at({{"at", index}}, "it has no time", "write t: \"1s\", counted from the start of the story");
  }
  HOLDFAST_TRY(first, complaints.duration(at.t(), {{"at", index}, {"t", -1}}, 0));
  repetition.first_ns = first;
  if (at.every().empty() != (at.times() == 0)) {
    return complaints.at({{"at", index}, {at.every().empty() ? "times" : "every", -1}},
                         "every and times belong together", "write both: every: \"10s\" times: 6");
  }
  if (at.every().empty()) return repetition;
  HOLDFAST_TRY(every, complaints.duration(at.every(), {{"at", index}, {"every", -1}}, 0));
  repetition.every_ns = every;
  repetition.times = at.times();
  if (repetition.times > kTimelineEntriesMax) {
    return complaints.at({{"at", index}, {"times", -1}}, fmt::format("more than {} repetitions", kTimelineEntriesMax));
  }
  if (repetition.every_ns != 0 &&
      (repetition.times - 1) > (kSimulatedNsMax - repetition.first_ns) / repetition.every_ns) {
    return complaints.at({{"at", index}, {"times", -1}}, "the last repetition lies beyond 366 days");
  }
  return repetition;
}

// Fields that name a file, a folder or a registry key.
constexpr std::string_view kNaming[] = {"actor_image",  "current_directory", "image",        "image_path", "key",
                                        "new_key",      "new_path",          "parent_image", "path",       "script",
                                        "start_module", "target_image"};

// No such name holds a control character: "C:\tools" with one backslash would be another path than the author means.
Expected<void> check_names(const Message& message, FieldPath path, const Complaints& complaints) {
  const google::protobuf::Reflection* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->is_repeated() || std::ranges::find(kNaming, field->name()) == std::end(kNaming)) continue;
    const std::string name = reflection->GetString(message, field);
    const auto is_control = [](char c) { return (c > '\0' && c < ' ') || c == '\x7f'; };
    if (std::ranges::none_of(name, is_control)) continue;
    path.push_back({field->name(), -1});
    return complaints.at(path, R"(a control character stands in it: "\t" and "\n" are escapes)",
                         R"(write a backslash twice: "C:\\tools\\new.exe")");
  }
  return {};
}

Expected<void> check_entry(const v1::At& at, int index, const Complaints& complaints) {
  const FieldDescriptor* what = what_field(at);
  if (what == nullptr) {
    return complaints.at({{"at", index}}, "it does not say what happens",
                         "add one: process_start, registry_set, file_write, ...");
  }
  HOLDFAST_TRY_DO(check_names(at, {{"at", index}}, complaints));
  HOLDFAST_TRY_DO(
      check_names(v1::At::GetReflection()->GetMessage(at, what), {{"at", index}, {what->name(), -1}}, complaints));
  if (at.what_case() == v1::At::kProcessStart) {
    if (at.process_start().pid() == 0) {
      return complaints.at({{"at", index}, {"process_start", -1}}, "a program that starts needs a pid");
    }
    if (at.process_start().image().empty()) {
      return complaints.at({{"at", index}, {"process_start", -1}}, "a program that starts needs an image");
    }
  }
  if (at.ended_from_outside() && at.what_case() != v1::At::kProcessExit) {
    return complaints.at({{"at", index}, {"ended_from_outside", -1}}, "only a process_exit can be ended from outside");
  }
  if (is_operation(what->number())) return {};
  struct OnlyForOperations {
    std::string_view field;
    bool given;
  };
  const OnlyForOperations fields[] = {{"by", at.by() != 0},
                                      {"hold", at.hold() != v1::HOLD_CAPABILITY_UNSPECIFIED},
                                      {"actor_image", !at.actor_image().empty()},
                                      {"script", !at.script().empty()},
                                      {"remote_client", !at.remote_client().empty()}};
  for (const OnlyForOperations& field : fields) {
    if (field.given) {
      return complaints.at({{"at", index}, {field.field, -1}},
                           fmt::format("no program does a {}: this field says nothing here", what->name()));
    }
  }
  return {};
}

Expected<void> check_labels(const v1::Scenario& scenario, const Complaints& complaints) {
  std::map<std::string_view, int> labels;
  for (int i = 0; i < scenario.at_size(); ++i) {
    const std::string& label = scenario.at(i).label();
    if (label.empty()) continue;
    if (label.find('#') != std::string::npos) {
      return complaints.at({{"at", i}, {"label", -1}}, "a label cannot contain '#'",
                           "it numbers entries of one name: \"registry_set#2\"");
    }
    const FieldDescriptor* kind = v1::At::descriptor()->FindFieldByName(label);
    if (kind != nullptr && kind->containing_oneof() != nullptr) {
      return complaints.at({{"at", i}, {"label", -1}}, fmt::format("\"{}\" is the name of a kind", label),
                           "choose another label");
    }
    const auto [other, is_new] = labels.emplace(label, i);
    if (!is_new) {
      return complaints.at({{"at", i}, {"label", -1}},
                           fmt::format("the label \"{}\" is taken by at[{}]", label, other->second),
                           "labels are unique");
    }
  }
  return {};
}

std::string_view base_name(const v1::At& at) {
  return at.label().empty() ? kind_name(at) : std::string_view(at.label());
}

}  // namespace

v1::HoldCapability default_hold(int what) {
  const bool afterwards =
      std::find(std::begin(kSeenAfterwards), std::end(kSeenAfterwards), what) != std::end(kSeenAfterwards);
  return afterwards ? v1::HOLD_CAPABILITY_NONE : v1::HOLD_CAPABILITY_PRE_EXECUTION;
}

std::string_view kind_name(const v1::At& at) {
  const FieldDescriptor* what = what_field(at);
  return what == nullptr ? std::string_view() : std::string_view(what->name());
}

v1::AgentStarted Timeline::beginning() const {
  v1::AgentStarted started;
  v1::AgentProfile& profile = *started.mutable_profile();
  profile = scenario_->agent();
  if (profile.platform() == v1::PLATFORM_UNSPECIFIED) profile.set_platform(v1::WINDOWS_10_X64);
  *started.mutable_settings() = scenario_->settings();
  started.set_wall_ns(started_wall_ns_);
  return started;
}

Expected<Timeline> Timeline::compile(const v1::Scenario& scenario, const TextLocations& locations) {
  const Complaints complaints(locations);
  Timeline timeline;
  timeline.scenario_ = &scenario;
  timeline.started_wall_ns_ = scenario.started_wall_ns() == 0 ? kDefaultWallNs : scenario.started_wall_ns();
  HOLDFAST_TRY(runs_for, complaints.duration(scenario.runs_for(), {{"runs_for", -1}}, 0));
  timeline.runs_for_ns_ = runs_for;
  HOLDFAST_TRY_DO(check_labels(scenario, complaints));
  HOLDFAST_TRY_DO(check_world(scenario.world(), complaints));

  for (int i = 0; i < scenario.at_size(); ++i) {
    const v1::At& at = scenario.at(i);
    HOLDFAST_TRY_DO(check_entry(at, i, complaints));
    HOLDFAST_TRY(repetition, repetition_of(at, i, complaints));
    if (timeline.entries_.size() + repetition.times > kTimelineEntriesMax) {
      return complaints.at({{"at", i}}, fmt::format("the timeline has more than {} entries", kTimelineEntriesMax));
    }
    const std::uint64_t last_ns = repetition.first_ns + (repetition.times - 1) * repetition.every_ns;
    if (timeline.runs_for_ns_ != 0 && last_ns >= timeline.runs_for_ns_) {
      return complaints.at(
          {{"at", i}, {"t", -1}},
          fmt::format("it lies at or beyond the end of the story (runs_for: \"{}\")", scenario.runs_for()));
    }
    const FieldDescriptor* what = what_field(at);
    timeline.prototypes_.push_back(is_operation(what->number()) ? operation_input(at, what) : other_input(at));
    for (std::uint64_t k = 0; k < repetition.times; ++k) {
      timeline.entries_.push_back({.at_ns = repetition.first_ns + k * repetition.every_ns,
                                   .at = static_cast<std::uint32_t>(i),
                                   .repetition = static_cast<std::uint32_t>(k)});
    }
  }
  std::stable_sort(timeline.entries_.begin(), timeline.entries_.end(),
                   [](const TimelineEntry& a, const TimelineEntry& b) { return a.at_ns < b.at_ns; });

  std::map<std::uint32_t, std::uint32_t> latest;  // pid to the run it means at this point of the story
  for (TimelineEntry& entry : timeline.entries_) {
    const v1::At& at = scenario.at(static_cast<int>(entry.at));
    if (const auto run = latest.find(at.by()); run != latest.end()) entry.actor_run = run->second;
    if (at.what_case() != v1::At::kProcessStart) continue;
    entry.starts_run = timeline.runs_++;
    latest[at.process_start().pid()] = entry.starts_run;
  }
  timeline.number_names();
  return timeline;
}

void Timeline::number_names() {
  std::map<std::string_view, std::uint32_t> counts;
  for (TimelineEntry& entry : entries_) {
    const v1::At& at = scenario_->at(static_cast<int>(entry.at));
    entry.number = ++counts[base_name(at)];
    // A labelled entry counts among its kind too: "the second registry_set" means the second one a reader sees.
    if (!at.label().empty()) ++counts[kind_name(at)];
  }
  for (const v1::At& at : scenario_->at()) namesakes_.push_back(counts[base_name(at)]);
}

std::string Timeline::name(std::size_t entry) const {
  const std::uint32_t at = entries_[entry].at;
  std::string name(base_name(scenario_->at(static_cast<int>(at))));
  if (namesakes_[at] > 1) name += fmt::format("#{}", entries_[entry].number);
  return name;
}

std::vector<std::size_t> Timeline::find(std::string_view name) const {
  const std::size_t hash = name.find('#');
  const std::string_view base = name.substr(0, hash);
  if (base.empty()) return {};
  std::uint64_t wanted = 0;  // 0: all
  if (hash != std::string_view::npos) {
    const std::string_view digits = name.substr(hash + 1);
    if (digits.empty() || digits.size() > 7 || digits.find_first_not_of("0123456789") != std::string_view::npos)
      return {};
    for (const char c : digits) wanted = wanted * 10 + static_cast<std::uint64_t>(c - '0');
    if (wanted == 0) return {};
  }
  std::vector<bool> means(static_cast<std::size_t>(scenario_->at_size()));
  for (int i = 0; i < scenario_->at_size(); ++i) {
    means[static_cast<std::size_t>(i)] = scenario_->at(i).label() == base || kind_name(scenario_->at(i)) == base;
  }
  std::vector<std::size_t> found;
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (!means[entries_[i].at]) continue;
    ++seen;
    if (wanted == 0 || seen == wanted) found.push_back(i);
  }
  return found;
}

}  // namespace holdfast
