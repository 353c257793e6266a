#include "engine/lookups/proxy_list.h"

#include <algorithm>
#include <optional>

#include "engine/lookups/cloud_settings.h"
#include "engine/text/ascii.h"
#include "engine/text/host_address.h"

namespace holdfast::engine {
namespace {

constexpr std::size_t kWaysMax = 16;
constexpr std::string_view kDirect = "DIRECT";
constexpr std::string_view kNothing = "null";    // of a script that forgot to return anything else
constexpr std::string_view kScheme = "http://";  // that Windows takes before a proxy
// Words of a PAC script before a proxy that is asked in plain HTTP.
constexpr std::string_view kProxyWords[] = {"PROXY", "HTTP"};
constexpr std::string_view kPortDefault = ":80";

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && ascii::is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && ascii::is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<std::string> way_of(std::string_view part) {
  if (ascii::equal_without_case(part, kDirect)) return "";
  if (ascii::equal_without_case(part, kNothing)) return std::nullopt;
  if (part.size() > kScheme.size() && ascii::equal_without_case(part.substr(0, kScheme.size()), kScheme)) {
    part.remove_prefix(kScheme.size());
  }
  const auto blank = std::ranges::find_if(part, ascii::is_blank);
  const std::string_view word = part.substr(0, static_cast<std::size_t>(blank - part.begin()));
  const bool spoken =
      std::ranges::any_of(kProxyWords, [&](std::string_view known) { return ascii::equal_without_case(word, known); });
  const bool names_address = word.size() < part.size();
  if (spoken != names_address) return std::nullopt;
  const std::string_view address = without_blanks(part.substr(spoken ? word.size() : 0));
  const std::string_view host = host_of_authority(address);
  if (fault_of_proxy_host(host)) return std::nullopt;
  if (host.size() == address.size()) return std::string(address) + std::string(kPortDefault);
  return is_tcp_port(address.substr(host.size() + 1)) ? std::optional(std::string(address)) : std::nullopt;
}

}  // namespace

bool is_proxy_list(std::string_view told) {
  return told.contains(';') || std::ranges::any_of(told, ascii::is_blank) || ascii::equal_without_case(told, kDirect);
}

std::vector<std::string> ways_of_proxy_list(std::string_view told) {
  std::vector<std::string> ways;
  while (!told.empty() && ways.size() < kWaysMax) {
    const std::size_t end = told.find(';');
    const std::string_view part = without_blanks(told.substr(0, end));
    told.remove_prefix(end == std::string_view::npos ? told.size() : end + 1);
    if (part.empty()) continue;
    if (auto way = way_of(part)) ways.push_back(*std::move(way));
  }
  return ways;
}

}  // namespace holdfast::engine
