#include "sensors/import/value_text.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <utility>

#include "engine/text/ascii.h"
#include "engine/text/hex.h"

namespace holdfast {
namespace {

template <typename Meaning>
struct Word {
  std::string_view text;
  Meaning meaning;
};

template <typename Meaning, std::size_t kWords>
Meaning look_up(std::string_view text, const Word<Meaning> (&words)[kWords], Meaning otherwise) {
  for (const Word<Meaning>& word : words) {
    if (word.text == text) return word.meaning;
  }
  return otherwise;
}

std::optional<std::uint64_t> parse_digits(std::string_view text, std::uint64_t base) {
  if (text.empty()) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    const int digit = hex_value(c);
    if (digit < 0 || static_cast<std::uint64_t>(digit) >= base) return std::nullopt;
    if (value > (std::numeric_limits<std::uint64_t>::max() - static_cast<std::uint64_t>(digit)) / base)
      return std::nullopt;
    value = value * base + static_cast<std::uint64_t>(digit);
  }
  return value;
}

// "0x00000001" inside Details.
std::optional<std::uint64_t> between(std::string_view text, std::string_view before, std::string_view after) {
  if (!text.starts_with(before) || !text.ends_with(after)) return std::nullopt;
  if (text.size() < before.size() + after.size()) return std::nullopt;
  return parse_number(text.substr(before.size(), text.size() - before.size() - after.size()));
}

// Two halves, the upper one first.
std::optional<std::uint64_t> parse_qword(std::string_view details) {
  constexpr std::string_view kBefore = "QWORD (";
  if (!details.starts_with(kBefore)) return std::nullopt;
  const std::size_t dash = details.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto high = parse_number(details.substr(kBefore.size(), dash - kBefore.size()));
  const auto low = between(details.substr(dash + 1), "", ")");
  if (!high || !low || *high > 0xFFFFFFFF || *low > 0xFFFFFFFF) return std::nullopt;
  return (*high << 32) | *low;
}

using Groups = std::array<std::uint16_t, 8>;

// Eight groups of hexadecimal digits, "::" for a run of zeros. False on anything else.
bool parse_ipv6(std::string_view text, Groups& groups) {
  groups.fill(0);
  std::size_t count = 0;
  std::optional<std::size_t> gap;
  std::size_t at = 0;
  if (text.starts_with("::")) {
    gap = 0;
    at = 2;
  }
  while (at < text.size()) {
    const std::size_t colon = std::min(text.find(':', at), text.size());
    const std::string_view digits = text.substr(at, colon - at);
    if (digits.empty()) {
      if (gap) return false;
      gap = count;
      at = colon + 1;
      continue;
    }
    const auto group = digits.size() <= 4 ? parse_digits(digits, 16) : std::nullopt;
    if (!group || count == groups.size()) return false;
    groups[count++] = static_cast<std::uint16_t>(*group);
    if (colon + 1 == text.size()) return false;
    at = colon + 1;
  }
  if (!gap) return count == groups.size();
  if (count == groups.size()) return false;
  for (std::size_t from = count; from > *gap; --from) {
    groups[groups.size() - 1 - (count - from)] = groups[from - 1];
    groups[from - 1] = 0;
  }
  return true;
}

void append_hex(std::uint16_t group, std::string& out) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  bool begun = false;
  for (int shift = 12; shift >= 0; shift -= 4) {
    const auto digit = static_cast<std::size_t>((group >> shift) & 0xF);
    if (digit != 0 || begun || shift == 0) {
      out += kDigits[digit];
      begun = true;
    }
  }
}

// The first of the longest runs of at least two zero groups.
struct Run {
  std::size_t begin = 0;
  std::size_t length = 0;
};

Run longest_zero_run(const Groups& groups) {
  Run longest;
  for (std::size_t begin = 0; begin < groups.size(); ++begin) {
    std::size_t length = 0;
    while (begin + length < groups.size() && groups[begin + length] == 0) ++length;
    if (length > longest.length) longest = {begin, length};
  }
  return longest.length >= 2 ? longest : Run{};
}

std::string write_ipv6(const Groups& groups) {
  const Run gap = longest_zero_run(groups);
  std::string out;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (gap.length > 0 && i == gap.begin) {
      out += "::";
      i += gap.length - 1;
      continue;
    }
    if (!out.empty() && out.back() != ':') out += ':';
    append_hex(groups[i], out);
  }
  return out;
}

// Statuses in winerror.h that end a query; what servers say of zones, policies and keys never does.
constexpr Word<std::uint32_t> kDnsStatuses[] = {
    {"SUCCESS", 0},
    {"ERROR_ACCESS_DENIED", 5},
    {"ERROR_NOT_ENOUGH_MEMORY", 8},
    {"ERROR_INVALID_DATA", 13},
    {"ERROR_OUTOFMEMORY", 14},
    {"ERROR_INVALID_NAME", 123},
    {"ERROR_INVALID_NETNAME", 1214},
    {"ERROR_CANCELLED", 1223},
    {"ERROR_TIMEOUT", 1460},
    {"ERROR_OBJECT_NOT_FOUND", 4312},
    {"DNS_ERROR_RCODE_FORMAT_ERROR", 9001},
    {"DNS_ERROR_RCODE_SERVER_FAILURE", 9002},
    {"DNS_ERROR_RCODE_NAME_ERROR", 9003},
    {"DNS_ERROR_RCODE_NOT_IMPLEMENTED", 9004},
    {"DNS_ERROR_RCODE_REFUSED", 9005},
    {"DNS_ERROR_RCODE_YXDOMAIN", 9006},
    {"DNS_ERROR_RCODE_YXRRSET", 9007},
    {"DNS_ERROR_RCODE_NXRRSET", 9008},
    {"DNS_ERROR_RCODE_NOTAUTH", 9009},
    {"DNS_ERROR_RCODE_NOTZONE", 9010},
    {"DNS_ERROR_RCODE_BADSIG", 9016},
    {"DNS_ERROR_RCODE_BADKEY", 9017},
    {"DNS_ERROR_RCODE_BADTIME", 9018},
    {"DNS_INFO_NO_RECORDS", 9501},
    {"DNS_ERROR_BAD_PACKET", 9502},
    {"DNS_ERROR_NO_PACKET", 9503},
    {"DNS_ERROR_RCODE", 9504},
    {"DNS_ERROR_UNSECURE_PACKET", 9505},
    {"DNS_REQUEST_PENDING", 9506},
    {"DNS_ERROR_INVALID_TYPE", 9551},
    {"DNS_ERROR_INVALID_IP_ADDRESS", 9552},
    {"DNS_ERROR_INVALID_PROPERTY", 9553},
    {"DNS_ERROR_TRY_AGAIN_LATER", 9554},
    {"DNS_ERROR_NOT_UNIQUE", 9555},
    {"DNS_ERROR_NON_RFC_NAME", 9556},
    {"DNS_STATUS_FQDN", 9557},
    {"DNS_STATUS_DOTTED_NAME", 9558},
    {"DNS_STATUS_SINGLE_PART_NAME", 9559},
    {"DNS_ERROR_INVALID_NAME_CHAR", 9560},
    {"DNS_ERROR_NUMERIC_NAME", 9561},
    {"DNS_ERROR_RECORD_DOES_NOT_EXIST", 9701},
    {"DNS_ERROR_RECORD_FORMAT", 9702},
    {"DNS_ERROR_UNKNOWN_RECORD_TYPE", 9704},
    {"DNS_ERROR_RECORD_TIMED_OUT", 9705},
    {"DNS_ERROR_NAME_NOT_IN_ZONE", 9706},
    {"DNS_ERROR_CNAME_LOOP", 9707},
    {"DNS_ERROR_NAME_DOES_NOT_EXIST", 9714},
    {"DNS_ERROR_NO_TCPIP", 9851},
    {"DNS_ERROR_NO_DNS_SERVERS", 9852},
    {"WSAECONNRESET", 10054},
    {"WSAENOBUFS", 10055},
    {"WSAETIMEDOUT", 10060},
};

struct HashName {
  std::string_view name;
  std::size_t digits;
};
constexpr std::size_t kSha256Digits = 64;
constexpr HashName kHashNames[] = {
    {"md5", 32}, {"imphash", 32}, {"sha1", 40}, {"sha-1", 40}, {"sha256", kSha256Digits}, {"sha-256", kSha256Digits},
};

// 0 where `word` is no hash's name.
std::size_t digits_of_hash_called(std::string_view word) {
  for (const HashName& known : kHashNames) {
    if (ascii::equal_without_case(known.name, word)) return known.digits;
  }
  return 0;
}

bool is_hash(std::string_view word) {
  const auto as_long = [&](const HashName& known) { return known.digits == word.size(); };
  return std::ranges::any_of(kHashNames, as_long) &&
         std::ranges::all_of(word, [](char c) { return hex_value(c) >= 0; });
}

}  // namespace

std::optional<std::uint64_t> parse_number(std::string_view text) {
  if (text.starts_with("0x") || text.starts_with("0X")) return parse_digits(text.substr(2), 16);
  return parse_digits(text, 10);
}

std::optional<std::uint64_t> start_of_process_guid(std::string_view text) {
  if (text.size() == 38 && text.front() == '{' && text.back() == '}') text = text.substr(1, 36);
  if (text.size() != 36) return std::nullopt;
  std::array<std::uint8_t, 16> bytes{};
  std::size_t digits = 0;
  bool all_zero = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (text[i] != '-') return std::nullopt;
      continue;
    }
    const int digit = hex_value(text[i]);
    if (digit < 0) return std::nullopt;
    bytes[digits / 2] = static_cast<std::uint8_t>((bytes[digits / 2] << 4) | digit);
    all_zero = all_zero && digit == 0;
    ++digits;
  }
  if (all_zero) return 0;
  const std::uint64_t seconds = (std::uint64_t{bytes[6]} << 24) | (std::uint64_t{bytes[7]} << 16) |
                                (std::uint64_t{bytes[4]} << 8) | std::uint64_t{bytes[5]};
  std::uint64_t hash = 0xCBF29CE484222325ULL;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i >= 4 && i < 8) continue;
    hash = (hash ^ bytes[i]) * 0x100000001B3ULL;
  }
  constexpr std::uint64_t kFingerprintBits = (1U << 29) - 1;  // below 10^9, so that it stays below the second
  return seconds * 1'000'000'000 + ((hash ^ (hash >> 32)) & kFingerprintBits);
}

std::optional<std::string> sha256_of_hashes(std::string_view hashes) {
  constexpr std::string_view kBetween = " ,;|=:\t\r\n";
  if (hashes == "Unknown") return std::string();  // Sysmon could not read the file
  std::size_t named_digits = 0;                   // of the hash whose name came last
  bool odd = false;
  for (;;) {
    hashes.remove_prefix(std::min(hashes.find_first_not_of(kBetween), hashes.size()));
    if (hashes.empty()) break;
    const std::string_view word = hashes.substr(0, hashes.find_first_of(kBetween));
    hashes.remove_prefix(word.size());
    if (const std::size_t digits = digits_of_hash_called(word); digits != 0) {
      named_digits = digits;
      continue;
    }
    const std::size_t digits = std::exchange(named_digits, 0);
    if (!is_hash(word) || (digits != 0 && digits != word.size())) {
      odd = true;
    } else if (word.size() == kSha256Digits) {
      // Sysmon writes zeros where it could not read the file.
      return word.find_first_not_of('0') == std::string_view::npos ? std::string() : bytes_of_hex(word);
    }
  }
  if (odd) return std::nullopt;
  return std::string();
}

v1::IntegrityLevel parse_integrity(std::string_view text) {
  static constexpr Word<v1::IntegrityLevel> kLevels[] = {
      {"Untrusted", v1::INTEGRITY_LEVEL_UNTRUSTED},
      {"S-1-16-0", v1::INTEGRITY_LEVEL_UNTRUSTED},
      {R"(Mandatory Label\Untrusted Mandatory Level)", v1::INTEGRITY_LEVEL_UNTRUSTED},
      {"Low", v1::INTEGRITY_LEVEL_LOW},
      {"S-1-16-4096", v1::INTEGRITY_LEVEL_LOW},
      {R"(Mandatory Label\Low Mandatory Level)", v1::INTEGRITY_LEVEL_LOW},
      {"AppContainer", v1::INTEGRITY_LEVEL_LOW},
      {"Medium", v1::INTEGRITY_LEVEL_MEDIUM},
      {"S-1-16-8192", v1::INTEGRITY_LEVEL_MEDIUM},
      {R"(Mandatory Label\Medium Mandatory Level)", v1::INTEGRITY_LEVEL_MEDIUM},
      {"S-1-16-8448", v1::INTEGRITY_LEVEL_MEDIUM},
      {R"(Mandatory Label\Medium Plus Mandatory Level)", v1::INTEGRITY_LEVEL_MEDIUM},
      {"High", v1::INTEGRITY_LEVEL_HIGH},
      {"S-1-16-12288", v1::INTEGRITY_LEVEL_HIGH},
      {R"(Mandatory Label\High Mandatory Level)", v1::INTEGRITY_LEVEL_HIGH},
      {"System", v1::INTEGRITY_LEVEL_SYSTEM},
      {"S-1-16-16384", v1::INTEGRITY_LEVEL_SYSTEM},
      {R"(Mandatory Label\System Mandatory Level)", v1::INTEGRITY_LEVEL_SYSTEM},
      {"Protected", v1::INTEGRITY_LEVEL_PROTECTED},
      {"S-1-16-20480", v1::INTEGRITY_LEVEL_PROTECTED},
      {R"(Mandatory Label\Protected Process Mandatory Level)", v1::INTEGRITY_LEVEL_PROTECTED},
  };
  return look_up(text, kLevels, v1::INTEGRITY_LEVEL_UNSPECIFIED);
}

std::string canonical_ip(std::string_view text) {
  constexpr std::string_view kMapped = "::ffff:";
  if (text.starts_with(kMapped) && text.find('.') != std::string_view::npos)
    return std::string(text.substr(kMapped.size()));
  Groups groups{};
  if (!parse_ipv6(text, groups)) return std::string(text);
  const bool mapped =
      groups[0] == 0 && groups[1] == 0 && groups[2] == 0 && groups[3] == 0 && groups[4] == 0 && groups[5] == 0xFFFF;
  if (!mapped) return write_ipv6(groups);
  return std::to_string(groups[6] >> 8) + "." + std::to_string(groups[6] & 0xFF) + "." +
         std::to_string(groups[7] >> 8) + "." + std::to_string(groups[7] & 0xFF);
}

RegistryPath split_registry_path(std::string_view target) {
  std::size_t split = target.rfind('\\');
  for (std::size_t i = 0; i + 3 < target.size(); ++i) {
    if (target[i] == '\\' && ascii::is_letter(target[i + 1]) && target[i + 2] == ':' && target[i + 3] == '\\') {
      split = i;
      break;
    }
  }
  if (split == std::string_view::npos) return {target, {}};
  const std::string_view value = target.substr(split + 1);
  return {target.substr(0, split), value == "(Default)" ? std::string_view() : value};
}

void set_registry_data(std::string_view details, v1::RegistrySet& set) {
  if (const auto dword = between(details, "DWORD (", ")")) {
    set.set_data(std::to_string(*dword));
    set.set_type(v1::REGISTRY_TYPE_DWORD);
  } else if (const auto qword = parse_qword(details)) {
    set.set_data(std::to_string(*qword));
    set.set_type(v1::REGISTRY_TYPE_QWORD);
  } else if (details == "Binary Data") {
    set.set_type(v1::REGISTRY_TYPE_BINARY);
  } else if (details != "(Empty)") {
    set.set_data(details.data(), details.size());
  }
}

v1::RegistryType parse_registry_type(std::string_view type) {
  static constexpr Word<v1::RegistryType> kTypes[] = {
      {"%%1873", v1::REGISTRY_TYPE_SZ},        {"REG_SZ", v1::REGISTRY_TYPE_SZ},
      {"%%1874", v1::REGISTRY_TYPE_EXPAND_SZ}, {"REG_EXPAND_SZ", v1::REGISTRY_TYPE_EXPAND_SZ},
      {"%%1875", v1::REGISTRY_TYPE_BINARY},    {"REG_BINARY", v1::REGISTRY_TYPE_BINARY},
      {"%%1876", v1::REGISTRY_TYPE_DWORD},     {"REG_DWORD", v1::REGISTRY_TYPE_DWORD},
      {"%%1879", v1::REGISTRY_TYPE_MULTI_SZ},  {"REG_MULTI_SZ", v1::REGISTRY_TYPE_MULTI_SZ},
      {"%%1883", v1::REGISTRY_TYPE_QWORD},     {"REG_QWORD", v1::REGISTRY_TYPE_QWORD},
  };
  return look_up(type, kTypes, v1::REGISTRY_TYPE_UNSPECIFIED);
}

std::optional<std::uint32_t> dns_status_called(std::string_view name) {
  constexpr std::uint32_t kNone = 0xFFFFFFFF;
  const std::uint32_t status = look_up(name, kDnsStatuses, kNone);
  return status == kNone ? std::nullopt : std::optional(status);
}

v1::SignatureStatus parse_signature_status(std::string_view is_signed, std::string_view status) {
  static constexpr Word<v1::SignatureStatus> kOfSigned[] = {
      {"Valid", v1::SIGNATURE_STATUS_VALID},
      {"Expired", v1::SIGNATURE_STATUS_EXPIRED},
      {"Revoked", v1::SIGNATURE_STATUS_REVOKED},
      {"errorUntrustedRoot", v1::SIGNATURE_STATUS_UNTRUSTED_ROOT},
      {"errorChaining", v1::SIGNATURE_STATUS_UNTRUSTED_ROOT},
      {"Unavailable", v1::SIGNATURE_STATUS_UNSPECIFIED},
      {"", v1::SIGNATURE_STATUS_UNSPECIFIED},
  };
  if (is_signed == "true") return look_up(status, kOfSigned, v1::SIGNATURE_STATUS_INVALID);
  if (is_signed != "false") return v1::SIGNATURE_STATUS_UNSPECIFIED;
  return status == "Unavailable" || status.empty() ? v1::SIGNATURE_STATUS_NONE
                                                   : look_up(status, kOfSigned, v1::SIGNATURE_STATUS_INVALID);
}

}  // namespace holdfast
