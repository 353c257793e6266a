// Addresses of proxies as settings and requests write them: "proxy.example:3128", "[2001:db8::1]:3128".
#pragma once

#include <string>
#include <string_view>

namespace holdfast {

inline constexpr std::string_view kAddressExample = "write host and port: \"proxy.example:3128\"";

// Why `text` is no "host:port", in plain words; empty if it is one.
std::string fault_of_address(std::string_view text);

}  // namespace holdfast
