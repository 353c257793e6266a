// What becomes of each kind of event: docs/importing.md as tests.
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "sensors/import/event_mapping.h"
#include "tests/sensors/import/import_fixture.h"
#include "tests/support/repository.h"

namespace holdfast {
namespace {

using ::testing::HasSubstr;

constexpr const char* kGuid = R"("ProcessGuid":"{d273d0f0-8065-5f67-ca06-000000000800}","ProcessId":"4711")";
constexpr std::uint64_t kStart = 1'600'618'597'248'753'229U;

class MappingTest : public ImportTest {
 protected:
  // The operation that one line becomes, as protobuf text of what is below `hold`, `id` and `wall_ns`.
  v1::Operation only(const std::string& line) {
    const ImportReport report = import(line);
    for (const MalformedPlace& place : report.malformed) ADD_FAILURE() << place.text();
    if (kept_.inputs.size() != 1) {
      ADD_FAILURE() << kept_.inputs.size() << " operations from " << line;
      return {};
    }
    v1::Operation operation = kept_.operation(0);
    EXPECT_EQ(operation.hold(), v1::HOLD_CAPABILITY_NONE);
    EXPECT_EQ(operation.id(), 1U);
    EXPECT_NE(operation.wall_ns(), 0U);
    operation.clear_hold();
    operation.clear_id();
    operation.clear_wall_ns();
    return operation;
  }

  void expect_operation(const std::string& line, const std::string& text) {
    v1::Operation expected;
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &expected)) << text;
    const v1::Operation actual = only(line);
    // Fields set to their default differ from unset ones only for oneofs and messages; compare what is on the wire.
    std::string difference;
    google::protobuf::util::MessageDifferencer differencer;
    differencer.set_message_field_comparison(google::protobuf::util::MessageDifferencer::EQUIVALENT);
    differencer.ReportDifferencesToString(&difference);
    EXPECT_TRUE(differencer.Compare(expected, actual)) << difference << "\nactual:\n" << actual.DebugString();
  }

  static std::string actor() { return "actor { pid: 4711 start_ns: " + std::to_string(kStart) + " } "; }
  static std::string with_actor(const std::string& fields) {
    return std::string(kGuid) + R"(,"Image":"C:\\a.exe","User":"D\\u",)" + fields;
  }
  static std::string acted(const std::string& what) {
    return actor() + R"(actor_image: "C:\\a.exe" actor_user: "D\\u" )" + what;
  }
};

TEST_F(MappingTest, Sysmon1IsAProcessStart) {
  expect_operation(
      sysmon_line(
          1,
          std::string(kGuid) +
              R"(,"Image":"C:\\a.exe","CommandLine":"\"C:\\a.exe\" -x","CurrentDirectory":"C:\\","User":"D\\u","LogonId":"0x3e7",
        "TerminalSessionId":"2","IntegrityLevel":"High","Hashes":"MD5=00,SHA256=912D217D9F34121BC6150A2D7F22B49D2C876942653348C671F358FF58AF0EBA",
        "OriginalFileName":"A.EXE","Product":"P","Company":"-","FileVersion":"1","ParentProcessGuid":"{00000000-0000-0000-0000-000000000000}",
        "ParentProcessId":"8","ParentImage":"C:\\p.exe","ParentCommandLine":"p","ParentUser":"D\\v")"),
      R"(actor { pid: 8 } actor_image: "C:\\p.exe" actor_user: "D\\v" process_start { pid: 4711 start_ns: )" +
          std::to_string(kStart) +
          R"( parent { pid: 8 } image: "C:\\a.exe" command_line: "\"C:\\a.exe\" -x" current_directory: "C:\\" user: "D\\u" session_id: 2
          integrity: INTEGRITY_LEVEL_HIGH logon_id: 999 original_file_name: "A.EXE" product: "P" parent_image: "C:\\p.exe" parent_command_line: "p"
          sha256: "\x91\x2D\x21\x7D\x9F\x34\x12\x1B\xC6\x15\x0A\x2D\x7F\x22\xB4\x9D\x2C\x87\x69\x42\x65\x33\x48\xC6\x71\xF3\x58\xFF\x58\xAF\x0E\xBA" })");
}

TEST_F(MappingTest, Sysmon2IsAFileTimeChange) {
  expect_operation(
      sysmon_line(
          2,
          with_actor(
              R"("TargetFilename":"C:\\f","CreationUtcTime":"1970-01-01 00:00:01.000","PreviousCreationUtcTime":"1970-01-01 00:00:02.5")")),
      acted(R"(file_time_change { path: "C:\\f" created_wall_ns: 1000000000 previous_created_wall_ns: 2500000000 })"));
}

TEST_F(MappingTest, Sysmon3IsANetworkConnection) {
  expect_operation(
      sysmon_line(
          3,
          with_actor(
              R"("Protocol":"tcp","Initiated":"false","SourceIp":"fe80:0:0:0:0:0:0:1","SourcePort":"63759","DestinationIp":"10.0.0.1",
                                              "DestinationPort":"445","DestinationHostname":"srv")")),
      acted(
          R"(network_connect { protocol: TRANSPORT_PROTOCOL_TCP inbound: true source_ip: "fe80::1" source_port: 63759 destination_ip: "10.0.0.1"
                            destination_port: 445 destination_host: "srv" })"));
}

TEST_F(MappingTest, Sysmon5IsAProcessExit) {
  expect_operation(sysmon_line(5, with_actor(R"("RuleName":"-")")), acted("process_exit {}"));
}

TEST_F(MappingTest, Sysmon6IsADriverLoadByNobody) {
  expect_operation(
      sysmon_line(6,
                  R"("ImageLoaded":"C:\\d.sys","Signed":"true","Signature":"Evil Corp","SignatureStatus":"Revoked")"),
      R"(driver_load { path: "C:\\d.sys" signature { status: SIGNATURE_STATUS_REVOKED signer: "Evil Corp" } })");
}

TEST_F(MappingTest, Sysmon7IsAnImageLoad) {
  expect_operation(
      sysmon_line(
          7,
          with_actor(
              R"("ImageLoaded":"C:\\l.dll","OriginalFileName":"L.DLL","Signed":"false","Signature":"-","SignatureStatus":"Unavailable")")),
      acted(
          R"(image_load { path: "C:\\l.dll" original_file_name: "L.DLL" signature { status: SIGNATURE_STATUS_NONE } })"));
}

TEST_F(MappingTest, Sysmon8IsARemoteThread) {
  expect_operation(
      sysmon_line(
          8,
          R"("SourceProcessGuid":"{d273d0f0-8065-5f67-ca06-000000000800}","SourceProcessId":4711,"SourceImage":"C:\\a.exe","SourceUser":"D\\u",
                        "TargetProcessGuid":"{00000000-0000-0000-0000-000000000000}","TargetProcessId":"12","TargetImage":"C:\\t.exe","StartAddress":"0x00007FF89C865EA0",
                        "StartModule":"C:\\k.dll","StartFunction":"LoadLibraryW")"),
      acted(
          R"(remote_thread { target { pid: 12 } target_image: "C:\\t.exe" start_address: 140705754668704 start_module: "C:\\k.dll" start_function: "LoadLibraryW" })"));
}

TEST_F(MappingTest, Sysmon9IsAFileAccessToTheDevice) {
  expect_operation(sysmon_line(9, with_actor(R"("Device":"\\Device\\HarddiskVolume2")")),
                   acted(R"(file_access { path: "\\Device\\HarddiskVolume2" access_mask: 1 })"));
}

TEST_F(MappingTest, Sysmon10IsAProcessAccess) {
  expect_operation(
      sysmon_line(
          10,
          R"("SourceProcessGUID":"{d273d0f0-8065-5f67-ca06-000000000800}","SourceProcessId":"4711","SourceImage":"C:\\a.exe","SourceUser":"D\\u",
                                     "TargetProcessGUID":"-","TargetProcessId":"8","TargetImage":"C:\\t.exe","GrantedAccess":"0x1410","CallTrace":"n.dll+1|UNKNOWN")"),
      acted(
          R"(process_access { target { pid: 8 } target_image: "C:\\t.exe" access_mask: 5136 call_trace: "n.dll+1|UNKNOWN" })"));
}

TEST_F(MappingTest, Sysmon11And27And29AreFileCreations) {
  const std::string fields = with_actor(R"("TargetFilename":"C:\\f.exe","CreationUtcTime":"1970-01-01 00:00:01")");
  expect_operation(sysmon_line(11, fields), acted(R"(file_create { path: "C:\\f.exe" created_wall_ns: 1000000000 })"));
  expect_operation(sysmon_line(27, fields), acted(R"(file_create { path: "C:\\f.exe" executable: true })"));
  expect_operation(sysmon_line(29, fields), acted(R"(file_create { path: "C:\\f.exe" executable: true })"));
}

TEST_F(MappingTest, Sysmon12IsWhatItsEventTypeSays) {
  const auto line = [](const std::string& type) {
    return sysmon_line(12, with_actor(R"("EventType":")" + type + R"(","TargetObject":"HKLM\\K\\N")"));
  };
  expect_operation(line("CreateKey"), acted(R"(registry_key_create { key: "HKLM\\K\\N" })"));
  expect_operation(line("DeleteKey"), acted(R"(registry_key_delete { key: "HKLM\\K\\N" })"));
  expect_operation(line("DeleteValue"), acted(R"(registry_delete { key: "HKLM\\K" value: "N" })"));
}

TEST_F(MappingTest, Sysmon12WithoutItsTypeIsTakenAsACreationAndSaysSo) {
  const ImportReport report = import(sysmon_line(12, with_actor(R"("TargetObject":"HKLM\\K\\N")")));
  ASSERT_EQ(kept_.inputs.size(), 1U);
  EXPECT_TRUE(kept_.operation(0).has_registry_key_create());
  EXPECT_EQ(report.remarks.registry_kind_assumed, 1U);
}

TEST_F(MappingTest, Sysmon13IsARegistryValue) {
  expect_operation(
      sysmon_line(
          13, with_actor(R"("EventType":"SetValue","TargetObject":"HKU\\S-1\\Run\\Updater","Details":"C:\\x.exe")")),
      acted(R"(registry_set { key: "HKU\\S-1\\Run" value: "Updater" data: "C:\\x.exe" })"));
  expect_operation(
      sysmon_line(13, with_actor(R"j("TargetObject":"HKLM\\K\\(Default)","Details":"DWORD (0x00000010)")j")),
      acted(R"(registry_set { key: "HKLM\\K" data: "16" type: REGISTRY_TYPE_DWORD })"));
  expect_operation(sysmon_line(13, with_actor(R"("TargetObject":"HKLM\\K\\N","Details":"-")")),
                   acted(R"(registry_set { key: "HKLM\\K" value: "N" data: "-" })"));
}

TEST_F(MappingTest, Sysmon14IsARename) {
  expect_operation(
      sysmon_line(14, with_actor(R"("EventType":"RenameKey","TargetObject":"HKLM\\A","NewName":"HKLM\\B")")),
      acted(R"(registry_key_rename { key: "HKLM\\A" new_key: "HKLM\\B" })"));
}

TEST_F(MappingTest, Sysmon15IsAStream) {
  expect_operation(
      sysmon_line(
          15,
          with_actor(
              R"("TargetFilename":"C:\\f.exe:Zone.Identifier","Contents":"[ZoneTransfer]  ZoneId=3","Hash":"MD5=00")")),
      acted(R"(file_stream_create { path: "C:\\f.exe:Zone.Identifier" contents: "[ZoneTransfer]  ZoneId=3" })"));
}

TEST_F(MappingTest, Sysmon15KeepsAtMost4KiBOfAStream) {
  const ImportReport report =
      import(sysmon_line(15, with_actor(R"("TargetFilename":"f","Contents":")" + std::string(5000, 'x') + "\"")));
  EXPECT_EQ(kept_.operation(0).file_stream_create().contents().size(), 4096U);
  EXPECT_EQ(report.remarks.shortened_texts, 1U);
}

TEST_F(MappingTest, Sysmon17And18ArePipes) {
  expect_operation(sysmon_line(17, with_actor(R"("PipeName":"\\PSEXESVC")")),
                   acted(R"(pipe_create { name: "\\PSEXESVC" })"));
  expect_operation(sysmon_line(18, with_actor(R"("PipeName":"\\PSEXESVC")")),
                   acted(R"(pipe_connect { name: "\\PSEXESVC" })"));
}

TEST_F(MappingTest, Sysmon19To21AreWmiSubscriptions) {
  expect_operation(sysmon_line(19, R"("Operation":"Created","User":"D\\u","Name":" \"F\"","Query":" \"select *\"")"),
                   R"(actor_user: "D\\u" wmi_subscription { part: PART_FILTER name: "F" content: "select *" })");
  expect_operation(sysmon_line(20, R"("Operation":"Deleted","Name":" \"C\"","Destination":" \"cmd.exe\"")"),
                   R"(wmi_subscription { part: PART_CONSUMER name: "C" content: "cmd.exe" deleted: true })");
  expect_operation(sysmon_line(21, R"("Operation":"Created","Consumer":" \"C\"","Filter":" \"F\"")"),
                   R"(wmi_subscription { part: PART_BINDING name: "C" content: "F" })");
}

TEST_F(MappingTest, Sysmon22IsADnsQuery) {
  expect_operation(sysmon_line(22, with_actor(R"("QueryName":"a.example","QueryStatus":"9003","QueryResults":"-")")),
                   acted(R"(dns_query { name: "a.example" status: 9003 })"));
}

TEST_F(MappingTest, Sysmon23And26And28AreFileDeletions) {
  const std::string fields = with_actor(R"("TargetFilename":"C:\\f","IsExecutable":"true")");
  expect_operation(sysmon_line(23, fields + R"(,"Archived":"true")"),
                   acted(R"(file_delete { path: "C:\\f" executable: true archived: true })"));
  expect_operation(sysmon_line(23, fields + R"(,"Archived":"false - shredded file with pattern 0x00")"),
                   acted(R"(file_delete { path: "C:\\f" executable: true })"));
  expect_operation(sysmon_line(26, fields), acted(R"(file_delete { path: "C:\\f" executable: true })"));
  expect_operation(sysmon_line(28, fields), acted(R"(file_delete { path: "C:\\f" executable: true })"));
}

TEST_F(MappingTest, Sysmon25IsProcessTampering) {
  expect_operation(
      sysmon_line(
          25,
          R"("ProcessGuid":"{d273d0f0-8065-5f67-ca06-000000000800}","ProcessId":"4711","Image":"<unknown process>","Type":"Image is replaced")"),
      actor() + R"(process_tampering { technique: "Image is replaced" })");
}

TEST_F(MappingTest, Security4688IsAProcessStart) {
  expect_operation(
      security_line(
          4688,
          R"("ProcessId":"0x2b8","NewProcessId":"0x7d8","NewProcessName":"C:\\n.exe","CommandLine":"n","ParentProcessName":"C:\\p.exe",
                                         "SubjectUserName":"u","SubjectDomainName":"D","TargetUserName":"-","TargetDomainName":"-","MandatoryLabel":"S-1-16-12288",
                                         "SubjectLogonId":"0x3e7","TargetLogonId":"0x0")"),
      R"(actor { pid: 696 } actor_image: "C:\\p.exe" actor_user: "D\\u" process_start { pid: 2008 parent { pid: 696 } image: "C:\\n.exe" command_line: "n"
                      user: "D\\u" integrity: INTEGRITY_LEVEL_HIGH logon_id: 999 parent_image: "C:\\p.exe" })");
}

TEST_F(MappingTest, Security4689IsAProcessExit) {
  expect_operation(security_line(4689, R"("ProcessId":"0x10","ProcessName":"C:\\a.exe","Status":"0xc0000005")"),
                   R"(actor { pid: 16 } actor_image: "C:\\a.exe" process_exit { exit_code: 3221225477 })");
}

TEST_F(MappingTest, ServicesComeFromSecurityAndSystem) {
  expect_operation(
      security_line(
          4697,
          R"("ServiceName":"S","ServiceFileName":"C:\\s.exe -k","ServiceType":"0x10","ServiceStartType":"2","ServiceAccount":"LocalSystem","ClientProcessId":"44")"),
      R"(actor { pid: 44 } service_install { name: "S" image_path: "C:\\s.exe -k" service_type: 16 start_type: 2 account: "LocalSystem" })");
  const std::string system =
      R"({"SourceName":"Service Control Manager","Hostname":"PC1","EventID":7045,"TimeCreated":"2020-01-01T00:00:00Z","ServiceName":"S","ImagePath":"C:\\d.sys",)";
  expect_operation(
      system + R"("ServiceType":"kernel mode driver","StartType":"demand start","AccountName":"LocalSystem"})",
      R"(service_install { name: "S" image_path: "C:\\d.sys" service_type: 1 start_type: 3 account: "LocalSystem" })");
  expect_operation(
      system +
          R"("ServiceType":"user mode service","StartType":"auto start","AccountName":"u","Domain":"D","AccountType":"User"})",
      R"(actor_user: "D\\u" service_install { name: "S" image_path: "C:\\d.sys" service_type: 16 start_type: 2 })");
}

TEST_F(MappingTest, Security4698And4702AreScheduledTasks) {
  expect_operation(security_line(4698, R"("TaskName":"\\T","TaskContent":"<Task/>")"),
                   R"(actor {} scheduled_task_register { name: "\\T" content: "<Task/>" })");
  expect_operation(
      security_line(4702, R"("TaskName":"\\T","TaskContentNew":"&lt;Task/&gt;","SourceModuleType":"im_msvistalog")"),
      R"(actor {} scheduled_task_register { name: "\\T" content: "<Task/>" updated: true })");
}

TEST_F(MappingTest, Security4719IsTheAuditPolicy) {
  expect_operation(
      security_line(
          4719,
          R"("CategoryId":"%%8278","SubcategoryId":"%%13829","SubcategoryGuid":"{0cce}","AuditPolicyChanges":"%%8448, %%8450")"),
      R"(audit_policy_change { category: "%%8278" subcategory: "{0cce}" changes: "%%8448, %%8450" })");
}

TEST_F(MappingTest, Security4946To4950And5447AreTheFirewall) {
  const std::string rule = R"("ProfileChanged":"All","RuleId":"{1}","RuleName":"R")";
  expect_operation(security_line(4946, rule),
                   R"(firewall_policy_change { kind: KIND_RULE_ADDED profile: "All" rule: "R" })");
  expect_operation(security_line(4947, rule),
                   R"(firewall_policy_change { kind: KIND_RULE_MODIFIED profile: "All" rule: "R" })");
  expect_operation(security_line(4948, R"("ProfileChanged":"All","RuleId":"{1}")"),
                   R"(firewall_policy_change { kind: KIND_RULE_DELETED profile: "All" rule: "{1}" })");
  expect_operation(security_line(4949, ""), R"(firewall_policy_change { kind: KIND_DEFAULTS_RESTORED })");
  expect_operation(
      security_line(
          4950, R"("ProfileChanged":"Domain","SettingType":"Enable Windows Defender Firewall","SettingValue":"No")"),
      R"(firewall_policy_change { kind: KIND_SETTING_CHANGED profile: "Domain" rule: "Enable Windows Defender Firewall" value: "No" })");
  expect_operation(
      security_line(5447, R"("ProcessId":"1912","UserName":"D\\u","FilterName":"F")"),
      R"(actor { pid: 1912 } actor_user: "D\\u" firewall_policy_change { kind: KIND_FILTER_CHANGED rule: "F" })");
}

TEST_F(MappingTest, Security4657IsARegistryValue) {
  expect_operation(
      security_line(
          4657,
          R"("ProcessId":"0x10","ProcessName":"a","ObjectName":"\\REGISTRY\\MACHINE\\K","ObjectValueName":"V","OperationType":"%%1905",
                                         "OldValueType":"%%1876","OldValue":"0x0","NewValueType":"%%1876","NewValue":"0x1F")"),
      R"(actor { pid: 16 } actor_image: "a" registry_set { key: "\\REGISTRY\\MACHINE\\K" value: "V" data: "31" type: REGISTRY_TYPE_DWORD previous_data: "0" })");
  expect_operation(
      security_line(4657, R"("ProcessId":"0x10","ObjectName":"K","ObjectValueName":"V","OperationType":"%%1906")"),
      R"(actor { pid: 16 } registry_delete { key: "K" value: "V" })");
}

TEST_F(MappingTest, Security4663And4656AreAccessesToFilesAndProcesses) {
  const auto line = [](int id, const std::string& type, const std::string& more = "") {
    return security_line(
        id, R"("ProcessId":"0x10","ProcessName":"a","ObjectName":"N","AccessMask":"0x6","ObjectType":")" + type + "\"" +
                more);
  };
  expect_operation(line(4663, "File"),
                   R"(actor { pid: 16 } actor_image: "a" file_access { path: "N" access_mask: 6 })");
  expect_operation(line(4663, "Process"),
                   R"(actor { pid: 16 } actor_image: "a" process_access { target_image: "N" access_mask: 6 })");
  expect_operation(line(4656, "Process"),
                   R"(actor { pid: 16 } actor_image: "a" process_access { target_image: "N" access_mask: 6 })");
  const std::string refused_line = R"(,"Keywords":-9218868437227405312)";  // 0x8010000000000000
  for (const std::string& meaningless : {line(4663, "Key"), line(4656, "File"), line(4656, "Process", refused_line)}) {
    const ImportReport report = import(meaningless);
    EXPECT_EQ(report.summary.mapped(), 0U) << meaningless;
    EXPECT_EQ(report.summary.unmapped(), 1U) << meaningless;
  }
}

TEST_F(MappingTest, Security5145IsARemoteAccess) {
  expect_operation(
      security_line(
          5145,
          R"("IpAddress":"::ffff:10.0.0.9","ShareName":"\\\\*\\C$","ShareLocalPath":"\\??\\C:\\","RelativeTargetName":"Windows\\System32\\drivers\\etc\\hosts",
                                         "AccessMask":"0x120089","SubjectUserName":"u","SubjectDomainName":"D")"),
      R"(actor_user: "D\\u" remote_client: "10.0.0.9" file_access { path: "C:\\Windows\\System32\\drivers\\etc\\hosts" access_mask: 1179785 remote: true })");
  expect_operation(
      security_line(
          5145, R"("IpAddress":"10.0.0.9","ShareName":"\\\\*\\IPC$","RelativeTargetName":"svcctl","AccessMask":"0x3")"),
      R"(remote_client: "10.0.0.9" pipe_connect { name: "\\svcctl" })");
}

TEST_F(MappingTest, GivesTheRestNoMeaning) {
  EXPECT_EQ(import(security_line(7045, R"("ServiceName":"S")")).summary.mapped(), 0U) << "the System log's";
  for (const int id : {4, 16, 24, 255}) {
    const ImportReport report = import(sysmon_line(id, with_actor(R"("State":"Started")")));
    EXPECT_EQ(report.summary.mapped(), 0U);
    ASSERT_EQ(report.summary.unmapped_event_size(), 1);
    EXPECT_EQ(report.summary.unmapped_event(0).provider(), "Microsoft-Windows-Sysmon");
    EXPECT_EQ(report.summary.unmapped_event(0).event_id(), static_cast<std::uint32_t>(id));
    EXPECT_EQ(report.summary.unmapped_event(0).events(), 1U);
  }
}

TEST_F(MappingTest, KnowsProvidersByNameBeforeChannel) {
  EXPECT_EQ(import(R"({"SourceName":"Other","Channel":"System","EventID":7045,"TimeCreated":"2020-01-01T00:00:00Z"})")
                .summary.mapped(),
            0U);
  EXPECT_EQ(import(R"({"Channel":"security","EventID":"4689","ProcessId":"9","TimeCreated":"2020-01-01T00:00:00Z"})")
                .summary.mapped(),
            1U);
  EXPECT_EQ(
      import(
          R"({"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":5,"ProcessId":9,"UtcTime":"2020-01-01 00:00:00"})")
          .summary.mapped(),
      1U);
  EXPECT_EQ(import(R"({"SourceName":"Service Control Manager","EventID":7036,"TimeCreated":"2020-01-01T00:00:00Z"})")
                .summary.mapped(),
            0U);
}

TEST_F(MappingTest, TheFirewallsLogNamesTheProgramThatChangedIt) {
  const auto event = [](int id, const std::string& data) {
    return R"({"Event":{"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Windows Firewall With Advanced Security"}},)"
           R"("EventID":)" +
           std::to_string(id) +
           R"(,"TimeCreated":{"#attributes":{"SystemTime":"2024-01-01T10:00:00.000Z"}}},"EventData":{)" + data +
           R"(,"ModifyingUser":"S-1-5-18","ModifyingApplication":"C:\\Windows\\System32\\netsh.exe"}}})"
           "\n";
  };
  import(event(2003, R"("Profiles":1,"SettingType":1,"SettingValue":"00000000","SettingValueString":"No")") +
         event(2004, R"("RuleId":"{1}","RuleName":"in","Profiles":2147483647)") +
         event(2006, R"("RuleId":"{1}","RuleName":"","Profiles":6)"));
  ASSERT_EQ(kept_.inputs.size(), 3U);
  const v1::FirewallPolicyChange& setting = kept_.operation(0).firewall_policy_change();
  EXPECT_EQ(setting.kind(), v1::FirewallPolicyChange::KIND_SETTING_CHANGED);
  EXPECT_EQ(setting.profile(), "Domain");
  EXPECT_EQ(setting.value(), "No");
  EXPECT_EQ(kept_.operation(0).actor_image(), R"(C:\Windows\System32\netsh.exe)");
  EXPECT_EQ(kept_.operation(0).actor_user(), "S-1-5-18");
  EXPECT_EQ(kept_.operation(1).firewall_policy_change().rule(), "in");
  EXPECT_EQ(kept_.operation(1).firewall_policy_change().profile(), "All");
  EXPECT_EQ(kept_.operation(2).firewall_policy_change().rule(), "{1}");
  EXPECT_EQ(kept_.operation(2).firewall_policy_change().profile(), "Private, Public");
  EXPECT_EQ(kept_.operation(2).firewall_policy_change().kind(), v1::FirewallPolicyChange::KIND_RULE_DELETED);

  using Policy = v1::FirewallPolicyChange;
  const struct {
    int id;
    Policy::Kind kind;
  } rules[] = {{2004, Policy::KIND_RULE_ADDED},
               {2005, Policy::KIND_RULE_MODIFIED},
               {2033, Policy::KIND_RULE_DELETED},
               {2097, Policy::KIND_RULE_ADDED},
               {2099, Policy::KIND_RULE_MODIFIED}};
  for (const auto& [id, kind] : rules) {
    import(event(id, R"("RuleId":"{1}")"));
    ASSERT_EQ(kept_.inputs.size(), 1U) << id;
    EXPECT_EQ(kept_.operation(0).firewall_policy_change().kind(), kind) << id;
  }
}

TEST_F(MappingTest, TheFirewallsLogIsReadWithTheIdsOfWindows10And11) {
  using Policy = v1::FirewallPolicyChange;
  const std::map<int, Policy::Kind> kinds = {
      {2002, Policy::KIND_SETTING_CHANGED}, {2003, Policy::KIND_SETTING_CHANGED},
      {2004, Policy::KIND_RULE_ADDED},      {2005, Policy::KIND_RULE_MODIFIED},
      {2006, Policy::KIND_RULE_DELETED},    {2032, Policy::KIND_DEFAULTS_RESTORED},
      {2033, Policy::KIND_RULE_DELETED},    {2052, Policy::KIND_RULE_DELETED},
      {2059, Policy::KIND_RULE_DELETED},    {2060, Policy::KIND_DEFAULTS_RESTORED},
      {2071, Policy::KIND_RULE_ADDED},      {2073, Policy::KIND_RULE_MODIFIED},
      {2082, Policy::KIND_SETTING_CHANGED}, {2083, Policy::KIND_SETTING_CHANGED},
      {2097, Policy::KIND_RULE_ADDED},      {2099, Policy::KIND_RULE_MODIFIED}};
  for (const auto& [id, kind] : kinds) {
    kept_.inputs.clear();
    import(R"({"SourceName":"Microsoft-Windows-Windows Firewall With Advanced Security","EventID":)" +
           std::to_string(id) +
           R"(,"TimeCreated":"2024-01-01T10:00:00Z","RuleName":"r","SettingType":"2","SettingValue":"02000000",)"
           R"("ModifyingUser":"S-1-5-18","ModifyingApplication":"C:\\x.exe"})");
    ASSERT_EQ(kept_.inputs.size(), 1U) << id;
    EXPECT_EQ(kept_.operation(0).firewall_policy_change().kind(), kind) << id;
    EXPECT_EQ(kept_.operation(0).actor_image(), R"(C:\x.exe)") << id;
    EXPECT_EQ(kept_.operation(0).actor_user(), "S-1-5-18") << id;
  }
}

TEST_F(MappingTest, TheTaskSchedulersLogTellsNewChangedAndDeletedTasks) {
  const auto event = [](int id, const std::string& data) {
    return R"({"Channel":"Microsoft-Windows-TaskScheduler/Operational","EventID":)" + std::to_string(id) +
           R"(,"TimeCreated":"2024-01-01T10:00:00Z","EventData":{"TaskName":"\\Updater",)" + data + "}}\n";
  };
  import(event(106, R"("UserContext":"PC1\\user")") + event(140, R"("UserName":"PC1\\user")") +
         event(141, R"("UserName":"PC1\\user")"));
  ASSERT_EQ(kept_.inputs.size(), 3U);
  EXPECT_EQ(kept_.operation(0).scheduled_task_register().name(), "\\Updater");
  EXPECT_FALSE(kept_.operation(0).scheduled_task_register().updated());
  EXPECT_EQ(kept_.operation(0).actor_user(), "PC1\\user");
  EXPECT_TRUE(kept_.operation(1).scheduled_task_register().updated());
  EXPECT_EQ(kept_.operation(2).file_delete().path(), R"(\SystemRoot\System32\Tasks\Updater)");
  EXPECT_EQ(kept_.operation(2).actor_user(), "PC1\\user");
}

// The tables are searched by id: they must hold each kind once, and ascending for their readers.
TEST(MappingTables, AreAscendingAndComplete) {
  for (const auto table : {sysmon_mappings(), security_mappings(), log_mappings()}) {
    for (std::size_t i = 1; i < table.size(); ++i) EXPECT_LT(table[i - 1].event_id, table[i].event_id);
    for (const EventMapping& row : table) {
      EXPECT_EQ(find_mapping(row.provider, row.event_id), &row);
      EXPECT_FALSE(row.becomes.empty());
      EXPECT_EQ(find_mapping(EventProvider::kOther, row.event_id), nullptr);
    }
  }
  std::size_t without_meaning = 0;
  for (std::uint32_t id = 1; id <= 29; ++id)
    without_meaning += find_mapping(EventProvider::kSysmon, id) == nullptr ? 1 : 0;
  EXPECT_EQ(without_meaning, 3U) << "4, 16 and 24";
}

// What the modules of winlogbeat and of the Elastic Agent moved into the Common Schema.
TEST_F(MappingTest, FieldsThatTheSecurityModuleMovedAreFound) {
  const auto line = [](int id, const std::string& data, const std::string& common) {
    return R"({"@timestamp":"2024-03-12T09:15:14.000Z","event":{"module":"security"},"winlog":{"channel":"Security","computer_name":"PC1",)"
           R"("provider_name":"Microsoft-Windows-Security-Auditing","event_id":)" +
           std::to_string(id) + R"(,"event_data":{)" + data + "}}," + common + "}\n";
  };
  expect_operation(
      line(4688, R"("ProcessId":"0x400","SubjectUserName":"u")",
           R"("process":{"pid":4711,"executable":"C:\\x.exe","command_line":"x","parent":{"executable":"C:\\p.exe"}})"),
      R"(actor { pid: 1024 } actor_image: "C:\\p.exe" actor_user: "u" process_start { pid: 4711 parent { pid: 1024 } image: "C:\\x.exe"
         command_line: "x" user: "u" parent_image: "C:\\p.exe" })");
  expect_operation(
      line(4688, R"("Status":"0x0")",
           R"("process":{"pid":4711,"executable":"C:\\x.exe","parent":{"pid":8,"executable":"C:\\p.exe"}})"),
      R"(actor { pid: 8 } actor_image: "C:\\p.exe" process_start { pid: 4711 parent { pid: 8 } image: "C:\\x.exe"
                      parent_image: "C:\\p.exe" })");
  expect_operation(line(4689, R"("Status":"0x1")", R"("process":{"pid":4711,"executable":"C:\\x.exe"})"),
                   R"(actor { pid: 4711 } actor_image: "C:\\x.exe" process_exit { exit_code: 1 })");
  expect_operation(line(4689, R"("Status":"0x1","ProcessId":"0x10","ProcessName":"C:\\own.exe")",
                        R"("process":{"pid":4711,"executable":"C:\\x.exe"})"),
                   R"(actor { pid: 16 } actor_image: "C:\\own.exe" process_exit { exit_code: 1 })");
  expect_operation(line(5145, R"("ShareName":"\\\\*\\C$","RelativeTargetName":"f","AccessMask":"0x2")",
                        R"("source":{"ip":"10.0.0.9","port":445})"),
                   R"(remote_client: "10.0.0.9" file_access { path: "\\\\*\\C$\\f" access_mask: 2 remote: true })");
  expect_operation(
      line(4719, R"("SubcategoryGuid":"{0cce}","AuditPolicyChanges":["8448","8450"])", R"("user":{"name":"u"})"),
      R"(audit_policy_change { subcategory: "{0cce}" changes: "[\"8448\",\"8450\"]" })");
}

TEST_F(MappingTest, FieldsThatTheSysmonModuleMovedAreFound) {
  const auto line = [](int id, const std::string& data, const std::string& common) {
    return R"({"@timestamp":"2024-03-12T09:15:14.000Z","winlog":{"channel":"Microsoft-Windows-Sysmon/Operational","computer_name":"PC1",)"
           R"("provider_name":"Microsoft-Windows-Sysmon","event_id":")" +
           std::to_string(id) + R"(","event_data":{)" + data + "}}," + common + "}\n";
  };
  const std::string process =
      R"("process":{"entity_id":"{d273d0f0-8065-5f67-ca06-000000000800}","pid":4711,"executable":"C:\\a.exe")";
  const std::string user = R"(,"user":{"domain":"D","name":"u"})";
  expect_operation(line(20, R"("Operation":"Created","Name":" \"C\"","Type":"Command Line")",
                        R"("process":{"executable":" \"cmd.exe /c x\"","name":"x\""})" + user),
                   R"(actor_user: "D\\u" wmi_subscription { part: PART_CONSUMER name: "C" content: "cmd.exe /c x" })");
  expect_operation(line(9, "", process + "}" + user + R"(,"file":{"path":"\\Device\\HarddiskVolume2"})"),
                   acted(R"(file_access { path: "\\Device\\HarddiskVolume2" access_mask: 1 })"));
  const std::string hash = R"(,"hash":{"md5":"cdcd","sha256":")" + std::string(64, 'a') + R"("}})";
  const std::string bytes = [] {
    std::string text;
    for (int i = 0; i < 32; ++i) text += "\\xAA";
    return text;
  }();
  for (const int id : {23, 26}) {
    expect_operation(
        line(id, "",
             process + hash + user +
                 R"(,"file":{"path":"C:\\f"},"sysmon":{"file":{"is_executable":true,"archived":true}})"),
        acted(R"(file_delete { path: "C:\\f" executable: true archived: true sha256: ")" + bytes + "\" }"));
  }
  expect_operation(line(25, "", process + "}" + user + R"(,"message":"Image is replaced")"),
                   acted(R"(process_tampering { technique: "Image is replaced" })"));
  expect_operation(line(25, R"("UtcTime":"2024-03-12 09:15:14.000","Type":"Image is replaced")",
                        process + "}" + user + R"(,"message":"Process Tampering:\r\nRuleName: -\r\nType: x")"),
                   acted(R"(process_tampering { technique: "Image is replaced" })"));
  const auto query = [&](const std::string& status) {
    return line(22, "",
                process + "}" + user + R"(,"dns":{"question":{"name":"a.example"}},"sysmon":{"dns":{"status":")" +
                    status + R"("}})");
  };
  expect_operation(query("DNS_ERROR_RCODE_NAME_ERROR"), acted(R"(dns_query { name: "a.example" status: 9003 })"));
  expect_operation(query("SUCCESS"), acted(R"(dns_query { name: "a.example" })"));
  expect_operation(query("1460"), acted(R"(dns_query { name: "a.example" status: 1460 })"));
  const ImportReport odd = import(query("SUCCESS") + query("NO_SUCH_WORD"));
  ASSERT_EQ(odd.malformed.size(), 1U) << "and never a success";
  EXPECT_THAT(odd.malformed[0].reason, HasSubstr("QueryStatus"));
}

TEST_F(MappingTest, Security4657MayTellInWordsWhatWasDone) {
  const auto kind_of = [&](const std::string& done) {
    const ImportReport report = import(
        security_line(4657, R"("ProcessId":"0x10","ObjectName":"K","ObjectValueName":"V","NewValueType":"REG_DWORD",)"
                            R"("NewValue":"0x1F","OperationType":")" +
                                done + "\""));
    EXPECT_EQ(kept_.inputs.size(), 1U);
    if (report.remarks.registry_kind_assumed != 0) return "assumed";
    return kept_.operation(0).has_registry_delete() ? "deleted" : "set";
  };
  for (const char* deleted : {"%%1906", "Registry value deleted", "registry value deleted."}) {
    EXPECT_EQ(kind_of(deleted), std::string("deleted"));
  }
  for (const char* set : {"%%1904", "%%1905", "New registry value created", "Existing registry value modified"}) {
    EXPECT_EQ(kind_of(set), std::string("set"));
    EXPECT_EQ(kept_.operation(0).registry_set().data(), "31");
  }
  EXPECT_EQ(kind_of("Registrierungswert geändert"), std::string("assumed"));
}

// A value that `field` may have.
std::string value_of(Field field) {
  switch (field) {
    case Field::kProcessGuid: return "{d273d0f0-8065-5f67-ca06-000000000800}";
    case Field::kCreationUtcTime: return "2020-09-04 07:06:10.123";
    case Field::kObjectType: return "Process";
    case Field::kProcessId:
    case Field::kNewProcessId:
    case Field::kGrantedAccess:
    case Field::kAccessMask:
    case Field::kDestinationPort:
    case Field::kQueryStatus: return "16";
    default: return "x";
  }
}

// What an event has of the field: `value_of`, "-", or not even the name.
enum class Has { kValue, kBlank, kNothing };

class EssentialFields : public MappingTest {
 protected:
  // The report on an event with nothing but what it needs, and of the need `odd` only `field`, as `has` says.
  ImportReport import_only(const EventMapping& row, std::size_t odd, Field field, Has has) {
    static constexpr const char* kProviders[] = {
        "Microsoft-Windows-Sysmon", "Microsoft-Windows-Security-Auditing", "Service Control Manager",
        "Microsoft-Windows-Windows Firewall With Advanced Security", "Microsoft-Windows-TaskScheduler"};
    std::string line = R"({"SourceName":")" + std::string(kProviders[static_cast<std::size_t>(row.provider)]) +
                       R"(","Computer":"PC1","TimeCreated":"2020-09-04T07:06:10Z","EventID":)" +
                       std::to_string(row.event_id);
    const auto add = [&](Field name, const std::string& value) {
      line += ",\"" + std::string(field_name(name)) + "\":\"" + value + "\"";
    };
    for (std::size_t i = 0; i < row.needs.size(); ++i) {
      const Field told = i == odd ? field : row.needs[i].fields[0];
      if (told == Field::kCount || (i == odd && has == Has::kNothing)) continue;
      add(told, i == odd && has == Has::kBlank ? "-" : value_of(told));
    }
    return import(std::string(kGood) + line + "}\n");
  }

  // Beside it, for a log of which nothing is understood is refused.
  static constexpr const char* kGood =
      R"({"SourceName":"Microsoft-Windows-Sysmon","Computer":"PC1","UtcTime":"2020-09-04 07:06:09","EventID":5,"ProcessId":9})"
      "\n";
};

TEST_F(EssentialFields, SufficeAndEachOfThemIsMissed) {
  std::vector<std::uint32_t> needless;
  for (const auto table : {sysmon_mappings(), security_mappings(), log_mappings()}) {
    for (const EventMapping& row : table) {
      if (row.needs[0].fields[0] == Field::kCount) needless.push_back(row.event_id);
      for (std::size_t i = 0; i < row.needs.size(); ++i) {
        const Need& need = row.needs[i];
        for (const Field field : need.fields) {
          if (field == Field::kCount) continue;
          const std::string which = std::to_string(row.event_id) + " " + std::string(field_name(field));
          EXPECT_EQ(import_only(row, i, field, Has::kValue).summary.mapped(), 2U) << which;
          EXPECT_EQ(import_only(row, i, field, Has::kBlank).summary.mapped(), 1U) << which;
          const ImportReport report = import_only(row, i, field, Has::kNothing);
          EXPECT_EQ(report.summary.mapped(), 1U) << which;
          ASSERT_EQ(report.malformed.size(), 1U) << which;
          EXPECT_THAT(report.malformed[0].reason, HasSubstr("it lacks the field " + need.text() + ",")) << which;
        }
      }
    }
  }
  EXPECT_THAT(needless, ::testing::ElementsAre(4949U, 2032U, 2060U)) << "which have none that tells more";
}

// The line of docs/importing.md whose first cell names this event; empty if there is none.
std::string documented(const EventMapping& row) {
  static constexpr const char* kProviders[] = {"Sysmon", "Security", "System", "Firewall", "TaskScheduler"};
  const std::string provider = kProviders[static_cast<std::size_t>(row.provider)];
  std::ifstream document(in_repository("docs/importing.md"));
  for (std::string line; std::getline(document, line);) {
    if (!line.starts_with("| " + provider + " ")) continue;
    const std::string cell = line.substr(0, line.find(" |"));
    if ((cell + ",").find(" " + std::to_string(row.event_id) + ",") != std::string::npos) return line;
  }
  return {};
}

// The last cell of a line: "Image; ProcessGuid or ProcessId".
std::string needs_in_words(const EventMapping& row) {
  std::string words;
  for (const Need& need : row.needs) {
    if (need.fields[0] != Field::kCount) words += (words.empty() ? "" : "; ") + need.text();
  }
  return words;
}

TEST(MappingTables, StandInTheDocumentation) {
  for (const auto table : {sysmon_mappings(), security_mappings(), log_mappings()}) {
    for (const EventMapping& row : table) {
      const std::string line = documented(row);
      std::istringstream names{std::string(row.becomes)};
      for (std::string name; names >> name;) {
        if (name.back() == ',') name.pop_back();
        EXPECT_THAT(line, HasSubstr("`" + name + "`")) << row.event_id;
      }
      const std::string needs = needs_in_words(row);
      EXPECT_THAT(line, ::testing::EndsWith(needs.empty() ? "| |" : "| " + needs + " |")) << row.event_id;
    }
  }
}

}  // namespace
}  // namespace holdfast
