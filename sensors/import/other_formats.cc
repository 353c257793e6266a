#include "sensors/import/other_formats.h"

#include <algorithm>
#include <cstddef>

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
};

struct Mark {
  std::string_view text;  // stands in it
  OtherFormat format;
};

// In this order: the first one that is found counts.
constexpr Mark kMarks[] = {
    {R"("hits")", {"is a search answer of Elasticsearch without an event", "search for the events themselves", true}},
    {R"("RuleTitle")", {"holds what a hunt found (Hayabusa)", "import the event logs that were searched"}},
    {R"("document")",
     {"holds what a hunt found (Chainsaw)",
      "import the event logs that were searched, or what chainsaw dump writes of them"}},
    {R"("columns")", {"holds answers to queries (osquery)", "import the event logs themselves (.evtx)"}},
    {R"("Properties")",
     {"is what PowerShell makes of events: their fields have lost their names",
      "export the log itself: wevtutil epl LOG log.evtx", true}},
    {R"("_raw")",
     {"is an export of Splunk with events as raw text", "export their fields, or the log itself (.evtx)", true}},
    {"Date and Time,Source,Event ID",
     {"is the Event Viewer's list as a table (CSV), which leaves out the events' data",
      "save it as .evtx or XML there, or: wevtutil epl LOG log.evtx", true}},
    {"event_monitoring {", {"is a text of settings", "holdfast check FILE"}},
    {"at {", {"is a scenario", "holdfast run FILE"}},
};

constexpr OtherFormat kXml{"is XML that holds no event that is understood",
                           "export the log itself: wevtutil epl LOG log.evtx"};
constexpr OtherFormat kTable{"is a table (CSV) without a column that is an event's id or its data",
                             "export the log itself: wevtutil epl LOG log.evtx"};
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

const OtherFormat& likely_format(std::string_view start) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  const std::string_view text = start.substr(start.starts_with(kMark) ? kMark.size() : 0);
  if (text.starts_with('<')) return kXml;
  for (const Mark& mark : kMarks) {
    if (start.find(mark.text) != std::string_view::npos) return mark.format;
  }
  const std::string_view line = start.substr(0, start.find('\n'));
  const bool table = std::ranges::count(line, ',') >= 2 && line.find('{') == std::string_view::npos;
  return table ? kTable : kUnknown;
}

}  // namespace holdfast
