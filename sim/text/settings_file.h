// Settings as people write them: protobuf text of holdfast.v1.Settings.
//
//   auto settings = load_settings("fixtures/settings/ask-all.txtpb");
//   if (!settings) print(settings.error().text());   // "ask-all.txtpb:7: event_monitoring.policy: there is no ..."
#pragma once

#include <string>
#include <string_view>

#include "engine/schema/error.h"
#include "engine/schema/settings.pb.h"
#include "sim/text/text_proto.h"

namespace holdfast {

// Largest settings or scenario file, bytes.
inline constexpr std::size_t kTextFileBytesMax = std::size_t{16} * 1024 * 1024;

struct SettingsFile {
  v1::Settings settings;
  TextLocations locations;  // where each field stands, for whoever finds fault with its meaning
};

// Reads and parses; taken whole or refused whole. Fails with file, line, field and reason on anything that is no file,
// too large, no UTF-8, no protobuf text, or names a field or value that does not exist. Whether the values make sense
// (accepted ranges, exception entries) is the engine's to judge.
Expected<v1::Settings> load_settings(const std::string& path);
Expected<SettingsFile> load_settings_file(const std::string& path);

// The same from text; `name` stands for the file in errors.
Expected<SettingsFile> parse_settings(const std::string& name, std::string_view text);

}  // namespace holdfast
