#include "sensors/import/event_fields.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "engine/text/ascii.h"

namespace holdfast {
namespace {

constexpr std::array<std::string_view, kFields> kNames = {{
#define HOLDFAST_FIELD_NAME(number, name) name,
    HOLDFAST_EVENT_FIELDS(HOLDFAST_FIELD_NAME)
#undef HOLDFAST_FIELD_NAME
}};

struct Spelling {
  std::string_view name;
  Field field;
};

// Spellings that differ from the manifests', containers, and what collectors add.
constexpr Spelling kOtherSpellings[] = {
    {"EventId", Field::kEventId},
    {"event_id", Field::kEventId},
    {"channel", Field::kChannel},
    {"log_name", Field::kChannel},
    {"provider_name", Field::kProvider},
    {"source_name", Field::kProvider},
    {"EventSourceName", Field::kProvider},
    {"Hostname", Field::kComputer},
    {"computer_name", Field::kComputer},
    {"ComputerName", Field::kComputer},  // Splunk, Fluent Bit
    {"hostname", Field::kHost},
    {"keywords", Field::kKeywords},
    {"KeywordsDisplayNames", Field::kKeywords},  // PowerShell
    {"Hash", Field::kHashes},
    {"SourceProcessGUID", Field::kSourceProcessGuid},
    {"TargetProcessGUID", Field::kTargetProcessGuid},
    {"TaskContentNew", Field::kTaskContent},

    {"EventCode", Field::kEventId},
    {"_time", Field::kTimestamp},
    {"eventID", Field::kEventId},
    {"providerName", Field::kProvider},
    {"systemTime", Field::kSystemTime},
    {"computer", Field::kComputer},

    // Splunk, of a classic event's message: its words with lines between them.
    {"New_Process_ID", Field::kNewProcessId},
    {"New_Process_Name", Field::kNewProcessName},
    {"Creator_Process_ID", Field::kProcessId},
    {"Creator_Process_Name", Field::kParentProcessName},
    {"Process_Command_Line", Field::kCommandLine},
    {"Mandatory_Label", Field::kMandatoryLabel},
    {"Process_ID", Field::kProcessId},
    {"Process_Name", Field::kProcessName},
    {"Exit_Status", Field::kStatus},
    {"Service_Name", Field::kServiceName},
    {"Service_File_Name", Field::kServiceFileName},
    {"Service_Type", Field::kServiceType},
    {"Service_Start_Type", Field::kServiceStartType},
    {"Service_Account", Field::kServiceAccount},
    {"Task_Name", Field::kTaskName},
    {"Task_Content", Field::kTaskContent},
    {"Task_New_Content", Field::kTaskContent},
    {"Object_Type", Field::kObjectType},
    {"Object_Name", Field::kObjectName},
    {"Object_Value_Name", Field::kObjectValueName},
    {"Operation_Type", Field::kOperationType},
    {"Old_Value_Type", Field::kOldValueType},
    {"Old_Value", Field::kOldValue},
    {"New_Value_Type", Field::kNewValueType},
    {"New_Value", Field::kNewValue},
    {"Access_Mask", Field::kAccessMask},
    {"Source_Address", Field::kIpAddress},
    {"Source_Port", Field::kIpPort},
    {"Share_Name", Field::kShareName},
    {"Share_Path", Field::kShareLocalPath},
    {"Relative_Target_Name", Field::kRelativeTargetName},

    {"Id", Field::kPlainId},  // PowerShell
    {"LogName", Field::kChannel},
    {"MachineName", Field::kComputer},
    {"EventLog", Field::kChannel},  // Azure Monitor

    {"agent", Field::kCommon},
    {"beat", Field::kCommon},
    {"destination", Field::kCommon},
    {"dns", Field::kCommon},
    {"event", Field::kCommon},
    {"file", Field::kCommon},
    {"hash", Field::kCommon},
    {"network", Field::kCommon},
    {"process", Field::kCommon},
    {"registry", Field::kCommon},
    {"sysmon", Field::kCommon},
    {"user", Field::kCommon},

    {"Event", Field::kFrame},
    {"System", Field::kFrame},
    {"winlog", Field::kFrame},
    {"_source", Field::kRoot},
    {"fields", Field::kRoot},  // of a search answer
    {"result", Field::kRoot},  // Splunk
    {"data", Field::kRoot},    // Wazuh
    {"win", Field::kFrame},
    {"system", Field::kFrame},
    {"eventdata", Field::kData},
    {"Payload", Field::kData},  // EvtxECmd: as text
    {"EventData", Field::kData},
    {"UserData", Field::kData},
    {"event_data", Field::kData},
    {"user_data", Field::kData},
    {"_raw", Field::kWhole},  // Splunk
    {"Data", Field::kDataItems},
    {"Provider", Field::kProviderNode},
    {"Provider_attributes", Field::kProviderNode},
    {"TimeCreated_attributes", Field::kTimeNode},
    {"EventID_attributes", Field::kEnvelope},

    {"Message", Field::kMessage},
    {"message", Field::kMessage},
    {"RenderedDescription", Field::kMessage},  // Azure Monitor
    {"@version", Field::kEnvelope},
    {"@metadata", Field::kEnvelope},
    {"AccountDomain", Field::kEnvelope},
    {"ActivityID", Field::kEnvelope},
    {"Category", Field::kEnvelope},
    {"Correlation", Field::kEnvelope},
    {"ERROR_EVT_UNRESOLVED", Field::kEnvelope},
    {"EventReceivedTime", Field::kEnvelope},
    {"EventRecordID", Field::kEnvelope},
    {"EventTypeOrignal", Field::kEnvelope},
    {"Execution", Field::kEnvelope},
    {"ExecutionProcessID", Field::kEnvelope},
    {"Level", Field::kEnvelope},
    {"Opcode", Field::kEnvelope},
    {"OpcodeValue", Field::kEnvelope},
    {"ProviderGuid", Field::kEnvelope},
    {"RecordNumber", Field::kEnvelope},
    {"Security", Field::kEnvelope},
    {"Severity", Field::kEnvelope},
    {"SeverityValue", Field::kEnvelope},
    {"SourceModuleName", Field::kEnvelope},
    {"Task", Field::kEnvelope},
    {"ThreadID", Field::kEnvelope},
    {"UserID", Field::kEnvelope},
    {"Version", Field::kEnvelope},
    {"#attributes", Field::kEnvelope},
    {"@xmlns", Field::kEnvelope},
    {"activity_id", Field::kEnvelope},
    {"api", Field::kEnvelope},
    {"ecs", Field::kEnvelope},
    {"input", Field::kEnvelope},
    {"level", Field::kEnvelope},
    {"log", Field::kEnvelope},
    {"opcode", Field::kEnvelope},
    {"port", Field::kEnvelope},
    {"process_id", Field::kEnvelope},
    {"provider_guid", Field::kEnvelope},
    {"record_id", Field::kEnvelope},
    {"record_number", Field::kEnvelope},
    {"related", Field::kEnvelope},
    {"tags", Field::kEnvelope},
    {"task", Field::kEnvelope},
    {"thread_id", Field::kEnvelope},
    {"type", Field::kEnvelope},
    {"version", Field::kEnvelope},
    // Azure Monitor
    {"_ResourceId", Field::kEnvelope},
    {"Account", Field::kEnvelope},
    {"Activity", Field::kEnvelope},
    {"EventOriginId", Field::kEnvelope},
    {"ManagementGroupName", Field::kEnvelope},
    {"MG", Field::kEnvelope},
    {"Process", Field::kEnvelope},
    {"SourceComputerId", Field::kEnvelope},
    {"SourceSystem", Field::kEnvelope},
    {"SubjectAccount", Field::kEnvelope},
    {"TargetAccount", Field::kEnvelope},
    {"TenantId", Field::kEnvelope},
    {"TimeCollected", Field::kEnvelope},
};

// Open addressing over a hash of the first and the last eight bytes: one multiplication per key of a document, no
// byte loop. Built once; never iterated.
class FieldIndex {
 public:
  FieldIndex() {
    for (std::size_t i = 0; i < kNames.size(); ++i) insert(kNames[i], static_cast<Field>(i));
    for (const Spelling& spelling : kOtherSpellings) insert(spelling.name, spelling.field);
  }

  Field find(std::string_view name, std::uint16_t& spelling) const {
    for (std::size_t slot = hash(name); slots_[slot].field != Field::kUnknown; slot = (slot + 1) % kSlots) {
      const Spelling& candidate = slots_[slot];
      if (candidate.name.size() == name.size() && std::memcmp(candidate.name.data(), name.data(), name.size()) == 0) {
        spelling = static_cast<std::uint16_t>(slot);
        return candidate.field;
      }
    }
    return Field::kUnknown;
  }

 private:
  static constexpr std::size_t kSlots = 2048;

  static std::uint64_t load(const char* bytes, std::size_t count) {
    std::uint64_t value = 0;
    std::memcpy(&value, bytes, count);
    return value;
  }

  // Only this process ever sees the value, so the byte order of the machine may show in it.
  static std::size_t hash(std::string_view name) {
    const std::uint64_t first = name.size() >= 8 ? load(name.data(), 8) : load_short(name);
    const std::uint64_t last = name.size() >= 8 ? load(name.data() + name.size() - 8, 8) : 0;
    const std::uint64_t mixed = (first ^ (last * 0x9E3779B97F4A7C15ULL) ^ name.size()) * 0xC2B2AE3D27D4EB4FULL;
    return static_cast<std::size_t>(mixed >> 53);
  }

  static std::uint64_t load_short(std::string_view name) {
    std::uint64_t value = 0;
    for (const char c : name) value = (value << 8) | static_cast<unsigned char>(c);
    return value;
  }

  void insert(std::string_view name, Field field) {
    std::size_t slot = hash(name);
    while (slots_[slot].field != Field::kUnknown) slot = (slot + 1) % kSlots;
    slots_[slot] = {name, field};
  }

  std::array<Spelling, kSlots> slots_ = [] {
    std::array<Spelling, kSlots> empty{};
    empty.fill({{}, Field::kUnknown});
    return empty;
  }();
};

const FieldIndex& field_index() {
  static const FieldIndex index;
  return index;
}

}  // namespace

Field find_field(std::string_view name, std::uint16_t& spelling) { return field_index().find(name, spelling); }

Field find_field_without_case(std::string_view name) {
  using Row = std::pair<std::string, Field>;
  static const std::vector<Row> rows = [] {
    std::vector<Row> made;
    for (std::size_t i = 0; i < kNames.size(); ++i) {
      made.emplace_back(ascii::lower_case(std::string(kNames[i])), static_cast<Field>(i));
    }
    std::ranges::sort(made);
    return made;
  }();
  const std::string lower = ascii::lower_case(std::string(name));
  const auto found = std::ranges::lower_bound(rows, lower, {}, &Row::first);
  return found != rows.end() && found->first == lower ? found->second : Field::kUnknown;
}

std::string_view field_name(Field field) { return kNames[static_cast<std::size_t>(field)]; }

}  // namespace holdfast
