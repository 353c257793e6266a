// The names that fields of Windows events bear in JSON, and their numbers inside the importer.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace holdfast {

// clang-format off
// X(number, name in Sysmon's and Windows' own manifests). Other spellings stand in event_fields.cc.
#define HOLDFAST_EVENT_FIELDS(X)                                                                                       \
  /* what the event is, where and when */                                                                              \
  X(EventId, "EventID") X(Channel, "Channel") X(Provider, "SourceName") X(Computer, "Computer")                        \
  X(UtcTime, "UtcTime") X(SystemTime, "SystemTime") X(TimeCreated, "TimeCreated") X(EventTime, "EventTime")            \
  X(Timestamp, "@timestamp") X(TimeGenerated, "TimeGenerated") X(Keywords, "Keywords")                                 \
  X(SourceModuleType, "SourceModuleType") X(AccountType, "AccountType") X(Source, "source") X(Host, "host")            \
  X(Outcome, "outcome")                                                                                                \
  /* processes */                                                                                                      \
  X(ProcessGuid, "ProcessGuid") X(ProcessId, "ProcessId") X(Image, "Image") X(CommandLine, "CommandLine")              \
  X(CurrentDirectory, "CurrentDirectory") X(User, "User") X(LogonGuid, "LogonGuid") X(LogonId, "LogonId")              \
  X(TerminalSessionId, "TerminalSessionId") X(IntegrityLevel, "IntegrityLevel") X(Hashes, "Hashes")                    \
  X(ParentProcessGuid, "ParentProcessGuid") X(ParentProcessId, "ParentProcessId") X(ParentImage, "ParentImage")        \
  X(ParentCommandLine, "ParentCommandLine") X(ParentUser, "ParentUser") X(RuleName, "RuleName")                        \
  X(FileVersion, "FileVersion") X(Description, "Description") X(Product, "Product") X(Company, "Company")              \
  X(OriginalFileName, "OriginalFileName") X(Type, "Type")                                                              \
  X(SourceProcessGuid, "SourceProcessGuid") X(SourceProcessId, "SourceProcessId") X(SourceImage, "SourceImage")        \
  X(SourceThreadId, "SourceThreadId") X(SourceUser, "SourceUser") X(TargetProcessGuid, "TargetProcessGuid")            \
  X(TargetProcessId, "TargetProcessId") X(TargetImage, "TargetImage") X(TargetUser, "TargetUser")                      \
  X(NewThreadId, "NewThreadId") X(StartAddress, "StartAddress") X(StartModule, "StartModule")                          \
  X(StartFunction, "StartFunction") X(GrantedAccess, "GrantedAccess") X(CallTrace, "CallTrace")                        \
  /* files, images, pipes */                                                                                           \
  X(TargetFilename, "TargetFilename") X(CreationUtcTime, "CreationUtcTime")                                            \
  X(PreviousCreationUtcTime, "PreviousCreationUtcTime") X(Device, "Device") X(ImageLoaded, "ImageLoaded")              \
  X(Signed, "Signed") X(Signature, "Signature") X(SignatureStatus, "SignatureStatus") X(Contents, "Contents")          \
  X(IsExecutable, "IsExecutable") X(Archived, "Archived") X(PipeName, "PipeName")                                      \
  /* registry, WMI */                                                                                                  \
  X(EventType, "EventType") X(TargetObject, "TargetObject") X(Details, "Details") X(NewName, "NewName")                \
  X(Operation, "Operation") X(EventNamespace, "EventNamespace") X(Name, "Name") X(Query, "Query")                      \
  X(Destination, "Destination") X(Consumer, "Consumer") X(Filter, "Filter")                                            \
  /* network */                                                                                                        \
  X(Protocol, "Protocol") X(Initiated, "Initiated") X(SourceIsIpv6, "SourceIsIpv6") X(SourceIp, "SourceIp")            \
  X(SourceHostname, "SourceHostname") X(SourcePort, "SourcePort") X(SourcePortName, "SourcePortName")                  \
  X(DestinationIsIpv6, "DestinationIsIpv6") X(DestinationIp, "DestinationIp")                                          \
  X(DestinationHostname, "DestinationHostname") X(DestinationPort, "DestinationPort")                                  \
  X(DestinationPortName, "DestinationPortName") X(QueryName, "QueryName") X(QueryStatus, "QueryStatus")                \
  X(QueryResults, "QueryResults")                                                                                      \
  /* Security and System */                                                                                            \
  X(SubjectUserSid, "SubjectUserSid") X(SubjectUserName, "SubjectUserName") X(SubjectDomainName, "SubjectDomainName")  \
  X(SubjectLogonId, "SubjectLogonId") X(TargetUserSid, "TargetUserSid") X(TargetUserName, "TargetUserName")            \
  X(TargetDomainName, "TargetDomainName") X(TargetLogonId, "TargetLogonId") X(NewProcessId, "NewProcessId")            \
  X(NewProcessName, "NewProcessName") X(TokenElevationType, "TokenElevationType") X(MandatoryLabel, "MandatoryLabel")  \
  X(ParentProcessName, "ParentProcessName") X(ProcessName, "ProcessName") X(Status, "Status")                          \
  X(ServiceName, "ServiceName") X(ServiceFileName, "ServiceFileName") X(ServiceType, "ServiceType")                    \
  X(ServiceStartType, "ServiceStartType") X(ServiceAccount, "ServiceAccount") X(ImagePath, "ImagePath")                \
  X(StartType, "StartType") X(AccountName, "AccountName") X(Domain, "Domain") X(ClientProcessId, "ClientProcessId")    \
  X(ClientProcessStartKey, "ClientProcessStartKey") X(RpcCallClientLocality, "RpcCallClientLocality")                  \
  X(TaskName, "TaskName") X(TaskContent, "TaskContent") X(CategoryId, "CategoryId")                                    \
  X(SubcategoryId, "SubcategoryId") X(SubcategoryGuid, "SubcategoryGuid")                                              \
  X(AuditPolicyChanges, "AuditPolicyChanges") X(ProfileChanged, "ProfileChanged") X(RuleId, "RuleId")                  \
  X(SettingType, "SettingType") X(SettingValue, "SettingValue") X(FilterName, "FilterName") X(FilterId, "FilterId")    \
  X(FilterKey, "FilterKey") X(FilterType, "FilterType") X(ChangeType, "ChangeType") X(UserName, "UserName")            \
  X(UserSid, "UserSid") X(ProviderKey, "ProviderKey") X(ProviderName, "ProviderName") X(LayerKey, "LayerKey")          \
  X(LayerName, "LayerName") X(LayerId, "LayerId") X(CalloutKey, "CalloutKey") X(CalloutName, "CalloutName")            \
  X(Weight, "Weight") X(Conditions, "Conditions") X(Action, "Action") X(ObjectServer, "ObjectServer")                  \
  X(ObjectType, "ObjectType") X(ObjectName, "ObjectName") X(ObjectValueName, "ObjectValueName")                        \
  X(OperationType, "OperationType") X(OldValue, "OldValue") X(OldValueType, "OldValueType") X(NewValue, "NewValue")    \
  X(NewValueType, "NewValueType") X(HandleId, "HandleId") X(AccessList, "AccessList") X(AccessMask, "AccessMask")      \
  X(AccessReason, "AccessReason") X(ResourceAttributes, "ResourceAttributes") X(PrivilegeList, "PrivilegeList")        \
  X(RestrictedSidCount, "RestrictedSidCount") X(TransactionId, "TransactionId") X(ShareName, "ShareName")              \
  X(ShareLocalPath, "ShareLocalPath") X(RelativeTargetName, "RelativeTargetName") X(IpAddress, "IpAddress")            \
  X(IpPort, "IpPort")                                                                                                  \
  /* logs of the firewall and the task scheduler */                                                                    \
  X(ModifyingApplication, "ModifyingApplication") X(ModifyingUser, "ModifyingUser") X(Profiles, "Profiles")            \
  X(SettingValueString, "SettingValueString") X(UserContext, "UserContext")
// clang-format on

enum class Field : std::uint16_t {
#define HOLDFAST_FIELD_NUMBER(number, name) k##number,
  HOLDFAST_EVENT_FIELDS(HOLDFAST_FIELD_NUMBER)
#undef HOLDFAST_FIELD_NUMBER
      kCount,
  // Not events' own fields: what is beside them or around them.
  kEnvelope,      // written by a collector, or says again what other fields say
  kRoot,          // an object whose members count as the document's: _source, fields
  kFrame,         // the same, and what the log's writer says of itself: Event, System, winlog
  kCommon,        // an object of the Elastic Common Schema: process, registry, file
  kMessage,       // the event in words
  kPlainId,       // Id, as PowerShell has it
  kWhole,         // the whole event as a text
  kData,          // an object of the event's own fields: EventData, UserData, event_data
  kDataItems,     // EventData's Data: [{"@Name": ..., "#text": ...}]
  kProviderNode,  // Provider: {"#attributes": {"Name": ...}}
  kTimeNode,      // TimeCreated_attributes: {"SystemTime": ...}
  kIdNode,        // EventID_attributes
  kUnknown,
};

constexpr std::size_t kFields = static_cast<std::size_t>(Field::kCount);
using FieldSet = std::bitset<kFields>;

// The field a key of a document stands for; kUnknown if none.
// `spelling` receives a number that tells spellings of one field apart.
Field find_field(std::string_view name, std::uint16_t& spelling);

// The same for a name whose case somebody changed, as collectors do with an event's own fields ("targetFilename"): only
// fields, never containers.
Field find_field_without_case(std::string_view name);

// Name of a field in the manifests.
std::string_view field_name(Field field);

}  // namespace holdfast
