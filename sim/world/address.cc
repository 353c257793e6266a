#include "sim/world/address.h"

#include <algorithm>

#include "engine/text/ascii.h"

namespace holdfast {
namespace {

constexpr std::size_t kAddressBytesMax = 263;  // a name of 255 bytes, brackets, colon and port
constexpr unsigned kPortMax = 65'535;

bool is_port(std::string_view text) {
  if (text.empty() || text.size() > 5 || !std::all_of(text.begin(), text.end(), ascii::is_digit)) return false;
  unsigned port = 0;
  for (const char c : text) port = port * 10 + static_cast<unsigned>(c - '0');
  return port >= 1 && port <= kPortMax;
}

bool is_host(std::string_view text) {
  const bool in_brackets = text.size() > 2 && text.front() == '[' && text.back() == ']';
  if (in_brackets) text = text.substr(1, text.size() - 2);
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return c > ' ' && c < 0x7F && c != '/' && c != '@' && c != '[' && c != ']' && (in_brackets || c != ':');
  });
}

}  // namespace

std::string fault_of_address(std::string_view text) {
  if (text.empty()) return "the address is empty";
  if (text.size() > kAddressBytesMax) return "the address is longer than any host's name";
  const std::size_t colon = text.rfind(':');
  std::string shown = '"' + std::string(text) + '"';
  if (colon == std::string_view::npos) return shown + " has no port";
  if (!is_port(text.substr(colon + 1))) return shown + " does not end with a port from 1 to 65535";
  if (!is_host(text.substr(0, colon))) return shown + " does not begin with the name or address of a host";
  return {};
}

}  // namespace holdfast
