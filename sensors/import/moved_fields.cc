#include "sensors/import/moved_fields.h"

#include <algorithm>
#include <array>
#include <functional>
#include <initializer_list>
#include <optional>
#include <utility>

#include "sensors/import/value_text.h"

namespace holdfast {

// How a value of the Common Schema becomes one of the event's.
enum class CommonForm : std::uint8_t { kSame, kSha256, kInitiated, kUserName, kUserDomain, kDnsStatus };

struct CommonField {
  std::string_view path;
  Field field;
  std::uint32_t events;  // one bit for each kind that it is moved from
  CommonForm form = CommonForm::kSame;
};

namespace {

constexpr std::uint32_t events(std::initializer_list<unsigned> ids) {
  std::uint32_t bits = 0;
  for (const unsigned id : ids) bits |= 1U << id;
  return bits;
}

// Sysmon's events have the bit of their id, the others one of these.
constexpr std::uint32_t kOther = events({0});
constexpr std::uint32_t kAudit = events({30});       // of the Security log
constexpr std::uint32_t kAuditStart = events({31});  // 4688
constexpr std::uint32_t kAll = ~0U;
constexpr std::uint32_t kEvents = kAll & ~(kOther | kAudit | kAuditStart);
constexpr std::uint32_t kWithSource = events({8, 10});
constexpr std::uint32_t kWithoutImage = events({6, 19, 20, 21});
constexpr std::uint32_t kWithFile = events({2, 11, 15, 23, 26, 27, 28, 29});
constexpr std::uint32_t kWithImage = events({6, 7});
constexpr std::uint32_t kWithRegistry = events({12, 13, 14});
constexpr std::uint32_t kStart = events({1});
constexpr std::uint32_t kConnect = events({3});
constexpr std::uint32_t kTampering = events({25});

// clang-format off: one row per line.
constexpr CommonField kCommonFields[] = {
    {"process.entity_id", Field::kProcessGuid, kEvents & ~kWithSource},
    {"process.pid", Field::kProcessId, kEvents & ~kWithSource},
    {"process.executable", Field::kImage, kEvents & ~(kWithSource | kWithoutImage)},
    {"process.entity_id", Field::kSourceProcessGuid, kWithSource},
    {"process.pid", Field::kSourceProcessId, kWithSource},
    {"process.executable", Field::kSourceImage, kWithSource},
    {"process.executable", Field::kDestination, events({20})},
    {"process.pid", Field::kProcessId, kAudit},
    {"process.executable", Field::kProcessName, kAudit},
    {"process.pid", Field::kNewProcessId, kAuditStart},
    {"process.executable", Field::kNewProcessName, kAuditStart},
    {"process.parent.pid", Field::kProcessId, kAuditStart},
    {"process.parent.executable", Field::kParentProcessName, kAuditStart},
    {"process.command_line", Field::kCommandLine, kStart | kAuditStart},
    {"process.working_directory", Field::kCurrentDirectory, kStart},
    {"process.hash.sha256", Field::kHashes, kStart | events({23, 26}), CommonForm::kSha256},
    {"process.pe.original_file_name", Field::kOriginalFileName, kStart},
    {"process.pe.product", Field::kProduct, kStart},
    {"process.pe.company", Field::kCompany, kStart},
    {"process.parent.entity_id", Field::kParentProcessGuid, kStart},
    {"process.parent.pid", Field::kParentProcessId, kStart},
    {"process.parent.executable", Field::kParentImage, kStart},
    {"process.parent.command_line", Field::kParentCommandLine, kStart},
    {"user.name", Field::kUser, kEvents & ~kWithSource, CommonForm::kUserName},
    {"user.domain", Field::kUser, kEvents & ~kWithSource, CommonForm::kUserDomain},
    {"registry.path", Field::kTargetObject, kWithRegistry},
    {"registry.data.strings", Field::kDetails, events({13})},
    {"file.path", Field::kTargetFilename, kWithFile},
    {"file.path", Field::kDevice, events({9})},
    {"file.path", Field::kImageLoaded, kWithImage},
    {"file.name", Field::kPipeName, events({17, 18})},
    {"file.hash.sha256", Field::kHashes, kWithFile | kWithImage, CommonForm::kSha256},
    {"file.pe.original_file_name", Field::kOriginalFileName, kWithImage},
    {"file.code_signature.signed", Field::kSigned, kWithImage},
    {"file.code_signature.subject_name", Field::kSignature, kWithImage},
    {"file.code_signature.status", Field::kSignatureStatus, kWithImage},
    {"hash.sha256", Field::kHashes, kStart | kWithFile | kWithImage, CommonForm::kSha256},
    {"network.transport", Field::kProtocol, kConnect},
    {"network.direction", Field::kInitiated, kConnect, CommonForm::kInitiated},
    {"source.ip", Field::kSourceIp, kConnect},
    {"source.ip", Field::kIpAddress, kAudit},
    {"source.port", Field::kSourcePort, kConnect},
    {"destination.ip", Field::kDestinationIp, kConnect},
    {"destination.port", Field::kDestinationPort, kConnect},
    {"destination.domain", Field::kDestinationHostname, kConnect},
    {"dns.question.name", Field::kQueryName, events({22})},
    {"sysmon.dns.status", Field::kQueryStatus, events({22}), CommonForm::kDnsStatus},
    {"sysmon.file.is_executable", Field::kIsExecutable, kWithFile},
    {"sysmon.file.archived", Field::kArchived, kWithFile},
    {"event.outcome", Field::kOutcome, kAudit},
    // Of several the first one: what reads a log is at times another computer than the one that wrote it.
    {"host.name", Field::kHost, kAll},
    {"host.hostname", Field::kHost, kAll},
    {"agent.hostname", Field::kHost, kAll},
    {"agent.name", Field::kHost, kAll},
    {"beat.hostname", Field::kHost, kAll},
};
// clang-format on

struct MessageFields {
  std::uint32_t events;    // of Sysmon, one bit each
  std::string_view names;  // of its message's lines, in their order; with a star: any text, also of several lines
};

constexpr MessageFields kMessages[] = {
    {events({1}),
     "RuleName UtcTime ProcessGuid ProcessId Image FileVersion* Description* Product* Company* OriginalFileName* "
     "CommandLine* CurrentDirectory User LogonGuid LogonId TerminalSessionId IntegrityLevel Hashes ParentProcessGuid "
     "ParentProcessId ParentImage ParentCommandLine* ParentUser"},
    {events({2}),
     "RuleName UtcTime ProcessGuid ProcessId Image TargetFilename CreationUtcTime PreviousCreationUtcTime User"},
    {events({3}),
     "RuleName UtcTime ProcessGuid ProcessId Image User Protocol Initiated SourceIsIpv6 SourceIp SourceHostname "
     "SourcePort SourcePortName DestinationIsIpv6 DestinationIp DestinationHostname DestinationPort "
     "DestinationPortName"},
    {events({5}), "RuleName UtcTime ProcessGuid ProcessId Image User"},
    {events({6}), "RuleName UtcTime ImageLoaded Hashes Signed Signature SignatureStatus"},
    {events({7}),
     "RuleName UtcTime ProcessGuid ProcessId Image ImageLoaded FileVersion* Description* Product* Company* "
     "OriginalFileName* Hashes Signed Signature SignatureStatus User"},
    {events({8}),
     "RuleName UtcTime SourceProcessGuid SourceProcessId SourceImage TargetProcessGuid TargetProcessId TargetImage "
     "NewThreadId StartAddress StartModule StartFunction SourceUser TargetUser"},
    {events({9}), "RuleName UtcTime ProcessGuid ProcessId Image Device User"},
    {events({10}),
     "RuleName UtcTime SourceProcessGUID SourceProcessId SourceThreadId SourceImage TargetProcessGUID TargetProcessId "
     "TargetImage GrantedAccess CallTrace SourceUser TargetUser"},
    {events({11}), "RuleName UtcTime ProcessGuid ProcessId Image TargetFilename CreationUtcTime User"},
    {events({12, 13, 14}),
     "RuleName EventType UtcTime ProcessGuid ProcessId Image TargetObject* Details* NewName* User"},
    {events({15}), "RuleName UtcTime ProcessGuid ProcessId Image TargetFilename CreationUtcTime Hash Contents* User"},
    {events({17, 18}), "RuleName EventType UtcTime ProcessGuid ProcessId PipeName* Image User"},
    {events({19}), "RuleName EventType UtcTime Operation User EventNamespace Name* Query*"},
    {events({20}), "RuleName EventType UtcTime Operation User Name* Type Destination*"},
    {events({21}), "RuleName EventType UtcTime Operation User Consumer* Filter*"},
    {events({22}), "RuleName UtcTime ProcessGuid ProcessId QueryName* QueryStatus QueryResults* Image User"},
    {events({23, 26, 27, 28, 29}),
     "RuleName UtcTime ProcessGuid ProcessId User Image TargetFilename Hashes IsExecutable Archived"},
    {events({25}), "RuleName UtcTime ProcessGuid ProcessId Image Type User"},
};

std::string_view message_names(std::uint32_t kind) {
  const auto* const found =
      std::ranges::find_if(kMessages, [&](const MessageFields& message) { return (message.events & kind) != 0; });
  return found == std::end(kMessages) ? std::string_view() : found->names;
}

// A line of a message that begins with a name of the event's fields. It tells the field, or it stands in a text, where
// whoever wrote that could write anything.
struct MessageLine {
  std::size_t begin = 0;
  std::size_t value = 0;
  std::size_t rank = 0;  // of the name
  bool is_text = false;
  std::size_t next = 0;  // of the longest series that begins here; kNoLine: none
};
constexpr std::size_t kNoLine = ~std::size_t{0};

std::vector<MessageLine> lines_of(std::string_view message, std::string_view names) {
  std::vector<MessageLine> lines;
  for (std::size_t begin = 0; begin < message.size();) {
    const std::size_t end = std::min(message.find('\n', begin), message.size());
    const std::size_t colon = message.find(':', begin);
    const std::string_view name = message.substr(begin, std::min(colon, end) - begin);
    std::size_t rank = 0;
    for (std::string_view rest = names; colon < end && !rest.empty(); ++rank) {
      std::string_view known = rest.substr(0, rest.find(' '));
      rest.remove_prefix(std::min(rest.size(), known.size() + 1));
      const bool is_text = known.ends_with('*');
      if (is_text) known.remove_suffix(1);
      if (known != name) continue;
      const std::size_t value = colon + (message.substr(colon).starts_with(": ") ? 2 : 1);
      lines.push_back({.begin = begin, .value = value, .rank = rank, .is_text = is_text, .next = kNoLine});
      break;
    }
    begin = end + 1;
  }
  return lines;
}

// The lines that tell the fields: of the series that have the order of the names the longest, of equal ones the last,
// so that lines forged in a text count only where they take nothing from the order of the true ones. A text itself
// begins with the first line that it can, whatever it holds, and so does what lies behind a field of one line.
std::vector<MessageLine> fields_of(std::vector<MessageLine> lines) {
  struct Series {
    std::size_t length = 0;
    std::size_t first = kNoLine;
  };
  std::vector<Series> series;  // by rank: the longest that begins with it
  const auto longest_from = [&](std::size_t rank) {
    Series longest;
    for (; rank < series.size(); ++rank) {
      if (series[rank].length > longest.length) longest = series[rank];
    }
    return longest;
  };
  for (std::size_t i = lines.size(); i-- > 0;) {
    const std::size_t rank = lines[i].rank;
    const Series rest = longest_from(rank + 1);
    if (series.size() <= rank) series.resize(rank + 1);
    if (rest.length < series[rank].length) continue;
    lines[i].next = rest.first;
    series[rank] = {rest.length + 1, i};
  }
  std::vector<MessageLine> fields;
  std::size_t from = 0;  // behind the field before
  bool behind_text = false;
  for (std::size_t at = longest_from(0).first; at != kNoLine; at = lines[at].next) {
    std::size_t line = at;
    if (lines[at].is_text || !behind_text) {
      for (line = from; lines[line].rank != lines[at].rank;) ++line;
    }
    fields.push_back(lines[line]);
    behind_text = lines[at].is_text;
    from = line + 1;
  }
  return fields;
}

// Most members of what a collector tells of itself are in no row: one look at their mark tells most of those.
constexpr std::size_t mark_of(std::string_view path) {
  return (path.size() * 31 + static_cast<unsigned char>(path.back())) % 256;
}

constexpr std::array<bool, 256> kPathMarks = [] {
  std::array<bool, 256> marks{};
  for (const CommonField& field : kCommonFields) marks[mark_of(field.path)] = true;
  return marks;
}();

bool is_of(const EventDocument& event, std::string_view provider) {
  return std::ranges::any_of(std::initializer_list{Field::kProvider, Field::kChannel, Field::kSource},
                             [&](Field field) {
                               const RawValue* name = event.find(field);
                               return name != nullptr && name->view().find(provider) != std::string_view::npos;
                             });
}

bool is_of_sysmon(const EventDocument& event) { return is_of(event, "Microsoft-Windows-Sysmon"); }

bool is_of_security(const EventDocument& event) {
  const RawValue* channel = event.find(Field::kChannel);
  return is_of(event, "Microsoft-Windows-Security-Auditing") || (channel != nullptr && channel->view() == "Security");
}

// One of the bits above.
std::uint32_t kind_of(const EventDocument& event) {
  const RawValue* written = event.find(Field::kEventId);
  const std::uint64_t id = written != nullptr ? parse_number(written->view()).value_or(0) : 0;
  if (is_of_sysmon(event)) {
    const std::uint32_t bit = id < 32 ? (1U << id) & kEvents : 0;
    return bit != 0 ? bit : kOther;
  }
  if (is_of_security(event)) return id == 4688 ? kAuditStart : kAudit;
  return kOther;
}

// Whether any field of the event's own data is known. What PowerShell writes beside them: which process logged it, by
// which provider.
bool tells_data(const EventDocument& event) {
  FieldSet data = event.present();
  for (std::size_t i = 0; i < static_cast<std::size_t>(Field::kProcessGuid); ++i) data.reset(i);
  for (const Field field : {Field::kProcessId, Field::kProviderName}) data.reset(static_cast<std::size_t>(field));
  return data.any();
}

}  // namespace

void MovedFields::clear() {
  common_.clear();
  message_ = id_ = {};
  made_.clear();
}

void MovedFields::keep_common(std::string_view path, const RawValue& value) {
  if (path.empty() || !kPathMarks[mark_of(path)]) return;
  for (const CommonField& field : kCommonFields) {
    if (field.path != path || is_blank(value)) continue;
    const auto behind = std::ranges::upper_bound(common_, &field, std::less<>(), &Kept::field);
    common_.insert(behind, Kept{&field, value});  // in the order of the table, whatever that of the document
  }
}

RawValue MovedFields::made(std::string text, bool quoted) {
  const std::string& kept = made_.emplace_back(std::move(text));
  return {.data = kept.data(), .size = static_cast<std::uint32_t>(kept.size()), .quoted = quoted};
}

void MovedFields::add_to(EventDocument& event) {
  const bool of_powershell =
      id_.data != nullptr && event.find(Field::kEventId) == nullptr && event.find(Field::kChannel) != nullptr;
  if (of_powershell) {
    event.set(Field::kEventId, 0, event.enter_object(), id_);
    event.forget_beside_data(Field::kProcessId);  // PowerShell's: of the program that wrote the event into the log
  }
  add_data(event);
  if (of_powershell && !tells_data(event)) event.set_lost_names();
}

void MovedFields::add_data(EventDocument& event) {
  if (common_.empty() && message_.data == nullptr) return;
  const std::uint32_t kind = kind_of(event);
  event.begin_data(true);
  // Every event of Sysmon tells its UtcTime: where it is missing, its own fields went elsewhere.
  if (message_.data != nullptr && event.find(Field::kUtcTime) == nullptr && (kind & kEvents) != 0)
    add_message(event, kind);
  if (message_.data != nullptr && kind == kTampering) add_technique(event);
  add_common(event, kind);
  event.begin_data(false);
}

// "Image is replaced": where the message is this alone, and not the event in words.
void MovedFields::add_technique(EventDocument& event) {
  const bool one_line = message_.view().find(message_.quoted ? R"(\n)" : "\n") == std::string_view::npos;
  if (one_line && event.find(Field::kType) == nullptr) event.set(Field::kType, 0, event.enter_object(), message_);
}

// "Registry value set:\r\nRuleName: -\r\nEventType: SetValue\r\n...": in English wherever Sysmon runs. A value may have
// several lines.
void MovedFields::add_message(EventDocument& event, std::uint32_t kind) {
  std::uint64_t surrogates = 0;
  if (message_.quoted && !unescape_json(message_.view(), message_text_, surrogates)) return;
  if (!message_.quoted) message_text_ = message_.view();
  const std::uint32_t object = event.enter_object();
  const std::string_view message = message_text_;
  const std::vector<MessageLine> fields = fields_of(lines_of(message, message_names(kind)));
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto& [begin, value_begin, rank, is_text, next] = fields[i];
    std::size_t end = i + 1 < fields.size() ? fields[i + 1].begin : message.size();
    if (!is_text) end = std::min(end, message.find('\n', begin));
    std::string_view value = message.substr(value_begin, end - value_begin);
    while (value.ends_with('\n') || value.ends_with('\r')) value.remove_suffix(1);
    std::uint16_t spelling = 0;
    const Field field = find_field(message.substr(begin, message.find(':', begin) - begin), spelling);
    event.set(field, spelling, object, {.data = value.data(), .size = static_cast<std::uint32_t>(value.size())});
  }
}

void MovedFields::add_common(EventDocument& event, std::uint32_t kind) {
  const std::uint32_t object = event.enter_object();
  RawValue user;
  RawValue domain;
  FieldSet taken;  // the first path of a field counts
  for (const auto& [field, value] : common_) {
    if ((field->events & kind) == 0) continue;
    RawValue told = value;
    switch (field->form) {
      case CommonForm::kSame: break;
      case CommonForm::kSha256: told = made("SHA256=" + std::string(value.view()), value.quoted); break;
      case CommonForm::kInitiated: {
        const bool outwards = value.view() == "egress" || value.view() == "outbound";
        const bool inwards = value.view() == "ingress" || value.view() == "inbound";
        if (!outwards && !inwards) continue;
        told = made(outwards ? "true" : "false", false);
        break;
      }
      case CommonForm::kUserName: user = value; continue;
      case CommonForm::kUserDomain: domain = value; continue;
      case CommonForm::kDnsStatus:
        if (const std::optional<std::uint32_t> status = dns_status_called(value.view())) {
          told = made(std::to_string(*status), false);
        }
        break;
    }
    const auto number = static_cast<std::size_t>(field->field);
    if (!taken[number]) event.set(field->field, 0, object, told);
    taken.set(number);
  }
  if (user.data == nullptr) return;
  if (domain.data != nullptr && domain.quoted == user.quoted) {
    const std::string between = user.quoted ? R"(\\)" : R"(\)";
    user = made(std::string(domain.view()) + between + std::string(user.view()), user.quoted);
  }
  event.set(Field::kUser, 0, object, user);
}

}  // namespace holdfast
