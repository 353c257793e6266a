#include "tests/support/campaign_log.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <span>
#include <utility>

#include "tests/support/evtx_writer.h"

namespace holdfast {
namespace {

using Object = simdjson::dom::object;

constexpr std::array<std::string_view, 5> kOfTheLog = {"@timestamp", "Channel", "SourceName", "Hostname", "EventID"};
constexpr std::array<std::string_view, 6> kNumbers = {"ProcessId",       "ParentProcessId", "SourceProcessId",
                                                      "TargetProcessId", "NewThreadId",     "TerminalSessionId"};
constexpr std::uint64_t kTicksPerSecond = 10'000'000;  // of a FILETIME
constexpr std::uint64_t kDaysFrom1601 = 134'774;       // to 1970

bool is_one_of(std::span<const std::string_view> names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

std::uint64_t number(std::string_view text, int base = 10) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value, base);
  return value;
}

// "2024-05-21T13:41:02.250Z", of a month behind February: days are counted from the March of the year 0.
std::uint64_t file_time(std::string_view text) {
  const std::uint64_t year = number(text.substr(0, 4)), month = number(text.substr(5, 2));
  const std::uint64_t days = year * 365 + year / 4 - year / 100 + year / 400 + ((month - 3) * 153 + 2) / 5 +
                             number(text.substr(8, 2)) - 719'469;
  const std::uint64_t seconds =
      number(text.substr(11, 2)) * 3600 + number(text.substr(14, 2)) * 60 + number(text.substr(17, 2));
  return ((kDaysFrom1601 + days) * 86'400 + seconds) * kTicksPerSecond + number(text.substr(20, 3)) * 10'000;
}

// "{5e1a9c04-0001-0002-0304-000000000900}": its first three parts are numbers, little-endian.
EvtxValue guid(std::string_view text) {
  EvtxBytes bytes;
  for (const auto& [at, size] : {std::pair(1, 4), std::pair(10, 2), std::pair(15, 2)}) {
    const auto part = little_endian(number(text.substr(std::size_t(at), std::size_t(size) * 2), 16), std::size_t(size));
    bytes.insert(bytes.end(), part.begin(), part.end());
  }
  for (const std::size_t at : {20U, 22U, 25U, 27U, 29U, 31U, 33U, 35U})
    bytes.push_back(static_cast<std::uint8_t>(number(text.substr(at, 2), 16)));
  return evtx_value(EvtxType::kGuid, bytes);
}

EvtxValue value_of(std::string_view name, std::string_view text) {
  if (name.ends_with("ProcessGuid")) return guid(text);
  if (is_one_of(kNumbers, name)) return evtx_u32(static_cast<std::uint32_t>(number(text)));
  if (name.ends_with("Port")) return evtx_value(EvtxType::kUint16, little_endian(number(text), 2));
  if (name == "Initiated") return evtx_value(EvtxType::kBool, little_endian(text == "true" ? 1 : 0, 4));
  return evtx_text(text);
}

Expected<EvtxEvent> event_of(std::string_view line, std::size_t line_number) {
  const auto bad = [&](const char* what) {
    return std::unexpected(
        Error{.where = "line " + std::to_string(line_number), .field = {}, .what = what, .remedy = {}});
  };
  simdjson::dom::parser parser;
  Object fields;
  if (parser.parse(simdjson::padded_string(line)).get(fields) != simdjson::SUCCESS) return bad("no JSON object");
  EvtxEvent event;
  std::string_view time, provider, channel, computer;
  std::uint64_t id = 0;
  if (fields["@timestamp"].get(time) != simdjson::SUCCESS || fields["SourceName"].get(provider) != simdjson::SUCCESS ||
      fields["Channel"].get(channel) != simdjson::SUCCESS || fields["Hostname"].get(computer) != simdjson::SUCCESS ||
      fields["EventID"].get(id) != simdjson::SUCCESS)
    return bad("no event of a log");
  event.provider = provider;
  event.event_id = static_cast<std::uint16_t>(id);
  event.file_time = file_time(time);
  event.channel = channel;
  event.computer = computer;
  for (const auto& [name, value] : fields) {
    if (is_one_of(kOfTheLog, name)) continue;
    std::string_view text;
    if (value.get(text) != simdjson::SUCCESS) return bad("a value that is no text");
    event.fields.emplace_back(name, value_of(name, text));
  }
  return event;
}

}  // namespace

Expected<std::string> campaign_log(std::string_view json) {
  EvtxLog log;
  std::size_t line_number = 0;
  while (!json.empty()) {
    const std::string_view line = json.substr(0, json.find('\n'));
    json.remove_prefix(std::min(json.size(), line.size() + 1));
    HOLDFAST_TRY(event, event_of(line, ++line_number));
    log.add(event);
  }
  return log.file();
}

}  // namespace holdfast
