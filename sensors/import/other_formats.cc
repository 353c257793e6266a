#include "sensors/import/other_formats.h"

#include <algorithm>
#include <cstddef>

namespace holdfast {
namespace {

constexpr OtherFormat kUtf16{"is UTF-16 text",
                             "convert it to UTF-8 first: (Get-Content FILE) | Set-Content -Encoding utf8 OUT", true};
constexpr OtherFormat kXml{"is XML", "export the log itself: wevtutil epl LOG log.evtx", true};
constexpr OtherFormat kArchive{"is an archive inside an archive", "unpack the outer one first", true};

struct Beginning {
  std::size_t at;
  std::string_view bytes;
  OtherFormat format;
};

using namespace std::string_view_literals;

constexpr Beginning kBeginnings[] = {
    {0, "\xFF\xFE"sv, kUtf16},
    {0, "\xFE\xFF"sv, kUtf16},
    {0, "PK\x03\x04"sv, kArchive},
    {0, "\x1F\x8B"sv, kArchive},
    {0, "7z\xBC\xAF\x27\x1C"sv, kArchive},
    {0, "\x89HFR\r\n\x1A\n"sv, {"is a recording already", "holdfast replay FILE, or holdfast show FILE"}},
    {4,
     "LfLe"sv,
     {"is an event log of Windows XP or 2003 (.evt)",
      "convert it on a later Windows: wevtutil epl OLD.evt NEW.evtx /lf:true", true}},
    {0, "regf"sv, {"is a registry hive", "import event logs (.evtx)"}},
    {0, "MZ"sv, {"is a program", "import event logs (.evtx)"}},
    {0, "SQLite format 3"sv, {"is a database", "import event logs (.evtx)"}},
    {0, "%PDF"sv, {"is a document", "import event logs (.evtx)"}},
    {0, "<"sv, kXml},
    {0, "\xEF\xBB\xBF<"sv, kXml},
};

struct Mark {
  std::string_view text;  // stands in it
  OtherFormat format;
};

// In this order: the first one that is found counts.
constexpr Mark kMarks[] = {
    {R"("hits")",
     {"is a search answer of Elasticsearch", "write one hit a line: jq -c '.hits.hits[]' FILE > hits.jsonl", true}},
    {R"("RuleTitle")", {"holds what a hunt found (Hayabusa)", "import the event logs that were searched"}},
    {R"("document")",
     {"holds what a hunt found (Chainsaw)",
      "import the event logs that were searched, or what chainsaw dump writes of them"}},
    {R"("columns")", {"holds answers to queries (osquery)", "import the event logs themselves (.evtx)"}},
    {R"("Properties")",
     {"is what PowerShell's ConvertTo-Json makes of events: their fields have lost their names",
      "export the log itself: wevtutil epl LOG log.evtx", true}},
    {R"("_raw")",
     {"is an export of Splunk with events as raw text", "export their fields, or the log itself (.evtx)", true}},
    {"event_monitoring {", {"is a text of settings", "holdfast check FILE"}},
    {"at {", {"is a scenario", "holdfast run FILE"}},
};

constexpr OtherFormat kTable{"is a table (CSV)", "export the log itself: wevtutil epl LOG log.evtx"};
constexpr OtherFormat kUnknown{"holds no event that is understood",
                               "import logs (.evtx), or their events as JSON with their fields' names"};

// Two bytes a character, the other one zero for most of what people write.
bool is_wide(std::string_view start) {
  return start.size() >= 4 && ((start[0] == '\0' && start[2] == '\0' && start[1] != '\0') ||
                               (start[1] == '\0' && start[3] == '\0' && start[0] != '\0'));
}

}  // namespace

const OtherFormat* other_format(std::string_view start) {
  for (const Beginning& known : kBeginnings) {
    if (start.substr(std::min(known.at, start.size())).starts_with(known.bytes)) return &known.format;
  }
  return is_wide(start) ? &kUtf16 : nullptr;
}

const OtherFormat& likely_format(std::string_view start) {
  for (const Mark& mark : kMarks) {
    if (start.find(mark.text) != std::string_view::npos) return mark.format;
  }
  const std::string_view line = start.substr(0, start.find('\n'));
  const bool table = std::ranges::count(line, ',') >= 2 && line.find('{') == std::string_view::npos;
  return table ? kTable : kUnknown;
}

}  // namespace holdfast
