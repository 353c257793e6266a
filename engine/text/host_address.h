// Hosts that are written as addresses, in every spelling that network libraries take for one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace holdfast {

struct HostAddress {
  bool ipv6 = false;                     // how it is written: sockets of that family take it
  std::array<std::uint8_t, 16> bytes{};  // of IPv6; an IPv4 address is ::ffff:a.b.c.d

  // Packets go over IPv4, however the address is written.
  bool over_ipv4() const;
  bool is_loopback() const;
  bool operator==(const HostAddress&) const = default;
};

// Of "10.0.0.1", "167772161", "0xa.1", "012.0.0.1" and whatever else inet_aton takes, and of "[2001:db8::1]", with or
// without its brackets and zone; nothing where `host` is a name.
std::optional<HostAddress> address_of_host(std::string_view host);

// Whether `host` is a loopback address, or a name that always means one: localhost and what ends in .localhost
// (RFC 6761), with or without a dot at its end, in any case.
bool is_loopback_host(std::string_view host);

// "host" of "host:port" and "[address]:port"; all of it where there is no port.
std::string_view host_of_authority(std::string_view authority);
// "host" of "scheme://host:port/path".
std::string_view host_of_url(std::string_view url);

}  // namespace holdfast
