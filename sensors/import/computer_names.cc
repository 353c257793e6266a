#include "sensors/import/computer_names.h"

#include <utility>

#include "engine/text/ascii.h"

namespace holdfast {
namespace {

std::string host_of(std::string_view name) { return ascii::lower_case(std::string(name.substr(0, name.find('.')))); }

bool has_domain(std::string_view name) { return name.find('.') != std::string_view::npos; }

}  // namespace

bool ComputerNames::learn(std::string_view name) {
  if (!has_domain(name) || name == last_) return true;
  last_ = name;
  std::string host_name = host_of(name);
  if (hosts_.size() >= kHostsMax && !hosts_.contains(host_name)) return true;
  Host& host = hosts_[std::move(host_name)];
  if (host.is_several || ascii::equal_without_case(host.whole, name)) return true;
  host.is_several = !host.whole.empty();
  if (host.whole.empty()) host.whole = name;
  return !host.was_given;
}

const std::string* ComputerNames::whole(std::string_view name) {
  if (name.empty() || has_domain(name)) return nullptr;
  std::string host_name = host_of(name);
  if (hosts_.size() >= kHostsMax && !hosts_.contains(host_name)) return nullptr;
  Host& host = hosts_[std::move(host_name)];
  host.was_given = true;
  return host.is_several || host.whole.empty() ? nullptr : &host.whole;
}

}  // namespace holdfast
