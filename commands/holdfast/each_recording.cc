#include "commands/holdfast/each_recording.h"

#include <cstdint>

#include "commands/frame/command.h"

namespace holdfast {

Expected<ExitCode> look_at_each(const Arguments& given, Terminal& terminal, JsonWriter& json, const Look& look) {
  std::uint64_t different = 0;
  std::uint64_t unread = 0;
  json.array("recordings");
  for (const std::string& path : given.positional()) {
    const auto good = look(path, json);
    if (good) {
      different += *good ? 0 : 1;
      continue;
    }
    ++unread;
    terminal.complain(good.error());
    json.object().field("recording", path).field("error", good.error().text()).end();
  }
  json.end().field("different", different).field("unread", unread).end();
  if (given.has("json")) terminal.out(json.take() + '\n');
  if (unread != 0) return ExitCode::kBadInput;
  return different == 0 ? ExitCode::kAsExpected : ExitCode::kExpectationFailed;
}

}  // namespace holdfast
