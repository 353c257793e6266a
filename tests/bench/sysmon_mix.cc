#include "tests/bench/sysmon_mix.h"

#include <fmt/format.h>

#include "tests/support/random.h"

namespace holdfast::bench {
namespace {

constexpr const char* kImages[] = {
    "C:\\Windows\\System32\\svchost.exe",
    "C:\\Windows\\explorer.exe",
    "C:\\Windows\\System32\\RuntimeBroker.exe",
    "C:\\Program Files\\Mozilla Firefox\\firefox.exe",
    "C:\\Windows\\System32\\taskhostw.exe",
    "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
    "C:\\Users\\user\\AppData\\Local\\Tool\\tool.exe",
};
constexpr const char* kModules[] = {
    "C:\\Windows\\System32\\ntdll.dll",      "C:\\Windows\\System32\\kernel32.dll",
    "C:\\Windows\\System32\\KernelBase.dll", "C:\\Windows\\System32\\user32.dll",
    "C:\\Windows\\System32\\combase.dll",    "C:\\Program Files\\Mozilla Firefox\\xul.dll",
};
constexpr const char* kKeys[] = {
    "HKLM\\System\\CurrentControlSet\\Services\\bam\\State\\UserSettings\\S-1-5-21-1-2-3-1001",
    "HKU\\S-1-5-21-1-2-3-1001\\Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\UserAssist\\Count",
    "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Diagnostics\\DiagTrack\\HeartBeats",
    "HKLM\\System\\CurrentControlSet\\Services\\Tcpip\\Parameters\\Interfaces\\{8f2c}",
    "HKU\\S-1-5-21-1-2-3-1001_Classes\\Local Settings\\MuiCache\\1a\\52C64B7E",
};
constexpr const char* kFiles[] = {
    "C:\\Users\\user\\AppData\\Local\\Mozilla\\Firefox\\Profiles\\x.default\\cache2\\entries\\3F2A",
    "C:\\Windows\\Prefetch\\SVCHOST.EXE-1A2B3C4D.pf",
    "C:\\Windows\\Temp\\tmp1234.tmp",
    "C:\\ProgramData\\Microsoft\\Windows Defender\\Scans\\History\\CacheManager\\x.bin",
};

constexpr std::uint64_t kStart_ns = 1'600'000'000'000'000'000;

v1::ProcessKey key_of(std::uint64_t process) {
  v1::ProcessKey key;
  key.set_pid(static_cast<std::uint32_t>(4 * (process % 16'384) + 4));
  key.set_start_ns(kStart_ns + process);
  return key;
}

enum class Kind { kAccess, kKey, kModule, kValue, kFile, kConnection, kRunKey };

// Per mille, from the recording named in the header.
Kind kind_of(std::size_t per_mille) {
  if (per_mille < 600) return Kind::kAccess;
  if (per_mille < 680) return Kind::kKey;
  if (per_mille < 860) return Kind::kModule;
  if (per_mille < 950) return Kind::kValue;
  if (per_mille < 970) return Kind::kFile;
  if (per_mille < 999) return Kind::kConnection;
  return Kind::kRunKey;
}

void fill(Random& random, Kind kind, std::uint32_t processes, v1::Operation& operation) {
  switch (kind) {
    case Kind::kAccess:
      *operation.mutable_process_access()->mutable_target() = key_of(random.below(processes));
      operation.mutable_process_access()->set_target_image(random.one_of(kImages));
      operation.mutable_process_access()->set_access_mask(0x1000);
      return;
    case Kind::kKey: operation.mutable_registry_key_create()->set_key(random.one_of(kKeys)); return;
    case Kind::kModule: operation.mutable_image_load()->set_path(random.one_of(kModules)); return;
    case Kind::kValue:
      operation.mutable_registry_set()->set_key(random.one_of(kKeys));
      operation.mutable_registry_set()->set_value("LastKnown");
      operation.mutable_registry_set()->set_data("1");
      return;
    case Kind::kFile: operation.mutable_file_create()->set_path(random.one_of(kFiles)); return;
    case Kind::kConnection: operation.mutable_network_connect()->set_destination_ip("10.0.0.1"); return;
    case Kind::kRunKey:
      operation.mutable_registry_set()->set_key("HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Run");
      operation.mutable_registry_set()->set_value("Updater");
      operation.mutable_registry_set()->set_data("C:\\Users\\user\\updater.exe");
      return;
  }
}

}  // namespace

std::vector<v1::Input> opening(std::uint32_t processes, std::uint32_t exceptions) {
  std::vector<v1::Input> inputs;
  inputs.reserve(processes + 1);
  v1::AgentStarted& agent = *inputs.emplace_back().mutable_agent_started();
  agent.mutable_profile()->set_platform(v1::WINDOWS_10_X64);
  agent.mutable_settings()->mutable_event_monitoring()->set_enabled(true);
  agent.mutable_settings()->mutable_limits()->set_processes_max(4'000'000);
  agent.mutable_settings()->mutable_limits()->set_process_bytes_max(1U << 30U);
  for (std::uint32_t i = 0; i < exceptions; ++i) {
    // Every fourth one has wildcards; none covers the mix.
    agent.mutable_settings()->mutable_exceptions()->add_approved()->set_path(
        i % 4 == 0 ? fmt::format("C:\\Vendor{}\\*\\tool{}.exe", i, i) : fmt::format("C:\\Vendor{}\\bin\\tool.exe", i));
  }
  Random random(1);
  for (std::uint32_t i = 0; i < processes; ++i) {
    v1::Operation& operation = *inputs.emplace_back().mutable_operation();
    v1::Process& process = *operation.mutable_process_start();
    process.set_pid(key_of(i).pid());
    process.set_start_ns(key_of(i).start_ns());
    process.set_image(random.one_of(kImages));
    process.set_command_line("\"tool.exe\" --serve");
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) inputs[i].set_sequence(i + 1);
  return inputs;
}

std::vector<v1::Input> sysmon_mix(std::uint32_t count, std::uint32_t processes, std::uint64_t first_sequence) {
  Random random(2);
  std::vector<v1::Input> inputs(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    v1::Input& input = inputs[i];
    input.set_sequence(first_sequence + i);
    v1::Operation& operation = *input.mutable_operation();
    operation.set_id(first_sequence + i);
    *operation.mutable_actor() = key_of(random.below(processes));
    operation.set_actor_image("C:\\Windows\\System32\\svchost.exe");
    fill(random, kind_of(random.below(1'000)), processes, operation);
  }
  return inputs;
}

}  // namespace holdfast::bench
