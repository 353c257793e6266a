// Any bytes as a path and as a registry key: no crash, a normal form that is valid UTF-8 and its own normal form.
// Links: holdfast_path
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "engine/path/registry_path.h"
#include "engine/path/windows_path.h"
#include "engine/text/utf8.h"

namespace {

using holdfast::engine::PathNormaliser;
using holdfast::engine::RegistryPath;
using holdfast::engine::WindowsPath;
namespace v1 = holdfast::v1;

void require(bool holds) {
  if (!holds) std::abort();
}

v1::AgentProfile profile() {
  v1::AgentProfile profile;
  profile.set_endpoint("PC042");
  v1::Volume& volume = *profile.add_volume();
  volume.set_drive("C:");
  volume.set_device(R"(\Device\HarddiskVolume3)");
  v1::ShortName& name = *profile.add_short_name();
  name.set_short_path(R"(C:\TOOLS~1\LONGTO~1.EXE)");
  name.set_long_path(R"(C:\Tools of mine\Long tool.exe)");
  return profile;
}

void require_valid(std::string_view text) {
  std::string valid;
  holdfast::append_valid_utf8(text, valid);
  require(valid == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const PathNormaliser paths(profile());
  const std::string_view raw(reinterpret_cast<const char*>(bytes), size);

  const WindowsPath path = paths.normalise(raw);
  require_valid(path.text);
  require_valid(path.folded);
  require_valid(path.stream);
  require(path.lookalike != (path.folded == holdfast::engine::folded(path.text)));
  require(holdfast::utf16_units(path.folded) <= WindowsPath::kUnitsMax);
  const WindowsPath again = paths.normalise(path.text);
  require(again.text == path.text && again.folded == path.folded && again.kind == path.kind);

  const WindowsPath back = paths.normalise(path.spelling());
  require(back.text == path.text && back.kind == path.kind && back.stream == path.stream &&
          back.lookalike == path.lookalike);

  const RegistryPath key = holdfast::engine::normalise_registry_key(raw);
  require_valid(key.text);
  require_valid(key.folded);
  const RegistryPath key_again = holdfast::engine::normalise_registry_key(key.text);
  require(key_again.text == key.text && key_again.folded == key.folded);

  require_valid(holdfast::engine::folded(paths.expand(raw)));
  return 0;
}
