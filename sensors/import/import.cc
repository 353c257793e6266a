#include "sensors/import/import.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "engine/text/ascii.h"
#include "engine/text/utf8.h"
#include "sensors/import/clixml_events.h"
#include "sensors/import/clocks.h"
#include "sensors/import/computer_names.h"
#include "sensors/import/csv_events.h"
#include "sensors/import/event_document.h"
#include "sensors/import/event_file.h"
#include "sensors/import/event_folder.h"
#include "sensors/import/event_mapping.h"
#include "sensors/import/event_sorter.h"
#include "sensors/import/event_time.h"
#include "sensors/import/evt_events.h"
#include "sensors/import/evtx_events.h"
#include "sensors/import/json_events.h"
#include "sensors/import/json_text.h"
#include "sensors/import/other_formats.h"
#include "sensors/import/repetitions.h"
#include "sensors/import/utf16_bytes.h"
#include "sensors/import/xml_events.h"

namespace holdfast {
namespace {

constexpr std::size_t kPeekedBytes = 1024 * 1024;
constexpr std::size_t kNameBytesMax = 256;
constexpr std::size_t kUnknownFieldsMax = 64;  // names of dropped fields kept per kind of event

// By number of EventProvider.
struct ProviderName {
  std::string_view provider;
  std::string_view channel;
  std::string_view shown = {};  // the name that the Event Viewer shows, where it is another one; in English
  bool only_writer = true;      // of the channel
};
constexpr ProviderName kProviderNames[] = {
    {"Microsoft-Windows-Sysmon", "Microsoft-Windows-Sysmon/Operational"},
    {"Microsoft-Windows-Security-Auditing", "Security", "Microsoft Windows security auditing."},
    {"Service Control Manager", "System", "Microsoft-Windows-Service Control Manager", false},
    {"Microsoft-Windows-Windows Firewall With Advanced Security",
     "Microsoft-Windows-Windows Firewall With Advanced Security/Firewall"},
    {"Microsoft-Windows-TaskScheduler", "Microsoft-Windows-TaskScheduler/Operational"},
};

struct TimeField {
  Field field;
  TimeSource source;
};

// In the order in which they are believed.
constexpr TimeField kTimeFields[] = {
    {Field::kSystemTime, TimeSource::kSystemTime},       {Field::kTimeCreated, TimeSource::kTimeCreated},
    {Field::kEventTime, TimeSource::kEventTime},         {Field::kTimestamp, TimeSource::kTimestamp},
    {Field::kTimeGenerated, TimeSource::kTimeGenerated},
};

// Fields that say what an event is, when and where, or that collectors set: dropping them loses nothing.
FieldSet collector_fields() {
  FieldSet fields;
  for (const Field field :
       {Field::kEventId, Field::kChannel, Field::kProvider, Field::kComputer, Field::kUtcTime, Field::kSystemTime,
        Field::kTimeCreated, Field::kEventTime, Field::kTimestamp, Field::kTimeGenerated, Field::kKeywords,
        Field::kSourceModuleType, Field::kSource, Field::kAccountType, Field::kAccountName, Field::kDomain,
        Field::kEventType, Field::kHost, Field::kOutcome}) {
    fields.set(static_cast<std::size_t>(field));
  }
  return fields;
}

// The first bytes of a member, to be read twice.
class PeekedBytes final : public ByteSource {
 public:
  explicit PeekedBytes(ByteSource& rest) : rest_(rest) {}

  Expected<void> peek() {
    start_.resize(kPeekedBytes);
    std::size_t filled = 0;
    while (filled < start_.size()) {
      HOLDFAST_TRY(got, rest_.read(start_.data() + filled, start_.size() - filled));
      if (got == 0) break;
      filled += got;
    }
    start_.resize(filled);
    return {};
  }

  std::string_view start() const { return {start_.data(), start_.size()}; }
  void rewind() { at_ = 0; }
  void read_on() { only_start_ = false; }

  Expected<std::size_t> read(char* to, std::size_t size) override {
    if (at_ == start_.size()) return only_start_ ? 0 : rest_.read(to, size);
    const std::size_t given = std::min(size, start_.size() - at_);
    std::memcpy(to, start_.data() + at_, given);
    at_ += given;
    return given;
  }

 private:
  ByteSource& rest_;
  std::vector<char> start_;
  std::size_t at_ = 0;
  bool only_start_ = true;
};

enum class LogFormat : std::uint8_t { kEvtx, kEvt, kXml, kClixml, kTable, kJson };

// Behind the line by which a tool presents itself.
bool is_xml_behind_a_line(std::string_view text) {
  const std::size_t line = text.find('\n');
  const std::size_t next = line == text.npos ? line : text.find_first_not_of("\r\n\t ", line);
  return next != text.npos && text.substr(next).starts_with("<Event");
}

// Behind the byte-order mark and what is blank.
std::string_view text_of(std::string_view start) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (start.starts_with(kMark)) start.remove_prefix(kMark.size());
  return {std::ranges::find_if_not(start, ascii::is_blank), start.end()};
}

LogFormat format_of(std::string_view start) {
  if (is_evtx(start)) return LogFormat::kEvtx;
  if (is_evt(start)) return LogFormat::kEvt;
  const std::string_view text = text_of(start);
  if (text.empty()) return LogFormat::kJson;
  if (text.front() == '<') return is_clixml(text) ? LogFormat::kClixml : LogFormat::kXml;
  if (text.front() == '{' || text.front() == '[') return LogFormat::kJson;
  if (is_xml_behind_a_line(text)) return LogFormat::kXml;
  return is_table_of_events(start) ? LogFormat::kTable : LogFormat::kJson;
}

// A file to be imported: as it was given, or of a folder that was.
struct GivenFile {
  std::string plain;  // path
  bool of_folder = false;
  std::string path;
  std::uint64_t size = 0;

  auto operator<=>(const GivenFile&) const = default;
};

// What is counted about one kind of event.
struct Kind {
  std::uint64_t mapped = 0;
  std::uint64_t unmapped = 0;
  FieldSet seen;  // with a value that tells something
  FieldSet used;
  std::set<std::string, std::less<>> unknown;
};

class Importer {
 public:
  // `sorts`: false where the events are hoped to lie in order; then the first one that does not ends the import.
  Importer(ImportSink& sink, const ImportOptions& options, bool sorts, Clocks& clocks)
      : sink_(sink),
        options_(options),
        sorts_(sorts),
        reader_(options.limits.depth_max),
        collector_fields_(collector_fields()),
        clocks_(clocks),
        sorter_(options.sorting) {}

  Expected<ImportReport> run(std::vector<std::string> files) {
    if (files.empty()) {
      return std::unexpected(
          Error{.where = {}, .field = {}, .what = "no file to import", .remedy = "name at least one"});
    }
    std::ranges::sort(files);  // what is written is the same for any order of them
    name_source(files);
    HOLDFAST_TRY(given, find_files(files));
    for (const GivenFile& file : given) progress_.bytes_total += file.size;
    std::optional<Error> refused;  // the first of the folders' files that holds no events
    for (const GivenFile& file : given) {
      HOLDFAST_TRY_DO(file.of_folder ? import_file_of_folder(file.path, refused) : import_file(file.path));
    }
    HOLDFAST_TRY_DO(refuse_folders(files, refused));
    met_other_clocks_ = !clocks_.settled();
    if (met_other_clocks_) return failure({}, "an event lies before those that tell by which clock");
    if (understood_ == 0 && empty_answer_) return std::unexpected(*empty_answer_);
    HOLDFAST_TRY_DO(sorter_.finish([this](const EventPlace& place, v1::Input& input) { return send(place, input); }));
    HOLDFAST_TRY_DO(repetitions_.finish());
    if (sequence_ == 0) HOLDFAST_TRY_DO(begin(0, {}));
    summarize();
    report_progress(progress_.bytes_total);
    return std::move(report_);
  }

  bool met_disorder() const { return met_disorder_; }
  // The clocks turned out to be others than some events were told by.
  bool met_other_clocks() const { return met_other_clocks_; }

 private:
  void name_source(const std::vector<std::string>& files) {
    std::string source;
    append_valid_utf8(files.front(), source);
    if (files.size() > 1) source += " and " + std::to_string(files.size() - 1) + " more";
    header_.set_source(source);
  }

  // The files to read, in the order of their names, each once.
  Expected<std::vector<GivenFile>> find_files(const std::vector<std::string>& files) {
    std::vector<GivenFile> given;
    for (const std::string& path : files) {
      if (!is_event_folder(path)) {
        HOLDFAST_TRY(size, event_file_size(path));
        given.push_back({plain_path(path), false, path, size});
        continue;
      }
      HOLDFAST_TRY(found, files_of_folder(path));
      ++folders_;
      report_.remarks.unused_members += found.unused;
      for (std::string& file : found.files) {
        if (const Expected<std::uint64_t> size = event_file_size(file)) {
          given.push_back({plain_path(file), true, file, *size});
        } else {
          found.left_out.push_back({std::move(file), size.error().what});
        }
      }
      std::ranges::sort(found.left_out, {}, &FolderFiles::LeftOut::path);
      for (const FolderFiles::LeftOut& left : found.left_out) add_malformed(left.path, 1, 0, left.reason);
    }
    std::ranges::sort(given);
    return each_once(std::move(given));
  }

  static std::vector<GivenFile> each_once(std::vector<GivenFile> given) {
    std::vector<GivenFile> kept;
    std::map<std::string, std::size_t, std::less<>> places;  // by the files' own names
    OwnNames names;
    for (GivenFile& file : given) {
      const auto [place, fresh] = places.try_emplace(names.of(file.path, file.size), kept.size());
      if (fresh) {
        kept.push_back(std::move(file));
      } else {
        kept[place->second].of_folder &= file.of_folder;
      }
    }
    return kept;
  }

  Expected<void> import_file(const std::string& path) {
    const std::uint64_t understood_before = understood_;
    std::optional<Error> refused;  // the first member that holds no events
    HOLDFAST_TRY_DO(import_members(path, refused));
    if (refused && understood_ == understood_before) return std::unexpected(*refused);
    return {};
  }

  // One file of many: it spoils nothing for the others.
  Expected<void> import_file_of_folder(const std::string& path, std::optional<Error>& refused) {
    const Expected<void> imported = import_members(path, refused);
    if (imported || is_lost_) return imported;
    const Error& error = imported.error();
    add_malformed(error.where.empty() ? path : error.where, 1, 0, error.what);
    if (!refused) refused = error;
    return {};
  }

  // Folders of which nothing was understood.
  Expected<void> refuse_folders(const std::vector<std::string>& files, const std::optional<Error>& refused) {
    if (folders_ == 0 || understood_ != 0) return {};
    if (refused) return std::unexpected(*refused);
    const auto folder = std::ranges::find_if(files, is_event_folder);
    return failure(folder == files.end() ? files.front() : *folder, "holds no event logs", "name the files themselves");
  }

  Expected<void> import_members(const std::string& path, std::optional<Error>& refused) {
    HOLDFAST_TRY(file, EventFile::open(path, options_.limits));
    outermost_ = file.get();
    HOLDFAST_TRY_DO(import_members(*file, 0, refused));
    files_done_bytes_ += file->position();
    return {};
  }

  // `depth`: archives around `file`.
  Expected<void> import_members(EventFile& file, std::uint32_t depth, std::optional<Error>& refused) {
    for (;;) {
      HOLDFAST_TRY(member, file.next_member());
      if (!member) break;
      PeekedBytes bytes(file.bytes());
      HOLDFAST_TRY_DO(named(file, bytes.peek()));
      HOLDFAST_TRY_DO(looks_packed(bytes.start()) ? import_archive(file, bytes, depth, refused)
                                                  : import_member(file, bytes, refused));
    }
    report_.remarks.unused_members += file.unused_members();
    return {};
  }

  static Expected<void> named(const EventFile& file, Expected<void> outcome) {
    if (!outcome && outcome.error().where.empty()) outcome.error().where = file.name();
    return outcome;
  }

  // An archive in an archive. Where it cannot be read, it is named, and the members beside it count.
  Expected<void> import_archive(EventFile& outer, PeekedBytes& bytes, std::uint32_t depth,
                                std::optional<Error>& refused) {
    Expected<void> imported =
        failure(outer.name(), "is an archive inside " + std::to_string(kArchiveDepthMax) + " others",
                "unpack the outer ones first");
    if (depth < kArchiveDepthMax) {
      bytes.read_on();
      auto inner = outer.open_member(bytes, bytes.start());
      imported = inner ? import_members(**inner, depth + 1, refused) : std::unexpected(inner.error());
    }
    if (imported || is_lost_ || outer.is_exhausting()) return imported;
    const Error& error = imported.error();
    ++report_.remarks.unused_members;
    add_malformed(error.where.empty() ? outer.name() : error.where, 1, 0,
                  error.what + (error.remedy.empty() ? "" : "; " + error.remedy));
    if (!refused) refused = error;
    return {};
  }

  Expected<void> import_member(EventFile& file, PeekedBytes& bytes, std::optional<Error>& refused) {
    const TextUnits units = text_units(bytes.start());
    if (units == TextUnits::kBytes) return import_text(file, bytes, refused);
    bytes.read_on();
    Utf16Bytes decoded(bytes, units);
    PeekedBytes text(decoded);
    HOLDFAST_TRY_DO(named(file, text.peek()));
    HOLDFAST_TRY_DO(import_text(file, text, refused));
    report_.remarks.replaced_surrogates += decoded.replaced();
    return {};
  }

  // A member of which nothing is understood is no log, or one that is lost whole. Alone it is refused; in an archive
  // the others count, and it is named where it may have held events.
  Expected<void> import_text(EventFile& file, PeekedBytes& bytes, std::optional<Error>& refused) {
    const std::uint64_t understood = understood_;
    const std::uint64_t malformed = malformed_;
    const std::size_t places = report_.malformed.size();
    not_events_ = 0;
    const OtherFormat* other = other_format(bytes.start());
    const LogFormat format = format_of(bytes.start());
    if (other == nullptr) HOLDFAST_TRY_DO(named(file, import_log(file, bytes, format)));
    // An empty log is one, in the formats that need not say what they are.
    const bool nothing =
        understood_ == understood && (malformed_ != malformed || not_events_ != 0 || format == LogFormat::kXml);
    if (other == nullptr && nothing) other = &likely_format(bytes.start(), malformed_ != malformed);
    if (other == nullptr) {
      // The last page of many may be one.
      const bool empty = understood_ == understood && !text_of(bytes.start()).empty();
      if (empty && !empty_answer_) empty_answer_ = error_of(file, kEmptyAnswer);
      if (not_events_ != 0) kind_of_event("(no Windows event)", 0).unmapped += not_events_;
      return {};
    }
    Error error = error_of(file, *other);
    if (!other->is_log) {
      malformed_ = malformed;
      report_.malformed.resize(places);
      ++report_.remarks.unused_members;
    }
    if (other->may_hold_events && malformed_ == malformed) {
      add_malformed(file.name(), 1, 0, error.what + "; " + error.remedy);
    } else if (places < report_.malformed.size()) {
      const MalformedPlace& first = report_.malformed[places];
      error.what += " (line " + std::to_string(first.line) + ": " + first.reason + ")";
    }
    if (!refused) refused = std::move(error);
    return {};
  }

  static Error error_of(const EventFile& file, const OtherFormat& format) {
    return failure(file.name(), std::string(format.what), std::string(format.remedy)).error();
  }

  Expected<void> import_log(EventFile& file, PeekedBytes& bytes, LogFormat format) {
    ++logs_;
    // Windows' own logs are written in UTC.
    is_utc_ = format == LogFormat::kEvtx || format == LogFormat::kEvt;
    if (is_utc_) {
      ++understood_;  // whatever is wrong with its records
    } else if (clocks_.learns()) {
      HOLDFAST_TRY_DO(look_for_clocks(bytes, format));
      bytes.rewind();
    }
    bytes.read_on();
    return import_all(file, *open_log(bytes, format));
  }

  std::unique_ptr<EventSource> open_log(ByteSource& bytes, LogFormat format) {
    switch (format) {
      case LogFormat::kEvtx: return std::make_unique<EvtxEvents>(bytes);
      case LogFormat::kEvt: return std::make_unique<EvtEvents>(bytes);
      case LogFormat::kClixml: return std::make_unique<ClixmlEvents>(bytes, reader_, options_.limits);
      case LogFormat::kXml: return std::make_unique<XmlEvents>(bytes, options_.limits);
      case LogFormat::kTable: return std::make_unique<CsvEvents>(bytes, reader_, options_.limits);
      case LogFormat::kJson: break;
    }
    return std::make_unique<JsonEvents>(bytes, reader_, options_.limits);
  }

  Expected<void> import_all(EventFile& file, EventSource& events) {
    for (;;) {
      HOLDFAST_TRY(next, events.next(event_));
      if (next == EventSource::Next::kEnd) break;
      if (next == EventSource::Next::kMalformed) {
        add_malformed(file, events, events.reason());
      } else if (const Expected<void> taken = take_event(file, events); !taken) {
        is_lost_ = true;
        return taken;
      }
      const std::uint64_t position = files_done_bytes_ + outermost_->position();
      if (position - progress_.bytes_done >= options_.progress_bytes) report_progress(position);
    }
    report_.event_bytes += events.bytes_read();
    events.add_remarks(report_.remarks);
    return {};
  }

  // Looks for the first Sysmon event that tells UTC beside local time, so that events before it get the right time too
  // and need not be read again.
  Expected<void> look_for_clocks(PeekedBytes& start, LogFormat format) {
    const std::unique_ptr<EventSource> events = open_log(start, format);
    for (;;) {
      HOLDFAST_TRY(next, events->next(event_));
      if (next == EventSource::Next::kEnd) return {};
      if (next != EventSource::Next::kEvent) continue;
      EventFields fields(event_, process_ids_, volumes_, ignored_remarks_);
      const std::optional<std::int64_t> utc_ns = sysmon_utc(provider_of_event(fields.number32(Field::kEventId)));
      if (!utc_ns || is_reported_late(fields)) continue;
      std::string computer;
      fields.text(Field::kComputer, &computer, kNameBytesMax);
      name_clock(EventProvider::kSysmon, computer);
      if (learn_clocks(*utc_ns, Witness::kEvent, 0)) return {};
    }
  }

  // Connections and name queries are logged when they end or later, and their time comes from another clock.
  bool is_reported_late(EventFields& fields) {
    const std::string_view id = fields.view(Field::kEventId);
    return id == "3" || id == "22";
  }

  // Of an event of Sysmon, what it tells of its own time.
  std::optional<std::int64_t> sysmon_utc(EventProvider provider) const {
    const RawValue* utc = provider == EventProvider::kSysmon ? event_.find(Field::kUtcTime) : nullptr;
    if (utc == nullptr) return std::nullopt;
    const std::optional<ParsedTime> time = parse_time(utc->view());
    return time ? std::optional(time->ns) : std::nullopt;
  }

  // Begins the name of the clocks by which this event is told; its fields and their zones end it.
  void name_clock(EventProvider provider, std::string_view computer) {
    clock_.provider = provider;
    if (is_utc_ || (clock_.log == logs_ && ascii::equal_without_case(clock_.computer, computer))) return;
    if (clock_.log != logs_) witnesses_.clear();
    clock_.log = logs_;
    clock_.computer = ascii::lower_case(std::string(computer));
    const bool is_known = witnesses_.size() < Clocks::kClocksMax || witnesses_.contains(clock_.computer);
    witness_ = &witnesses_[is_known ? clock_.computer : std::string()];
  }

  // What a field of this event tells of its time, and its clock's name.
  std::optional<ParsedTime> written_time(const TimeField& time_field) {
    const RawValue* written = event_.find(time_field.field);
    if (written == nullptr) return std::nullopt;
    std::optional<ParsedTime> time = parse_time(written->view());
    if (!time) return std::nullopt;
    time->has_zone = time->has_zone || time_field.source == TimeSource::kSystemTime;
    clock_.source = time_field.source;
    clock_.has_zone = time->has_zone;
    return time;
  }

  bool learn_clocks(std::int64_t utc_ns, Witness witness, std::uint64_t witnesses) {
    bool learned = false;
    for (const TimeField& field : kTimeFields) {
      const std::optional<ParsedTime> time = written_time(field);
      learned = (time && clocks_.learn(clock_, time->ns, utc_ns, witness, witnesses)) || learned;
    }
    return learned;
  }

  // What the first field tells whose clock is known or claims to be: in UTC. `events`: how many get this time.
  std::optional<std::int64_t> time_by_clock(std::uint64_t events) {
    for (const TimeField& field : kTimeFields) {
      const std::optional<ParsedTime> time = written_time(field);
      if (!time) continue;
      if (is_utc_ && time->has_zone) return time->ns;
      const std::optional<std::int64_t> offset_ns = clocks_.offset_ns(clock_, time->ns, events);
      if (offset_ns || time->has_zone) return time->ns + offset_ns.value_or(0);
    }
    return std::nullopt;
  }

  // UTC in ns since 1970; nothing where the event has no time.
  std::optional<std::int64_t> time_of_event(EventFields& fields, EventProvider provider, std::string_view computer) {
    name_clock(provider, computer);
    if (const std::optional<std::int64_t> own = sysmon_utc(provider)) return time_of_sysmon(fields, *own);
    if (const std::optional<std::int64_t> time = time_by_clock(1)) return time;
    for (const TimeField& field : kTimeFields) {
      const std::optional<ParsedTime> time = written_time(field);
      if (!time) continue;
      ++(options_.zone_east_ns ? report_.remarks.zone_as_told : report_.remarks.zone_unknown);
      return time->ns - options_.zone_east_ns.value_or(0);
    }
    return std::nullopt;
  }

  // What Sysmon tells of connections and name queries comes from a clock that stands still while a virtual machine
  // sleeps: days behind the other events of the same moment.
  std::optional<std::int64_t> time_of_sysmon(EventFields& fields, std::int64_t own_ns) {
    constexpr std::int64_t kReportedWithin_ns = std::int64_t{15 * 60} * 1'000'000'000;
    constexpr std::uint64_t kWitnessesAll = 64;  // of a computer; then every so many tell a change to summer time
    const bool is_late = is_reported_late(fields);
    if (!is_utc_ && clocks_.learns()) {
      const std::uint64_t before = *witness_;
      if (before < kWitnessesAll || before % kWitnessesAll == 0) {
        learn_clocks(own_ns, is_late ? Witness::kLateEvent : Witness::kEvent, 1);
      }
      *witness_ += is_late ? 0 : 1;
    }
    if (!is_late) return own_ns;
    const std::optional<std::int64_t> logged_ns = time_by_clock(0);
    if (!logged_ns || (own_ns - *logged_ns < kReportedWithin_ns && *logged_ns - own_ns < kReportedWithin_ns)) {
      return own_ns;
    }
    ++report_.remarks.own_time_astray;
    return logged_ns;
  }

  // Where two logs tell one start or exit, one of them in UTC. Other acts have no number that tells them from the next
  // of their kind, and some happen each hour.
  void compare_clocks(const v1::Operation& operation, EventProvider provider) {
    if (!clocks_.learns() || !(operation.has_process_start() || operation.has_process_exit())) return;
    if (event_.find(Field::kUtcTime) != nullptr && provider == EventProvider::kSysmon) {
      clocks_.sysmon_tells(act_of(operation).name, static_cast<std::int64_t>(operation.wall_ns()));
    } else if (!is_utc_ && provider != EventProvider::kSysmon) {
      const std::string act = act_of(operation).name;
      for (const TimeField& field : kTimeFields) {
        if (const std::optional<ParsedTime> time = written_time(field)) clocks_.other_tells(act, clock_, time->ns);
      }
    }
  }

  EventProvider provider_of_event(std::uint32_t event_id) const {
    const RawValue* provider = event_.find(Field::kProvider);
    const bool told = provider != nullptr && !is_blank(*provider);
    for (const auto which : {&ProviderName::provider, &ProviderName::shown}) {
      const EventProvider known = told ? provider_called(provider->view(), which) : EventProvider::kOther;
      if (known != EventProvider::kOther) return known;
    }
    const EventProvider of_channel = provider_called(channel_of_event(), &ProviderName::channel);
    // A name that is none of these may be the shown one in another language.
    const bool is_its = !told || (find_mapping(of_channel, event_id) != nullptr &&
                                  kProviderNames[static_cast<std::size_t>(of_channel)].only_writer);
    return is_its ? of_channel : EventProvider::kOther;
  }

  static EventProvider provider_called(std::string_view name, std::string_view ProviderName::* which) {
    const auto same = [&](std::string_view known) { return known == name || ascii::equal_without_case(known, name); };
    const auto* known = std::ranges::find_if(kProviderNames, same, which);
    return known == std::end(kProviderNames) ? EventProvider::kOther
                                             : static_cast<EventProvider>(known - std::begin(kProviderNames));
  }

  // Splunk tells it as "XmlWinEventLog:Security".
  std::string_view channel_of_event() const {
    if (const RawValue* channel = event_.find(Field::kChannel)) return channel->view();
    const RawValue* source = event_.find(Field::kSource);
    return source == nullptr ? std::string_view() : source->view().substr(source->view().find(':') + 1);
  }

  std::string_view provider_name(EventProvider provider) const {
    if (provider != EventProvider::kOther) return kProviderNames[static_cast<std::size_t>(provider)].provider;
    for (const Field field : {Field::kProvider, Field::kChannel}) {
      const RawValue* name = event_.find(field);
      if (name != nullptr && !is_blank(*name)) return name->view().substr(0, kNameBytesMax);
    }
    return "(unknown)";
  }

  Kind& kind_of_event(std::string_view provider, std::uint32_t event_id) {
    if (last_kind_ != nullptr && last_key_.second == event_id && last_key_.first == provider) return *last_kind_;
    last_key_.first = provider;
    shorten_utf8(last_key_.first, provider.size());
    last_key_.second = event_id;
    if (kinds_.size() >= options_.limits.kinds_max && !kinds_.contains(last_key_)) last_key_ = {"(others)", 0};
    last_kind_ = &kinds_[last_key_];
    return *last_kind_;
  }

  // Which event of which file is being taken.
  struct ToldEvent {
    const EventFile& file;
    const EventSource& events;
    std::uint32_t id;
    EventProvider provider;
  };

  void complain(const ToldEvent& told, const std::string& what) {
    add_malformed(told.file, told.events, "event " + std::to_string(told.id) + ": " + what);
  }

  // Whether the event is an operation, which then is the input's; otherwise it was counted why it is none.
  bool is_mapped(const ToldEvent& told, const EventMapping& mapping, EventFields& fields, Kind& kind) {
    v1::Operation& operation = *input_.mutable_operation();  // nothing else of the input is set before send()
    operation.Clear();
    const bool meaningful = mapping.map(fields, operation);
    if (fields.failed()) {
      complain(told, fields.error());
      return false;
    }
    if (!meaningful) {
      ++kind.unmapped;
      ++understood_;
      return false;
    }
    if (const Need* unmet = unmet_need(mapping, fields)) {
      complain(told, "it lacks the field " + unmet->text() + ", or has it where nobody looks");
      return false;
    }
    name_computer(fields, operation);
    const std::optional<std::int64_t> wall_ns = time_of_event(fields, told.provider, operation.endpoint());
    if (!wall_ns || *wall_ns < 0) {  // before 1970 once its clock is put right
      complain(told, "no field tells when it happened");
      return false;
    }
    count_fields(kind, fields);
    operation.set_hold(v1::HOLD_CAPABILITY_NONE);
    operation.set_wall_ns(static_cast<std::uint64_t>(*wall_ns));
    compare_clocks(operation, told.provider);
    return true;
  }

  Expected<void> take_event(const EventFile& file, const EventSource& events) {
    report_.remarks.duplicate_keys += event_.duplicate_keys();
    EventFields fields(event_, process_ids_, volumes_, report_.remarks);
    if (!fields.has(Field::kEventId) && !fields.failed()) {
      if (tells_of_events(events.text())) {
        add_malformed(file, events, "it holds an event where nobody looks for one");
      } else {
        ++not_events_;
      }
      return {};
    }
    const std::uint32_t event_id = fields.number32(Field::kEventId);
    if (fields.failed()) {
      add_malformed(file, events, fields.error());
      return {};
    }
    const ToldEvent told{.file = file, .events = events, .id = event_id, .provider = provider_of_event(event_id)};
    const EventMapping* mapping = find_mapping(told.provider, event_id);
    if (mapping != nullptr && event_.lost_names()) {
      complain(told, "its fields have lost their names, as PowerShell writes them; export the log itself");
      return {};
    }
    Kind& kind = kind_of_event(provider_name(told.provider), event_id);
    if (mapping == nullptr) {
      ++kind.unmapped;
      ++understood_;
      return {};
    }
    if (!is_mapped(told, *mapping, fields, kind)) return {};
    ++kind.mapped;
    ++understood_;
    ++progress_.events;
    const EventPlace place{.wall_ns = input_.operation().wall_ns(),
                           .log = logs_,
                           .number = events.number(),
                           .provider = static_cast<std::uint8_t>(told.provider)};
    const bool names_stand = computers_.learn(input_.operation().endpoint());
    if (sorts_) return sorter_.add(place, input_);
    met_disorder_ = place < last_place_ || !names_stand;
    if (met_disorder_) return failure({}, "an event lies before an earlier one, or names its computer better");
    last_place_ = place;
    return send(place, input_);
  }

  // As the event itself names it, else as a collector does beside it.
  void name_computer(EventFields& fields, v1::Operation& operation) {
    for (const Field field : {Field::kComputer, Field::kHost}) {
      if (operation.endpoint().empty()) fields.text(field, operation.mutable_endpoint(), kNameBytesMax);
    }
    if (operation.endpoint().empty()) ++report_.remarks.computer_unknown;
  }

  // Which fields of a mapped event had something to tell, and which were read.
  void count_fields(Kind& kind, const EventFields& fields) {
    kind.used |= fields.used();
    const FieldSet fresh = event_.present() & ~kind.seen & ~collector_fields_;
    for (std::size_t i = fresh._Find_first(); i < kFields; i = fresh._Find_next(i)) {
      if (!is_blank(*event_.find(static_cast<Field>(i)))) kind.seen.set(i);
    }
    for (const std::string_view name : event_.unknown()) {
      if (kind.unknown.contains(name)) continue;
      if (kind.unknown.size() < kUnknownFieldsMax) kind.unknown.emplace(name.substr(0, kNameBytesMax));
    }
  }

  Expected<void> begin(std::uint64_t wall_ns, const std::string& endpoint) {
    header_.set_origin(v1::RecordingHeader::IMPORTED);
    header_.set_writer("holdfast import");
    header_.set_started_wall_ns(wall_ns);
    header_.mutable_profile()->set_platform(v1::WINDOWS_10_X64);
    header_.mutable_profile()->set_endpoint(endpoint);
    return sink_.begin(header_);
  }

  Expected<void> send(const EventPlace& place, v1::Input& input) {
    v1::Operation& operation = *input.mutable_operation();
    if (const std::string* whole = computers_.whole(operation.endpoint())) operation.set_endpoint(*whole);
    met_disorder_ = !process_ids_.complete(operation, report_.remarks) && !sorts_;
    if (met_disorder_) return failure({}, "a later event may tell a process's pid");
    return repetitions_.take(input, static_cast<EventProvider>(place.provider));
  }

  Expected<void> write(v1::Input& input) {
    v1::Operation& operation = *input.mutable_operation();
    if (sequence_ == 0) HOLDFAST_TRY_DO(begin(operation.wall_ns(), operation.endpoint()));
    input.set_sequence(++sequence_);
    input.set_at_ns(operation.wall_ns() - header_.started_wall_ns());
    operation.set_id(sequence_);
    if (ascii::equal_without_case(operation.endpoint(), header_.profile().endpoint())) operation.clear_endpoint();
    return sink_.take(input);
  }

  void add_malformed(const EventFile& file, const EventSource& events, const std::string& reason) {
    add_malformed(file.name(), events.line(), events.offset(), reason);
  }

  void add_malformed(const std::string& file, std::uint64_t line, std::uint64_t offset, const std::string& reason) {
    ++malformed_;
    if (report_.malformed.size() < options_.limits.malformed_kept_max) {
      report_.malformed.push_back({file, line, offset, reason});
    }
  }

  void summarize() {
    v1::ImportSummary& summary = report_.summary;
    for (const auto& [key, kind] : kinds_) {
      summary.set_mapped(summary.mapped() + kind.mapped);
      summary.set_unmapped(summary.unmapped() + kind.unmapped);
      const FieldSet dropped = kind.seen & ~kind.used;
      if (kind.unmapped == 0 && dropped.none() && kind.unknown.empty()) continue;
      v1::UnmappedEvent& entry = *summary.add_unmapped_event();
      entry.set_provider(key.first);
      entry.set_event_id(key.second);
      entry.set_events(kind.unmapped);
      for (std::size_t i = 0; i < kFields; ++i) {
        if (dropped[i]) entry.add_field(std::string(field_name(static_cast<Field>(i))));
      }
      for (const std::string& name : kind.unknown) entry.add_field(name);
    }
    summary.set_events(summary.mapped() + summary.unmapped());
    summary.set_malformed(malformed_);
    summary.set_repetitions(repetitions_.repeated());
    report_.remarks.acts_not_compared = repetitions_.not_compared();
    for (const Clocks::Used& used : clocks_.used()) {
      const auto* field = std::ranges::find(kTimeFields, used.name.source, &TimeField::source);
      report_.clocks.push_back(
          {.computer = used.name.computer,
           .provider = std::string(kProviderNames[static_cast<std::size_t>(used.name.provider)].provider),
           .field = std::string(field_name(field->field)),
           .offset_ns = used.offset_ns,
           .teacher = used.teacher,
           .witnesses = used.witnesses,
           .events = used.events});
    }
  }

  void report_progress(std::uint64_t bytes_done) {
    progress_.bytes_done = bytes_done;
    if (options_.progress) options_.progress(progress_);
  }

  ImportSink& sink_;
  const ImportOptions& options_;
  const bool sorts_;
  bool met_disorder_ = false;
  bool met_other_clocks_ = false;
  EventPlace last_place_;
  bool is_lost_ = false;  // what failed ends the import, not only a file's
  EventFile* outermost_ = nullptr;
  std::size_t folders_ = 0;
  EventDocumentReader reader_;
  const FieldSet collector_fields_;
  EventDocument event_;
  ProcessIds process_ids_;
  Volumes volumes_;
  Clocks& clocks_;
  bool is_utc_ = false;                             // whatever the log's own time is
  ClockName clock_;                                 // of the event and one of its fields
  std::map<std::string, std::uint64_t> witnesses_;  // events of Sysmon in the log, by computer
  std::uint64_t* witness_ = nullptr;
  ComputerNames computers_;

  v1::RecordingHeader header_;
  EventSorter sorter_;
  Repetitions repetitions_{[this](v1::Input& input) { return write(input); }};
  std::uint32_t logs_ = 0;
  std::uint64_t sequence_ = 0;
  v1::Input input_;

  using KindKey = std::pair<std::string, std::uint32_t>;  // provider, event id
  std::map<KindKey, Kind> kinds_;
  KindKey last_key_;
  Kind* last_kind_ = nullptr;

  ImportReport report_;
  ImportRemarks ignored_remarks_;
  std::uint64_t understood_ = 0;       // Windows events, mapped or without a meaning for us
  std::uint64_t not_events_ = 0;       // documents of the member that are none
  std::optional<Error> empty_answer_;  // the first file that is one
  std::uint64_t malformed_ = 0;
  std::uint64_t files_done_bytes_ = 0;
  ImportProgress progress_;
};

}  // namespace

Expected<ImportReport> import_events(const std::vector<std::string>& files, ImportSink& sink,
                                     const ImportOptions& options) {
  Clocks clocks;
  bool sorts = !sink.begins_anew();  // most logs lie in order
  for (;;) {
    Importer importer(sink, options, sorts, clocks);
    auto report = importer.run(files);
    if (report) return report;
    if (importer.met_disorder()) {
      if (clocks.learns()) clocks = {};
    } else if (importer.met_other_clocks()) {
      clocks.read_again();
    } else {
      return report;
    }
    sorts = true;
  }
}

}  // namespace holdfast
