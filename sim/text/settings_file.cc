#include "sim/text/settings_file.h"

#include "sim/text/text_file.h"

namespace holdfast {

Expected<SettingsFile> parse_settings(const std::string& name, std::string_view text) {
  SettingsFile file;
  Expected<TextLocations> locations = parse_text_proto(name, text, file.settings);
  if (!locations) return std::unexpected(std::move(locations.error()));
  file.locations = std::move(*locations);
  return file;
}

Expected<SettingsFile> load_settings_file(const std::string& path) {
  HOLDFAST_TRY(text, read_text_file(path, kTextFileBytesMax));
  return parse_settings(path, text);
}

Expected<v1::Settings> load_settings(const std::string& path) {
  Expected<SettingsFile> file = load_settings_file(path);
  if (!file) return std::unexpected(std::move(file.error()));
  return std::move(file->settings);
}

}  // namespace holdfast
