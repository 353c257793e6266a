// Reads settings files that somebody made up. Promises: what is refused, by the reader or by the engine, is refused
// with its line and the reason; the engine of any endpoint refuses exactly what the commands refuse, and the same
// field; settings that are taken give each field that people are shown a value and a source, and survive being written,
// read again, and a snapshot.
//
// Links: holdfast_scenario holdfast_engine
#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/text_format.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/engine.h"
#include "sim/scenario/settings_judgement.h"
#include "sim/text/settings_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

namespace holdfast {
namespace {

constexpr std::string_view kName = "fuzz.txtpb";

void require(bool holds, const char* promise, const std::string& detail = {}) {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %s: %s\n", promise, detail.c_str());
  std::abort();
}

// "fuzz.txtpb:LINE" of a line that the text has.
bool names_a_line(std::string_view where, std::string_view text) {
  if (!where.starts_with(kName) || where.substr(kName.size()).size() < 2) return false;
  const std::string_view digits = where.substr(kName.size() + 1);
  int line = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), line);
  return where[kName.size()] == ':' && error == std::errc() && end == digits.data() + digits.size() && line >= 1 &&
         line <= 1 + std::ranges::count(text, '\n');
}

// A workstation where everything counts, a server, and one that is too old and has no privileges.
std::vector<v1::AgentProfile> endpoints() {
  std::vector<v1::AgentProfile> profiles = {usual_profile(), usual_profile(v1::WINDOWS_SERVER_2019_X64)};
  profiles.emplace_back().set_platform(v1::WINDOWS_XP_X86);
  return profiles;
}

std::string written(const v1::Settings& settings) {
  std::string text;
  require(google::protobuf::TextFormat::PrintToString(settings, &text), "settings can be written");
  return text;
}

v1::Input agent_started(const v1::AgentProfile& profile, const v1::Settings& settings) {
  v1::Input input;
  input.set_sequence(1);
  *input.mutable_agent_started()->mutable_profile() = profile;
  *input.mutable_agent_started()->mutable_settings() = settings;
  return input;
}

void check_status(const v1::Status& status) {
  require(status.because() != v1::REASON_CODE_UNSPECIFIED, "a status says why");
  for (const v1::EffectiveField& field : status.field()) {
    require(!field.effective().empty(), "every field has a value", field.field());
    require(field.source() != v1::SETTING_SOURCE_UNSPECIFIED, "every value has a source", field.field());
  }
}

// `judged`: what the command says of these settings for this endpoint.
void start(const v1::Settings& settings, const v1::AgentProfile& profile, const Expected<void>& judged) {
  engine::Engine engine;
  std::vector<v1::Output> outputs;
  engine.step(agent_started(profile, settings), outputs);
  require(!outputs.empty() && outputs.back().has_status(), "an agent that starts reports its status");
  check_status(outputs.back().status());
  const bool refused = outputs.front().has_settings_refused();
  require(refused != judged.has_value(), "command and engine are of one mind");
  if (refused) require(outputs.front().settings_refused().field() == judged.error().field, "they mean the same field");

  const v1::EngineState state = engine.snapshot();
  require(refused || written(state.settings()) == written(settings), "settings are taken whole");
  const auto restored = engine::Engine::restore(state);
  require(restored.has_value(), "a snapshot can be restored");
  require(restored->snapshot().SerializeAsString() == state.SerializeAsString(), "and is the same then");
}

void read_and_start(std::string_view text) {
  static const std::vector<v1::AgentProfile> profiles = endpoints();
  const auto file = parse_settings(std::string(kName), text);
  if (!file) {
    require(!file.error().what.empty(), "an error says what");
    const bool is_another_kind = file.error().where == kName && file.error().what.starts_with("is ");
    require(is_another_kind || names_a_line(file.error().where, text), "an error says where", file.error().text());
    return;
  }
  const auto again = parse_settings("again", written(file->settings));
  require(again.has_value(), "written settings can be read", again ? "" : again.error().text());
  require(written(again->settings) == written(file->settings), "and are the same then");

  for (const v1::AgentProfile& profile : profiles) {
    const auto judged = judge_settings(file->settings, profile, file->locations, {});
    if (judged) {
      for (const Remark& remark : remarks_on(file->settings, profile, file->locations, {})) {
        require(!remark.field.empty() && !remark.what.empty(), "a remark says what", remark.text());
      }
    } else {
      require(!judged.error().what.empty() && !judged.error().field.empty(), "a refusal says what");
      require(names_a_line(judged.error().where, text), "a refusal says where", judged.error().text());
    }
    start(file->settings, profile, judged);
  }
}

}  // namespace
}  // namespace holdfast

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const google::protobuf::LogSilencer quiet;
  holdfast::read_and_start({reinterpret_cast<const char*>(bytes), size});
  return 0;
}
