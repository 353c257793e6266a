// What a PAC script returns, and what Windows tells of several proxies, taken apart.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace holdfast::engine {

// Whether `told` is surely no single host: "PROXY a:3128; DIRECT", "a:3128;b:3128", "DIRECT".
bool is_proxy_list(std::string_view told);

// The ways in their order: "host:port", "" for a direct one: of "PROXY a:3128; DIRECT", "a:3128;b:3128", "a", "DIRECT".
// Left out are ways that nobody here can go (SOCKS, TLS to the proxy) and what is no host and port; the first 16 count.
// Nothing may be left.
std::vector<std::string> ways_of_proxy_list(std::string_view told);

}  // namespace holdfast::engine
