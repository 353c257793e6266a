#include "sensors/import/other_formats.h"

#include <algorithm>
#include <cstddef>

#include "sensors/import/csv_events.h"

namespace holdfast {
namespace {

struct Beginning {
  std::size_t at;
  std::string_view bytes;
  OtherFormat format;
};

using namespace std::string_view_literals;

constexpr Beginning kBeginnings[] = {
    {0, "\x89HFR\r\n\x1A\n"sv, {"is a recording already", "holdfast replay FILE, or holdfast show FILE"}},
    {0, "regf"sv, {"is a registry hive", "import event logs (.evtx)"}},
    {0, "MZ"sv, {"is a program", "import event logs (.evtx)"}},
    {0, "SQLite format 3"sv, {"is a database", "import event logs (.evtx)"}},
    {0, "%PDF"sv, {"is a document", "import event logs (.evtx)"}},
    {0, "\0\x05\x16\x07"sv, {"is what macOS keeps beside a file (AppleDouble)", "import the file itself"}},
    {4, "1AY&SY"sv, {"is compressed with bzip2", "unpack it first", true}},
    {0, "\x28\xB5\x2F\xFD"sv, {"is compressed with Zstandard", "unpack it first", true}},
    {0, "\x04\x22\x4D\x18"sv, {"is compressed with LZ4", "unpack it first", true}},
    {0, "LZIP"sv, {"is compressed with lzip", "unpack it first", true}},
    {0, "\x1F\x9D"sv, {"is compressed with compress", "unpack it first", true}},
    {0, "Rar!\x1A\x07"sv, {"is a RAR archive", "unpack it first", true}},
    {0, "MSCF\0\0\0\0"sv, {"is a cabinet (CAB)", "unpack it first", true}},
};

struct Mark {
  std::string_view text;  // stands in it
  OtherFormat format;
  bool begins_line = false;
};

constexpr OtherFormat kViewersTable{"is the Event Viewer's list as a table (CSV), which leaves out the events' data",
                                    "save it as .evtx or XML there, or: wevtutil epl LOG log.evtx", true};

// In this order: the first one that is found counts.
constexpr Mark kMarks[] = {
    {R"("hits")", {"is a search answer of Elasticsearch without an event", "search for the events themselves", true}},
    {R"("RuleTitle")", {"holds what a hunt found (Hayabusa)", "import the event logs that were searched"}},
    {R"("document")",
     {"holds what a hunt found (Chainsaw)",
      "import the event logs that were searched, or what chainsaw dump writes of them"}},
    {R"("tables")",
     {"is an answer of Azure Monitor, whose rows have no names", "export the events as JSON objects or as CSV", true}},
    {R"("columns")", {"holds answers to queries (osquery)", "import the event logs themselves (.evtx)"}},
    {R"("Properties")",
     {"is what PowerShell makes of events: their fields have lost their names",
      "export the log itself: wevtutil epl LOG log.evtx", true}},
    {R"("_raw")",
     {"is an export of Splunk with events as raw text", "export their fields, or the log itself (.evtx)", true}},
    {"Date and Time,Source,Event ID", kViewersTable},
    {"Datum und Uhrzeit,Quelle,Ereignis-ID", kViewersTable},
    {"Event[0]", {"is events in words (wevtutil)", "export the log itself: wevtutil epl LOG log.evtx", true}, true},
    {"event_monitoring {", {"is a text of settings", "holdfast check FILE"}, true},
    {"at {", {"is a scenario", "holdfast run FILE"}, true},
};

bool is_marked(std::string_view start, const Mark& mark) {
  for (std::size_t at = start.find(mark.text); at != std::string_view::npos; at = start.find(mark.text, at + 1)) {
    if (!mark.begins_line || at == 0 || start[at - 1] == '\n') return true;
  }
  return false;
}

// Names of an event's id: between quotes, which a text in a text escapes, or behind the dot of a longer name.
constexpr std::string_view kIdNames[] = {"EventID", "EventId", "eventID", "event_id", "EventCode"};
constexpr std::string_view kOtherSigns[] = {"<Event>"sv, "<Event "sv, "Eventing.Reader.EventLogRecord"sv, "ElfChnk\0"sv,
                                            "LfLe"sv};

bool names_an_id(std::string_view text, std::string_view name) {
  for (std::size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    const bool begins = at > 0 && (text[at - 1] == '"' || text[at - 1] == '.');
    const std::string_view rest = text.substr(at + name.size());
    if (begins && (rest.starts_with('"') || rest.starts_with(R"(\")"))) return true;
  }
  return false;
}

// "{" and a key, also in an array.
bool begins_as_json(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  for (const char expected : {'[', '{', '"'}) {
    text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
    if (text.starts_with(expected)) {
      text.remove_prefix(1);
    } else if (expected != '[') {
      return false;
    }
  }
  return true;
}

constexpr OtherFormat kXml{"is XML that holds no event that is understood",
                           "export the log itself: wevtutil epl LOG log.evtx"};
constexpr OtherFormat kTable{"is a table (CSV) without a column that is an event's id or its data",
                             "export the log itself: wevtutil epl LOG log.evtx"};
constexpr OtherFormat kLog{"holds no event that is understood, though it looks like a log",
                           "export the log itself: wevtutil epl LOG log.evtx", true, true};
constexpr OtherFormat kUnknown{"holds no event that is understood",
                               "import logs (.evtx), or their events as JSON with their fields' names"};

}  // namespace

const OtherFormat kEmptyAnswer{"holds no event: the search found none",
                               "search for other events or another time, and import what is found"};

const OtherFormat* other_format(std::string_view start) {
  for (const Beginning& known : kBeginnings) {
    if (start.substr(std::min(known.at, start.size())).starts_with(known.bytes)) return &known.format;
  }
  return nullptr;
}

bool tells_of_events(std::string_view text) {
  return std::ranges::any_of(kIdNames, [&](std::string_view name) { return names_an_id(text, name); }) ||
         std::ranges::any_of(kOtherSigns, [&](std::string_view sign) { return text.find(sign) != text.npos; });
}

const OtherFormat& likely_format(std::string_view start, bool malformed) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  const std::string_view text = start.substr(start.starts_with(kMark) ? kMark.size() : 0);
  const bool log = tells_of_events(text) || is_table_of_events(text) || (malformed && begins_as_json(text));
  if (text.starts_with('<')) return log ? kLog : kXml;
  for (const Mark& mark : kMarks) {
    if (is_marked(text, mark)) return mark.format;
  }
  if (log) return kLog;
  const std::string_view line = start.substr(0, start.find('\n'));
  const bool table = std::ranges::count(line, ',') >= 2 && line.find('{') == std::string_view::npos;
  return table ? kTable : kUnknown;
}

}  // namespace holdfast
