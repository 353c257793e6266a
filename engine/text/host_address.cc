#include "engine/text/host_address.h"

#include <algorithm>
#include <charconv>

#include "engine/text/ascii.h"
#include "engine/text/hex.h"

namespace holdfast {
namespace {

constexpr std::size_t kMappedPrefix = 12;

bool is_mapped(const HostAddress& address) {
  const auto& bytes = address.bytes;
  return std::all_of(bytes.begin(), bytes.begin() + 10, [](std::uint8_t byte) { return byte == 0; }) &&
         bytes[10] == 0xff && bytes[11] == 0xff;
}

// Decimal, 0x and hexadecimal, or 0 and octal.
std::optional<std::uint32_t> number_of_ipv4(std::string_view text) {
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    base = 16;
    text.remove_prefix(2);
  } else if (text.size() > 1 && text[0] == '0') {
    base = 8;
  }
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// One to four numbers: the last one stands for all bytes that are left.
std::optional<std::uint32_t> ipv4_of(std::string_view text) {
  constexpr unsigned kBits = 32;
  std::uint32_t value = 0;
  unsigned left = kBits;
  for (;;) {
    const std::size_t dot = text.find('.');
    const auto number = number_of_ipv4(text.substr(0, dot));
    if (!number) return std::nullopt;
    if (dot == std::string_view::npos) {
      if (left < kBits && *number >> left != 0) return std::nullopt;
      return value | *number;
    }
    left -= 8;
    if (*number > 0xff || left == 0) return std::nullopt;
    value |= *number << left;
    text.remove_prefix(dot + 1);
  }
}

void put(std::uint32_t ipv4, HostAddress& address, std::size_t at) {
  for (std::size_t i = 0; i < 4; ++i) address.bytes[at + i] = static_cast<std::uint8_t>(ipv4 >> (24 - 8 * i));
}

std::optional<std::uint32_t> group_of(std::string_view text) {
  if (text.empty() || text.size() > 4) return std::nullopt;
  std::uint32_t value = 0;
  for (const char digit : text) {
    if (hex_value(digit) < 0) return std::nullopt;
    value = value << 4U | static_cast<std::uint32_t>(hex_value(digit));
  }
  return value;
}

// Groups of 16 bits from the first byte on; at the end of the address the last two may be an IPv4 address. Gives where
// they end.
std::optional<std::size_t> put_groups(std::string_view text, bool at_end, HostAddress& address) {
  std::size_t at = 0;
  if (text.empty()) return at;
  for (;;) {
    const std::size_t colon = text.find(':');
    const std::string_view group = text.substr(0, colon);
    const bool dotted = group.contains('.');
    if (dotted && (!at_end || colon != std::string_view::npos)) return std::nullopt;
    if (at + (dotted ? 4U : 2U) > address.bytes.size()) return std::nullopt;
    const auto value = dotted ? ipv4_of(group) : group_of(group);
    if (!value) return std::nullopt;
    if (dotted) {
      put(*value, address, at);
      return at + 4;
    }
    address.bytes[at++] = static_cast<std::uint8_t>(*value >> 8U);
    address.bytes[at++] = static_cast<std::uint8_t>(*value);
    if (colon == std::string_view::npos) return at;
    text.remove_prefix(colon + 1);
  }
}

std::optional<HostAddress> ipv6_of(std::string_view text) {
  text = text.substr(0, text.find('%'));
  HostAddress address{.ipv6 = true};
  const std::size_t gap = text.find("::");
  const auto head = put_groups(text.substr(0, gap), gap == std::string_view::npos, address);
  if (!head) return std::nullopt;
  if (gap == std::string_view::npos) return *head == address.bytes.size() ? std::optional(address) : std::nullopt;
  HostAddress behind;
  const auto tail = put_groups(text.substr(gap + 2), true, behind);
  if (!tail || *head + *tail > address.bytes.size() - 2) return std::nullopt;
  std::copy_n(behind.bytes.begin(), *tail, address.bytes.end() - static_cast<std::ptrdiff_t>(*tail));
  return address;
}

}  // namespace

bool HostAddress::over_ipv4() const { return !ipv6 || is_mapped(*this); }

bool HostAddress::is_loopback() const {
  if (is_mapped(*this)) return bytes[kMappedPrefix] == 127;
  return std::all_of(bytes.begin(), bytes.end() - 1, [](std::uint8_t byte) { return byte == 0; }) && bytes.back() == 1;
}

std::optional<HostAddress> address_of_host(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) return ipv6_of(host.substr(1, host.size() - 2));
  if (host.contains(':')) return ipv6_of(host);
  const auto ipv4 = ipv4_of(host);
  if (!ipv4) return std::nullopt;
  HostAddress address;
  address.bytes[kMappedPrefix - 2] = address.bytes[kMappedPrefix - 1] = 0xff;
  put(*ipv4, address, kMappedPrefix);
  return address;
}

bool is_loopback_host(std::string_view host) {
  if (const auto address = address_of_host(host)) return address->is_loopback();
  constexpr std::string_view kName = "localhost";
  if (host.ends_with('.')) host.remove_suffix(1);
  if (host.size() < kName.size()) return false;
  const std::string_view rest = host.substr(0, host.size() - kName.size());
  return ascii::equal_without_case(host.substr(rest.size()), kName) && (rest.empty() || rest.ends_with('.'));
}

std::string_view host_of_authority(std::string_view authority) {
  const std::size_t bracket = authority.rfind(']');
  return authority.substr(0, authority.find(':', bracket == std::string_view::npos ? 0 : bracket));
}

std::string_view host_of_url(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  return host_of_authority(url.substr(0, url.find('/')));
}

}  // namespace holdfast
