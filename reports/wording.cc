#include "reports/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>
#include <vector>

#include "engine/text/units.h"
#include "engine/text/utf8.h"

namespace holdfast {
namespace {

constexpr std::string_view kLookalike = " (lookalike)";

constexpr std::uint64_t kMinute = 60 * kSecond_ns;
constexpr std::uint64_t kHour = 60 * kMinute;
constexpr std::uint64_t kDay = 24 * kHour;

template <typename Key>
struct Named {
  Key key;
  std::string_view name;
};

template <typename Key, std::size_t size>
std::string_view name_in(const std::array<Named<Key>, size>& table, Key key) {
  const auto* row = std::ranges::find(table, key, &Named<Key>::key);
  return row == table.end() ? std::string_view() : row->name;
}

constexpr auto kEventNames = std::to_array<Named<v1::MonitoredEvent>>({
    {v1::NEW_STARTUP_PROGRAM, "New Startup Program"},
    {v1::HOSTS_FILE_MODIFICATION, "Hosts File Modification"},
    {v1::PROGRAM_LIBRARY_INJECTION, "Program Library Injection"},
    {v1::NEW_INTERNET_EXPLORER_PLUGIN, "New Internet Explorer Plugin"},
    {v1::INTERNET_EXPLORER_SETTING_MODIFICATION, "Internet Explorer Setting Modification"},
    {v1::SHELL_MODIFICATION, "Shell Modification"},
    {v1::NEW_SERVICE, "New Service"},
    {v1::SECURITY_POLICY_MODIFICATION, "Security Policy Modification"},
    {v1::FIREWALL_POLICY_MODIFICATION, "Firewall Policy Modification"},
    {v1::SYSTEM_FILE_MODIFICATION, "System File Modification"},
    {v1::DUPLICATED_SYSTEM_FILE, "Duplicated System File"},
    {v1::LAYERED_SERVICE_PROVIDER, "Layered Service Provider"},
    {v1::SYSTEM_PROCESS_MODIFICATION, "System Process Modification"},
    {v1::SUSPICIOUS_BEHAVIOR, "Suspicious Behavior"},
    {v1::NEWLY_ENCOUNTERED_PROGRAM, "Newly Encountered Program"},
    {v1::UNAUTHORIZED_FILE_ENCRYPTION, "Unauthorized File Encryption"},
    {v1::THREAT_BEHAVIOR, "Threat Behavior"},
    {v1::USER_DEFINED, "User-Defined Policy"},
    {v1::COMPROMISED_EXECUTABLE, "Compromised Executable"},
});

constexpr auto kActionNames = std::to_array<Named<v1::MonitoredEventPolicy::Action>>({
    {v1::MonitoredEventPolicy::ASSESS, "Assess"},
    {v1::MonitoredEventPolicy::ALLOW, "Allow"},
    {v1::MonitoredEventPolicy::ASK_WHEN_NECESSARY, "Ask when necessary"},
    {v1::MonitoredEventPolicy::DENY, "Deny"},
});

constexpr auto kFailureWords = std::to_array<Named<v1::LookupFailure>>({
    {v1::LOOKUP_DNS_FAILURE, "a name on the way could not be resolved"},
    {v1::LOOKUP_NO_ROUTE, "no route leads there"},
    {v1::LOOKUP_REFUSED, "the connection was refused"},
    {v1::LOOKUP_CONNECT_TIMEOUT, "nobody took the connection in time"},
    {v1::LOOKUP_TLS_FAILURE, "its certificate or TLS failed the checks, or the TLS handshake did not end"},
    {v1::LOOKUP_PROXY_UNREACHABLE, "the proxy took no connection"},
    {v1::LOOKUP_PROXY_NEEDS_CREDENTIALS, "the proxy wants credentials"},
    {v1::LOOKUP_PROXY_REJECTED, "the proxy rejected the way"},
    {v1::LOOKUP_RESPONSE_TIMEOUT, "no response came in time"},
    {v1::LOOKUP_SHORT_BODY, "the response ended too early"},
    {v1::LOOKUP_EMPTY_REPLY, "the connection ended without a response"},
    {v1::LOOKUP_MALFORMED, "the response was not HTTP"},
    {v1::LOOKUP_TOO_LARGE, "the response was too large"},
    {v1::LOOKUP_CANCELLED, "the agent's network part gave up"},
    {v1::LOOKUP_NO_OUTCOME, "nobody told how the attempt ended"},
    {v1::LOOKUP_HTTP_STATUS, "the response had an error status"},
    {v1::LOOKUP_WRONG_CONTENT_TYPE, "the response was a page, not an answer"},
    {v1::LOOKUP_WRONG_SCHEMA, "the response was not an answer"},
    {v1::LOOKUP_OTHER_HASH, "the response was about another program"},
    {v1::LOOKUP_PURE_IPV6, "the agent has IPv6 only, and no proxy that converts"},
    {v1::LOOKUP_NO_NETWORK, "the agent has no network"},
    {v1::LOOKUP_PROXY_UNKNOWN, "the system told no proxy that can be used"},
    {v1::LOOKUP_CIRCUIT_OPEN, "too many attempts had failed just before, so nobody was asked"},
    {v1::LOOKUP_NO_HASH, "the sensor told no SHA-256 of the program"},
    {v1::LOOKUP_NO_SERVICE, "the settings name no service"},
    {v1::LOOKUP_TABLE_FULL, "too many questions were open already"},
    {v1::LOOKUP_BUDGET_SPENT, "the longest wait for it was over"},
});

constexpr auto kHealthWords = std::to_array<Named<v1::CloudStatus::Health>>({
    {v1::CloudStatus::REACHABLE, "reachable"},
    {v1::CloudStatus::DEGRADED, "degraded"},
    {v1::CloudStatus::CIRCUIT_OPEN, "circuit open"},
    {v1::CloudStatus::UNREACHABLE, "unreachable"},
});

constexpr auto kPlatformNames = std::to_array<Named<v1::Platform>>({
    {v1::WINDOWS_XP_X86, "Windows XP, 32-bit"},
    {v1::WINDOWS_XP_X64, "Windows XP, 64-bit"},
    {v1::WINDOWS_SERVER_2003_X86, "Windows Server 2003, 32-bit"},
    {v1::WINDOWS_SERVER_2003_X64, "Windows Server 2003, 64-bit"},
    {v1::WINDOWS_VISTA_X86, "Windows Vista, 32-bit"},
    {v1::WINDOWS_VISTA_X64, "Windows Vista, 64-bit"},
    {v1::WINDOWS_SERVER_2008_X86, "Windows Server 2008, 32-bit"},
    {v1::WINDOWS_SERVER_2008_X64, "Windows Server 2008, 64-bit"},
    {v1::WINDOWS_7_X86, "Windows 7, 32-bit"},
    {v1::WINDOWS_7_X64, "Windows 7, 64-bit"},
    {v1::WINDOWS_SERVER_2008_R2_X64, "Windows Server 2008 R2"},
    {v1::WINDOWS_8_X86, "Windows 8, 32-bit"},
    {v1::WINDOWS_8_X64, "Windows 8, 64-bit"},
    {v1::WINDOWS_SERVER_2012_X64, "Windows Server 2012"},
    {v1::WINDOWS_8_1_X86, "Windows 8.1, 32-bit"},
    {v1::WINDOWS_8_1_X64, "Windows 8.1, 64-bit"},
    {v1::WINDOWS_SERVER_2012_R2_X64, "Windows Server 2012 R2"},
    {v1::WINDOWS_10_X86, "Windows 10, 32-bit"},
    {v1::WINDOWS_10_X64, "Windows 10, 64-bit"},
    {v1::WINDOWS_SERVER_2016_X64, "Windows Server 2016"},
    {v1::WINDOWS_SERVER_2019_X64, "Windows Server 2019"},
    {v1::WINDOWS_11_X64, "Windows 11"},
    {v1::WINDOWS_SERVER_2022_X64, "Windows Server 2022"},
    {v1::WINDOWS_SERVER_2025_X64, "Windows Server 2025"},
});

constexpr auto kDecisionWords = std::to_array<Named<v1::Verdict::Decision>>({
    {v1::Verdict::ALLOW, "allowed"},
    {v1::Verdict::DENY, "denied"},
    {v1::Verdict::TERMINATE, "terminated"},
    {v1::Verdict::MOOT, "moot"},
});

constexpr auto kOperationVerbs = std::to_array<Named<std::string_view>>({
    {"process_start", "starts"},
    {"process_exit", "exits"},
    {"file_create", "creates"},
    {"file_write", "writes"},
    {"file_delete", "deletes"},
    {"file_rename", "renames"},
    {"file_time_change", "changes the creation time of"},
    {"file_access", "opens"},
    {"file_stream_create", "writes the stream"},
    {"registry_key_create", "creates the key"},
    {"registry_key_delete", "deletes the key"},
    {"registry_key_rename", "renames the key"},
    {"registry_set", "sets"},
    {"registry_delete", "deletes the value"},
    {"service_install", "installs"},
    {"scheduled_task_register", "registers"},
    {"driver_load", "loads the driver"},
    {"image_load", "loads"},
    {"remote_thread", "starts a thread in"},
    {"process_access", "opens the process"},
    {"process_tampering", "tampers with the image of"},
    {"process_terminate", "ends"},
    {"network_connect", "connects to"},
    {"dns_query", "looks up"},
    {"pipe_create", "creates"},
    {"pipe_connect", "connects to"},
    {"wmi_subscription", "changes"},
    {"audit_policy_change", "changes"},
    {"firewall_policy_change", "changes"},
    {"download", "downloads"},
});

struct OutcomeWords {
  Outcome outcome;
  std::string_view label;
  std::string_view word;
};
constexpr auto kOutcomeWords = std::to_array<OutcomeWords>({
    {Outcome::kPassed, "pass", "passed"},
    {Outcome::kAssessed, "assess", "assessed"},
    {Outcome::kAsked, "ASK", "asked"},
    {Outcome::kDenied, "DENY", "denied"},
    {Outcome::kTerminated, "TERMINATE", "terminated"},
    {Outcome::kMoot, "moot", "moot"},
});
static_assert(kOutcomeWords.size() == kOutcomes);

// The first (or last) `width` code points.
std::string_view first_characters(std::string_view text, std::size_t width) {
  std::size_t at = 0;
  for (; width > 0 && at < text.size(); --width) at += code_point_at(text, at).bytes;
  return text.substr(0, at);
}

std::string_view last_characters(std::string_view text, std::size_t width) {
  const std::size_t all = text_width(text);
  return all <= width ? text : text.substr(first_characters(text, all - width).size());
}

std::string clock_text(std::uint64_t ns) {
  return fmt::format("{:02}:{:02}:{:02}.{:03}", ns / kHour, ns / kMinute % 60, ns / kSecond_ns % 60,
                     ns / 1'000'000 % 1000);
}

}  // namespace

std::string_view event_name(v1::MonitoredEvent event) { return name_in(kEventNames, event); }
std::string_view action_name(v1::MonitoredEventPolicy::Action action) { return name_in(kActionNames, action); }
std::string_view failure_words(v1::LookupFailure failure) { return name_in(kFailureWords, failure); }
std::string_view health_word(v1::CloudStatus::Health health) { return name_in(kHealthWords, health); }
std::string_view platform_name(v1::Platform platform) { return name_in(kPlatformNames, platform); }
std::string_view decision_word(v1::Verdict::Decision decision) { return name_in(kDecisionWords, decision); }

std::string_view operation_verb(std::string_view operation) {
  const std::string_view verb = name_in(kOperationVerbs, operation);
  return verb.empty() ? operation : verb;
}

Outcome outcome_of(const v1::Verdict& verdict) {
  if (verdict.decision() == v1::Verdict::MOOT) return Outcome::kMoot;
  if (verdict.prompt_id() != 0) return Outcome::kAsked;
  if (verdict.decision() == v1::Verdict::DENY) return Outcome::kDenied;
  if (verdict.decision() == v1::Verdict::TERMINATE) return Outcome::kTerminated;
  return verdict.logged() || verdict.because() == v1::ACTION_IS_ASSESS ? Outcome::kAssessed : Outcome::kPassed;
}

std::string_view outcome_label(Outcome outcome) { return kOutcomeWords[static_cast<std::size_t>(outcome)].label; }
std::string_view outcome_word(Outcome outcome) { return kOutcomeWords[static_cast<std::size_t>(outcome)].word; }

std::string grouped(std::uint64_t number) {
  std::string text = fmt::format("{}", number);
  for (std::size_t at = text.size(); at > 3;) {
    at -= 3;
    text.insert(at, 1, ',');
  }
  return text;
}

std::string spoken_duration(std::uint64_t ns) {
  if (ns < kSecond_ns / 1000) return fmt::format("{} us", ns / 1000);
  if (ns < kSecond_ns / 10) return fmt::format("{} ms", ns / 1'000'000);
  if (ns < 10 * kSecond_ns) {
    const std::uint64_t hundredths = ns / 10'000'000;
    if (hundredths % 100 == 0) return fmt::format("{} s", hundredths / 100);
    return fmt::format("{}.{:02} s", hundredths / 100, hundredths % 100);
  }
  if (ns < 2 * kMinute) return fmt::format("{} s", ns / kSecond_ns);
  if (ns < 2 * kHour) return fmt::format("{} min", ns / kMinute);
  if (ns < 2 * kDay) {
    return ns / kMinute % 60 == 0 ? fmt::format("{} h", ns / kHour)
                                  : fmt::format("{} h {} min", ns / kHour, ns / kMinute % 60);
  }
  return ns / kHour % 24 == 0 ? fmt::format("{} d", ns / kDay) : fmt::format("{} d {} h", ns / kDay, ns / kHour % 24);
}

std::string shortened(std::string_view target, std::size_t width) {
  if (text_width(target) <= width) return std::string(target);
  const std::size_t root_end = target.find('\\', target.starts_with("\\\\") ? 2 : 0);
  if (root_end != std::string_view::npos) {
    const std::string head = std::string(target.substr(0, root_end)) + "\\…";
    // The longest tail of whole parts that fits.
    for (std::size_t at = target.find('\\', root_end + 1); at != std::string_view::npos;
         at = target.find('\\', at + 1)) {
      const std::string_view tail = target.substr(at);
      if (text_width(head) + text_width(tail) <= width) return head + std::string(tail);
    }
  }
  if (width < 3) return std::string(first_characters(target, width));
  const std::size_t front = (width - 1) / 3;
  return std::string(first_characters(target, front)) + "…" + std::string(last_characters(target, width - 1 - front));
}

std::size_t text_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size(); ++width) at += code_point_at(text, at).bytes;
  return width;
}

std::string padded(std::string_view text, std::size_t width) {
  std::string result(text);
  const std::size_t have = text_width(text);
  if (have < width) result.append(width - have, ' ');
  return result;
}

std::string printable(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    // U+0080 to U+009F are controls too: some terminals obey them.
    if (point.value < 0x20 || (point.value >= 0x7F && point.value < 0xA0)) {
      safe += fmt::format("\\x{:02x}", static_cast<std::uint32_t>(point.value));
    } else {
      append_utf8(point.value, safe);
    }
    at += point.bytes;
  }
  return safe;
}

bool is_lookalike(std::string_view path) {
  const bool rooted = path.starts_with('\\') || (path.size() > 2 && path[1] == ':' && path[2] == '\\');
  if (!rooted) return false;
  for (std::size_t begin = 0, end = 0; (end = path.find('\\', begin)) != std::string_view::npos; begin = end + 1) {
    const std::string_view part = path.substr(begin, end - begin);
    if (part.empty() || part == "." || part == "..") continue;
    const char last = part.back();
    if ((last >= '\0' && last <= ' ') || part.ends_with("..")) return true;
  }
  return false;
}

std::string shown_path(std::string_view path) {
  return printable(path) + (is_lookalike(path) ? std::string(kLookalike) : std::string());
}

std::string shown_file_name(std::string_view path) {
  return printable(file_name(path)) + (is_lookalike(path) ? std::string(kLookalike) : std::string());
}

std::string TimeText::at(std::uint64_t at_ns) const {
  return is_wall_clock() ? clock_text((started_wall_ns_ + at_ns) % kDay) : clock_text(at_ns);
}

std::uint64_t TimeText::day_number(std::uint64_t at_ns) const {
  return is_wall_clock() ? (started_wall_ns_ + at_ns) / kDay : 0;
}

std::string TimeText::day(std::uint64_t at_ns) const {
  if (!is_wall_clock()) return {};
  const std::chrono::year_month_day date{
      std::chrono::sys_days{std::chrono::days{static_cast<std::int64_t>(day_number(at_ns))}}};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

std::string day_heading(const TimeText& time, std::uint64_t at_ns, std::uint64_t& day) {
  if (!time.is_wall_clock() || time.day_number(at_ns) == day) return {};
  day = time.day_number(at_ns);
  return "  " + time.day(at_ns) + " (UTC)\n";
}

}  // namespace holdfast
