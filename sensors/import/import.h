// Turns event logs of real machines (Sysmon, Security and System events as EVTX or JSON) into the inputs of a
// recording.
//
//   RecordingSink sink("incident.hfr");
//   auto report = import_events({"incident.zip"}, sink, {});
//   if (!report) return fail(report.error());
//   if (auto closed = sink.close(report->summary); !closed) return fail(closed.error());
//
// docs/importing.md holds the table of what becomes of each event.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/schema/error.h"
#include "engine/schema/input.pb.h"
#include "engine/schema/recording.pb.h"
#include "sensors/import/event_sorter.h"

namespace holdfast {

// Takes what an import makes: begin() once, before the first input, then take() for each input, in the order in which
// they happened.
class ImportSink {
 public:
  virtual ~ImportSink() = default;
  // `header` names the endpoint, the start and the source. Also called when nothing at all was mapped.
  virtual Expected<void> begin(const v1::RecordingHeader& header) = 0;
  // `input` is valid only during the call.
  virtual Expected<void> take(const v1::Input& input) = 0;
  // True where a second begin() voids all that was taken. Such a sink gets the events at once, while they lie in order,
  // and all of them again, sorted, where they turn out not to; for the others each is kept until the last one was read.
  virtual bool begins_anew() const { return false; }
};

struct ImportProgress {
  std::uint64_t bytes_done = 0;  // of the files as they lie on disk, compressed where they are
  std::uint64_t bytes_total = 0;
  std::uint64_t events = 0;
};

// Bounds against files that are made to exhaust us. Crossing one of an archive ends the import with an error; a
// document that crosses one is malformed: skipped and counted.
struct ImportLimits {
  std::size_t document_bytes_max = 16 * 1024 * 1024;                         // one JSON document
  std::uint32_t depth_max = 64;                                              // nesting of objects and arrays
  std::uint32_t members_max = 10'000;                                        // of an archive
  std::uint64_t archive_bytes_max = std::uint64_t{64} * 1024 * 1024 * 1024;  // all members unpacked
  std::uint64_t expansion_max = 250;                                         // unpacked bytes per packed byte ...
  std::uint64_t expansion_free_bytes = 64 * 1024 * 1024;                     // ... once this much came out
  std::size_t malformed_kept_max = 100;                                      // places listed; all are counted
  std::size_t kinds_max = 4096;  // kinds of events counted apart; further ones together
};

struct ImportOptions {
  std::function<void(const ImportProgress&)> progress;  // called about once per `progress_bytes`, and at the end
  std::uint64_t progress_bytes = 4 * 1024 * 1024;
  // Of local times whose zone neither they nor Sysmon's events tell: ns east of UTC; nothing: they are taken as UTC.
  std::optional<std::int64_t> zone_east_ns;
  ImportLimits limits;
  EventSorterOptions sorting;
};

struct MalformedPlace {
  std::string file;          // as given; "archive.zip!member.json" inside an archive
  std::uint64_t line = 0;    // where a JSON document begins, from 1; 0 in an event log file
  std::uint64_t offset = 0;  // where an event log file's record begins, in bytes
  std::string reason;        // "field ProcessId: \"x\" is not a number"

  std::string text() const {
    return file + ":" + (line != 0 ? std::to_string(line) : "offset " + std::to_string(offset)) + ": " + reason;
  }
};

// Things that are neither mistakes nor losses but that a reader of the recording may want to know. All counted.
struct ImportRemarks {
  std::uint64_t duplicate_keys = 0;         // the first one of an object counts
  std::uint64_t replaced_surrogates = 0;    // half characters that became U+FFFD
  std::uint64_t pid_from_guid = 0;          // the event named its process by GUID only; another one told the pid
  std::uint64_t pid_unknown = 0;            // ... and none did
  std::uint64_t registry_kind_assumed = 0;  // changes of the registry of an unknown kind: taken as creations
  std::uint64_t hashes_unknown = 0;         // in a spelling that nobody knows: the program has none
  std::uint64_t computer_unknown = 0;       // events that name none: taken as the first one's
  std::uint64_t outcome_unknown = 0;        // attempts of which nobody can tell whether Windows refused them: taken
  std::uint64_t zone_unknown = 0;           // events with a local time of an unknown zone: taken as UTC
  std::uint64_t zone_as_told = 0;           // ... of the zone that the options name
  std::uint64_t own_time_astray = 0;    // Sysmon's own time of a connection or query: far from its log's, which counts
  std::uint64_t volumes_named = 0;      // paths by the device of a volume, taken as on the drive of Windows
  std::uint64_t volumes_left = 0;       // ... of which nothing tells the drive: left as they are
  std::uint64_t acts_not_compared = 0;  // beyond the acts of two seconds that are remembered (Repetitions)
  std::uint64_t shortened_texts = 0;    // longer than the schema keeps
  std::uint64_t odd_values = 0;         // of event log files, not as their types say, or missing
  std::uint64_t checksum_mismatches = 0;  // chunks of event log files: damaged, or copied while written to
  std::uint64_t unused_members = 0;       // archive members without events (folders, AppleDouble files)
};

// What was added to the times that some events of a computer tell in one field, so that they are UTC.
struct ImportedClock {
  enum class Teacher : std::uint8_t {
    kNobody,
    kActs,            // acts that Sysmon tells in UTC, and these events by this clock
    kEvents,          // Sysmon's events of the computer, in UTC beside it
    kLateEvents,      // the same, but only such as are reported late
    kItsOtherEvents,  // other events of the computer, or of its other logs
    kOtherComputers,  // those of other computers in the log
  };

  std::string computer;
  std::string provider;  // "Microsoft-Windows-Security-Auditing"
  std::string field;     // "EventTime"
  std::int64_t offset_ns = 0;
  Teacher teacher = Teacher::kNobody;
  std::uint64_t witnesses = 0;  // how many events or acts tell it
  std::uint64_t events = 0;     // that got their time so
};

struct ImportReport {
  v1::ImportSummary summary;              // what the recording's trailer keeps
  std::vector<MalformedPlace> malformed;  // the first limits.malformed_kept_max
  ImportRemarks remarks;
  std::vector<ImportedClock> clocks;  // by computer and field
  std::uint64_t event_bytes = 0;      // unpacked bytes read
};

// Reads `files` and what lies in folders (event logs, JSON, XML and tables, all also in archives) and hands each event
// that has a meaning to `sink`, in order of time, whatever the order of the files and in them. Bad events are skipped,
// counted and listed. Fails as a whole where a file cannot be opened or read or is of another kind, an archive is
// damaged or crosses a limit, or `sink` fails: then nothing that `sink` took should be kept.
Expected<ImportReport> import_events(const std::vector<std::string>& files, ImportSink& sink,
                                     const ImportOptions& options);

}  // namespace holdfast
