// Settings files as the engine judges them, every finding with its line.
//
//   auto file = load_judged_settings("ask-all.txtpb", usual_profile());
//   for (const Remark& remark : remarks_on(file->settings, usual_profile(), file->locations, {})) print(remark.text());
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/schema/error.h"
#include "engine/schema/input.pb.h"
#include "engine/schema/settings.pb.h"
#include "sim/text/settings_file.h"
#include "sim/text/text_proto.h"

namespace holdfast {

// Takes the text of a field ("event_monitoring.policy[3].do") apart; the views live as long as `field`.
FieldPath field_path(std::string_view field);

// Refused by the engine: an error with the line of the field. `prefix`: steps from the message that was read to the
// settings in it; empty for a settings file.
Expected<void> judge_settings(const v1::Settings& settings, const v1::AgentProfile& profile,
                              const TextLocations& locations, const FieldPath& prefix);

// Where the settings say what to do about `event`; empty if they do not.
FieldPath policy_path(const v1::Settings& settings, v1::MonitoredEvent event);

// A remark about settings that are valid but surely not what their author means.
struct Remark {
  std::string where;  // "ask-all.txtpb:12"
  std::string field;
  std::string what;
  std::string text() const { return where + ": " + field + ": " + what; }
};

// Of valid settings: exceptions that are never looked at or contradict each other, and fields that are set without
// effect on such an endpoint. In the order of the lines.
std::vector<Remark> remarks_on(const v1::Settings& settings, const v1::AgentProfile& profile,
                               const TextLocations& locations, const FieldPath& prefix);
// Of valid settings too: what no part of the engine carries out, and a service or proxy that is named by an address to
// which nothing leads from `network`. For settings within a story, which may well have fields without effect.
std::vector<Remark> remarks_on_story(const v1::Settings& settings, const v1::AgentProfile& profile,
                                     const v1::NetworkState& network, const TextLocations& locations,
                                     const FieldPath& prefix);
std::vector<Remark> remarks_on(const v1::ExceptionList& exceptions, const v1::AgentProfile& profile,
                               const TextLocations& locations, const FieldPath& prefix);

// Reads and judges. `profile`: of the endpoint that they are for.
Expected<SettingsFile> load_judged_settings(const std::string& path, const v1::AgentProfile& profile);

// The profile that settings are judged for where nobody names one: a Windows 10 workstation with every privilege.
v1::AgentProfile usual_profile(v1::Platform platform = v1::WINDOWS_10_X64);

// The schema's name without regard to case, with '-' or '_': "windows-10-x64". Error.field is "platform".
Expected<v1::Platform> parse_platform(std::string_view text);

}  // namespace holdfast
