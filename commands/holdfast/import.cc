// holdfast import: event logs of real machines become a recording.
#include "sensors/import/import.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "commands/holdfast/commands.h"
#include "commands/holdfast/file_argument.h"
#include "reports/json.h"
#include "reports/wording.h"
#include "sensors/import/event_time.h"
#include "sensors/import/recording_sink.h"

namespace holdfast {
namespace import_subcommand {
namespace {

constexpr std::uint64_t kMalformedListedUsually = 10;
constexpr std::string_view kCommonPrefix = "Microsoft-Windows-";

CommandLine line() {
  CommandLine line("import", "FILE...", 1, CommandLine::kArgumentsMax);
  line.purpose(
      "make a recording of event logs (Sysmon, Security and System events as .evtx, JSON, XML or CSV: files, folders, "
      ".zip, .7z, .tar.gz, .gz)");
  line.option("output,o", "FILE", "the recording to write, such as incident.hfr; needed")
      .flag("details", "list every kind of event and field that was not mapped")
      .option("limit", "N", "list at most N malformed places (default 10, at most 100)")
      .option("zone", "+HH:MM", "the zone of local times where neither they nor Sysmon's events tell it")
      .flag("progress", "tell the progress also where standard error is no terminal")
      .example("holdfast import incident.zip -o incident.hfr", "then: holdfast replay incident.hfr")
      .example("holdfast import monday.json tuesday.json.gz -o week.hfr --details",
               "several files: their events are put in order of time");
  return line;
}

// "99.6 %", cut and never rounded up, so that 100.0 % means all.
std::string share(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return "0 %";
  const std::uint64_t permille = part * 1000 / whole;
  return fmt::format("{}.{} %", permille / 10, permille % 10);
}

// "Sysmon 4, Security 4673 and 12 further kinds": events without a meaning, the most frequent first.
std::string unmapped_kinds(const v1::ImportSummary& summary) {
  constexpr std::size_t kNamed = 5;
  std::vector<const v1::UnmappedEvent*> kinds;
  for (const v1::UnmappedEvent& event : summary.unmapped_event()) {
    if (event.events() != 0) kinds.push_back(&event);
  }
  std::ranges::sort(kinds, [](const v1::UnmappedEvent* a, const v1::UnmappedEvent* b) {
    if (a->events() != b->events()) return a->events() > b->events();
    return a->provider() != b->provider() ? a->provider() < b->provider() : a->event_id() < b->event_id();
  });
  std::string text;
  for (std::size_t i = 0; i < kinds.size() && i < kNamed; ++i) {
    std::string_view provider = kinds[i]->provider();
    if (provider.starts_with(kCommonPrefix)) provider.remove_prefix(kCommonPrefix.size());
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", provider, kinds[i]->event_id());
  }
  if (kinds.size() > kNamed) text += fmt::format(" and {} further kinds", kinds.size() - kNamed);
  return text;
}

void print_details(const v1::ImportSummary& summary, std::string& text) {
  for (const v1::UnmappedEvent& event : summary.unmapped_event()) {
    text += fmt::format("  {} {}: ", printable(event.provider()), event.event_id());
    if (event.events() != 0) text += fmt::format("{} without a meaning for us", grouped(event.events()));
    if (event.field_size() != 0) {
      text += event.events() != 0 ? "; fields left out:" : "fields left out:";
      for (const std::string& field : event.field()) text += ' ' + printable(field);
    }
    text += '\n';
  }
}

struct Remark {
  std::uint64_t ImportRemarks::* count;
  std::string_view key;
  std::string_view says;
};
constexpr Remark kRemarks[] = {
    {&ImportRemarks::duplicate_keys, "duplicate_keys", "fields stood twice in an event: the first one counts"},
    {&ImportRemarks::replaced_surrogates, "replaced_surrogates", "halves of characters were replaced"},
    {&ImportRemarks::pid_from_guid, "pid_from_guid",
     "events named their process by GUID only: another event told the pid"},
    {&ImportRemarks::pid_unknown, "pid_unknown", "events named their process by GUID only, and none told the pid"},
    {&ImportRemarks::registry_kind_assumed, "registry_kind_assumed",
     "registry events did not say in words known here what they were: taken as created keys and as values that were "
     "set"},
    {&ImportRemarks::hashes_unknown, "hashes_unknown", "hashes stand in a spelling that is not known here: left out"},
    {&ImportRemarks::computer_unknown, "computer_unknown",
     "events do not name their computer: taken as of the recording's first one"},
    {&ImportRemarks::outcome_unknown, "outcome_unknown",
     "events do not tell in words known here whether Windows refused the attempt: taken as done"},
    {&ImportRemarks::zone_unknown, "zone_unknown",
     "events tell local times of an unknown zone, taken as UTC: --zone +01:00 names it"},
    {&ImportRemarks::zone_as_told, "zone_as_told", "events tell local times without their zone: taken as --zone says"},
    {&ImportRemarks::own_time_astray, "own_time_astray",
     "connections and name queries tell a time far from their log's, of a clock that stood still: the log's counts"},
    {&ImportRemarks::volumes_named, "volumes_named",
     "paths name a volume by its device: taken as on C:, for only the drive of Windows has such folders"},
    {&ImportRemarks::volumes_left, "volumes_left", "paths name a volume by its device, and nothing tells its drive"},
    {&ImportRemarks::acts_not_compared, "acts_not_compared",
     "acts came too close on each other to be compared with what other sources tell"},
    {&ImportRemarks::shortened_texts, "shortened_texts", "texts were longer than a recording keeps: cut"},
    {&ImportRemarks::odd_values, "odd_values",
     "values of event logs are not what their types say: taken as far as they tell anything"},
    {&ImportRemarks::checksum_mismatches, "checksum_mismatches",
     "chunks of event logs do not fit their checksums: damaged, or copied while Windows wrote to them"},
    {&ImportRemarks::unused_members, "unused_members", "members of archives or files of folders held no events"},
};

// By number of ImportedClock::Teacher.
struct Teacher {
  std::string_view key;
  std::string_view says;
};
constexpr Teacher kTeachers[] = {
    {"nobody", "nobody"},
    {"acts", "acts that Sysmon tells too"},
    {"events", "of its Sysmon events"},
    {"late_events", "of its connections and name queries"},
    {"its_other_events", "other events of this computer"},
    {"other_computers", "events of other computers in the log"},
};
const Teacher& teacher_of(const ImportedClock& clock) { return kTeachers[static_cast<std::size_t>(clock.teacher)]; }

// What was added to times. That some are right as they are told is a detail.
void print_clocks(const std::vector<ImportedClock>& clocks, bool details, std::string& text) {
  constexpr std::size_t kListedUsually = 10;
  std::size_t moved = 0;
  for (const ImportedClock& clock : clocks) {
    if (clock.offset_ns != 0) ++moved;
    if (!details && (clock.offset_ns == 0 || moved > kListedUsually)) continue;
    std::string_view provider = clock.provider;
    if (provider.starts_with(kCommonPrefix)) provider.remove_prefix(kCommonPrefix.size());
    const std::string duration = spoken_duration(static_cast<std::uint64_t>(std::abs(clock.offset_ns)));
    const std::string difference = clock.offset_ns == 0  ? "in UTC"
                                   : clock.offset_ns > 0 ? duration + " behind UTC"
                                                         : duration + " ahead of UTC";
    text += fmt::format("  {}{} events of {} tell {} {}: so say {} {}\n",
                        clock.computer.empty() ? "" : printable(clock.computer) + ": ", grouped(clock.events), provider,
                        clock.field, difference, grouped(clock.witnesses), teacher_of(clock).says);
  }
  if (!details && moved > kListedUsually) {
    text += fmt::format("  {} further clocks are not in UTC: --details\n", grouped(moved - kListedUsually));
  }
}

void print_text(const ImportReport& report, const std::string& output, bool details, std::uint64_t limit,
                std::uint64_t took_ns, Terminal& terminal) {
  const v1::ImportSummary& summary = report.summary;
  constexpr std::uint64_t kMegabyte = 1'000'000;
  const std::string size = report.event_bytes < kMegabyte ? fmt::format("{} kB", (report.event_bytes + 999) / 1000)
                                                          : grouped(report.event_bytes / kMegabyte) + " MB";
  std::string text = fmt::format("  {}  {} events  {}      mapped {} ({})   no meaning for us {}", size,
                                 grouped(summary.events()), spoken_duration(took_ns), grouped(summary.mapped()),
                                 share(summary.mapped(), summary.events()), grouped(summary.unmapped()));
  const std::string kinds = unmapped_kinds(summary);
  if (!kinds.empty()) text += " (" + printable(kinds) + ")";
  text += fmt::format("   malformed {}\n", grouped(summary.malformed()));
  if (summary.repetitions() != 0) {
    text += fmt::format("  {} told again by another source: decided once\n", grouped(summary.repetitions()));
  }
  for (const Remark& remark : kRemarks) {
    if (report.remarks.*remark.count != 0)
      text += fmt::format("  {} {}\n", grouped(report.remarks.*remark.count), remark.says);
  }
  print_clocks(report.clocks, details, text);
  if (details) print_details(summary, text);
  text += "  observations only: this recording cannot say what would have been held\n";
  text += fmt::format("  next: holdfast replay {}\n", file_argument(output));
  terminal.out(text);
  for (std::size_t i = 0; i < report.malformed.size() && i < limit; ++i) {
    terminal.err("holdfast: " + printable(report.malformed[i].text()) + "; skipped\n");
  }
  if (summary.malformed() > limit) {
    terminal.err(fmt::format("holdfast: … and {} more malformed places\n", grouped(summary.malformed() - limit)));
  }
}

void print_json(const ImportReport& report, const std::string& output, std::uint64_t took_ns, Terminal& terminal) {
  const v1::ImportSummary& summary = report.summary;
  JsonWriter json;
  json.object()
      .field("recording", output)
      .field("event_bytes", report.event_bytes)
      .field("took_ns", took_ns)
      .field("events", summary.events())
      .field("mapped", summary.mapped())
      .field("unmapped", summary.unmapped())
      .field("repetitions", summary.repetitions())
      .field("malformed", summary.malformed());
  json.object("remarks");
  for (const Remark& remark : kRemarks) json.field(remark.key, report.remarks.*remark.count);
  json.end().array("clocks");
  for (const ImportedClock& clock : report.clocks) {
    json.object()
        .field("computer", clock.computer)
        .field("provider", clock.provider)
        .field("field", clock.field)
        .field("offset_ns", clock.offset_ns)
        .field("told_by", teacher_of(clock).key)
        .field("witnesses", clock.witnesses)
        .field("events", clock.events)
        .end();
  }
  json.end().array("unmapped_events");
  for (const v1::UnmappedEvent& event : summary.unmapped_event()) {
    json.object()
        .field("provider", event.provider())
        .field("event_id", event.event_id())
        .field("events", event.events());
    json.array("fields");
    for (const std::string& field : event.field()) json.element(field);
    json.end().end();
  }
  json.end().array("malformed_places");
  for (const MalformedPlace& place : report.malformed) {
    json.object().field("file", place.file);
    if (place.line != 0) {
      json.field("line", place.line);
    } else {
      json.field("offset", place.offset);
    }
    json.field("reason", place.reason).end();
  }
  json.end().end();
  terminal.out(json.text() + '\n');
}

Expected<ExitCode> run(const Arguments& given, Terminal& terminal) {
  const std::string output = given.text("output");
  if (output.empty()) {
    return std::unexpected(Error{.where = "import",
                                 .field = "--output",
                                 .what = "is missing",
                                 .remedy = "name the recording to write: -o incident.hfr"});
  }
  HOLDFAST_TRY(limit, given.number("limit", kMalformedListedUsually, 100));
  const std::uint64_t began_ns = terminal.stopwatch().now_ns();
  Progress progress(terminal, given.has("progress"));
  ImportOptions options;
  options.progress = [&](const ImportProgress& now) {
    constexpr std::uint64_t kMegabyte = 1'000'000;
    progress.report("imported", now.bytes_done / kMegabyte, now.bytes_total / kMegabyte, "MB");
  };
  options.sorting.runs_beside = output;
  if (given.has("zone")) {
    options.zone_east_ns = parse_zone(given.text("zone"));
    if (!options.zone_east_ns) {
      return std::unexpected(Error{.where = "import",
                                   .field = "--zone",
                                   .what = "\"" + given.text("zone") + "\" is no zone",
                                   .remedy = "write hours and minutes east of UTC: --zone +01:00, --zone -05:00"});
    }
  }
  RecordingSink sink(output);
  HOLDFAST_TRY(report, import_events(given.positional(), sink, options));
  progress.clear();
  HOLDFAST_TRY_DO(sink.close(report.summary));
  const std::uint64_t took_ns = terminal.stopwatch().now_ns() - began_ns;
  if (given.has("json")) {
    print_json(report, output, took_ns, terminal);
  } else {
    print_text(report, output, given.has("details"), limit, took_ns, terminal);
  }
  // The recording is good as far as it goes; that something was skipped must not pass unnoticed by a script.
  return report.summary.malformed() == 0 ? ExitCode::kAsExpected : ExitCode::kExpectationFailed;
}

constexpr Command kCommand{"import", "event logs of real machines become a recording", line, run};

}  // namespace
}  // namespace import_subcommand

const Command& import_command() { return import_subcommand::kCommand; }

}  // namespace holdfast
