// The small languages inside field values: numbers, GUIDs, hashes, addresses, Sysmon's way to write registry data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/schema/operation.pb.h"

namespace holdfast {

// "4711", "0x1b0"; nothing on anything else or beyond 64 bits.
std::optional<std::uint64_t> parse_number(std::string_view text);

// The start_ns of a ProcessKey for a Sysmon ProcessGuid: the seconds of the start, which the GUID holds in its second
// and third group ("{d273d0f0-8065-5f67-ca06-...}" is 0x5f678065), and below the second a fingerprint of the twelve
// other bytes, so that processes of several computers, or of one second, differ. 0 for the GUID of nothing (all zeros);
// nothing where `text` is no GUID. The fingerprint: FNV-1a with 64 bits over the bytes in the order of the text, its
// upper half folded onto the lower one by exclusive or, and of that the lower 29 bits.
std::optional<std::uint64_t> start_of_process_guid(std::string_view text);

// The SHA-256 of "SHA1=..,MD5=..,SHA256=..,IMPHASH=.." as 32 bytes, in any case of letters, with any signs between the
// words, and without names, where the count of digits tells which hash it is. Empty if only others are told, or that
// the file could not be read; nothing where the spelling is unknown.
std::optional<std::string> sha256_of_hashes(std::string_view hashes);

// "S-1-16-8192", "Medium", "Mandatory Label\Medium Mandatory Level", "AppContainer" (low); UNSPECIFIED for others.
v1::IntegrityLevel parse_integrity(std::string_view text);

// IPv6 as RFC 5952 wants it ("fe80:0:0:0:0:0:0:1" is "fe80::1"); an IPv4 address inside IPv6 as IPv4. Others unchanged.
std::string canonical_ip(std::string_view text);

// "HKLM\...\Run\Updater" is a key and a value's name; "(Default)" is the name "". A name that is itself a path
// ("...\Exclusions\Paths\C:\Tools") begins at its drive letter.
struct RegistryPath {
  std::string_view key;
  std::string_view value;
};
RegistryPath split_registry_path(std::string_view target);

// Sysmon's Details: "DWORD (0x00000001)" is "1", "QWORD (0x00000001-0x00000000)" is "4294967296", "Binary Data" an
// unknown binary, "(Empty)" the empty text, everything else a text of a type that Sysmon does not tell.
void set_registry_data(std::string_view details, v1::RegistrySet& set);

// Security 4657's NewValueType: "%%1876" is "REG_DWORD".
v1::RegistryType parse_registry_type(std::string_view type);

// The status of a name query by its name in winerror.h, "DNS_ERROR_RCODE_NAME_ERROR"; nothing on others.
std::optional<std::uint32_t> dns_status_called(std::string_view name);

// Sysmon's Signed, SignatureStatus: "true", "Valid".
v1::SignatureStatus parse_signature_status(std::string_view is_signed, std::string_view status);

}  // namespace holdfast
