#include "cloud/metrics.h"

#include <fmt/format.h>

#include <algorithm>

namespace holdfast::cloud {

std::size_t Metrics::place_of(unsigned status) {
  const auto found = std::ranges::find(kStatuses, status);
  return found == kStatuses.end() ? kStatuses.size() - 1 : static_cast<std::size_t>(found - kStatuses.begin());
}

void Metrics::count(Endpoint endpoint, unsigned status, std::uint64_t took_ns) {
  const std::uint64_t took_us = took_ns / 1'000;
  ++requests_[static_cast<std::size_t>(endpoint)][place_of(status)];
  ++took_[static_cast<std::size_t>(std::ranges::lower_bound(kBounds_us, took_us) - kBounds_us.begin())];
  took_sum_us_ += took_us;
}

std::string Metrics::text() const {
  std::string text =
      "# HELP holdfast_requests_total Requests by what they asked for and how they were answered.\n"
      "# TYPE holdfast_requests_total counter\n";
  for (std::size_t endpoint = 0; endpoint < kEndpoints; ++endpoint) {
    for (std::size_t status = 0; status < kStatuses.size(); ++status) {
      const std::uint64_t number = requests_[endpoint][status];
      if (number == 0) continue;
      text += fmt::format("holdfast_requests_total{{endpoint=\"{}\",status=\"{}\"}} {}\n",
                          endpoint_name(static_cast<Endpoint>(endpoint)),
                          kStatuses[status] == 0 ? "other" : std::to_string(kStatuses[status]), number);
    }
  }
  text +=
      "# HELP holdfast_request_seconds Time from a request's header to its answer.\n"
      "# TYPE holdfast_request_seconds histogram\n";
  std::uint64_t so_far = 0;
  for (std::size_t i = 0; i < kBounds_us.size(); ++i) {
    so_far += took_[i];
    text += fmt::format("holdfast_request_seconds_bucket{{le=\"0.{:06}\"}} {}\n", kBounds_us[i], so_far);
  }
  so_far += took_.back();
  const std::uint64_t sum_us = took_sum_us_;
  text += fmt::format(
      "holdfast_request_seconds_bucket{{le=\"+Inf\"}} {0}\nholdfast_request_seconds_sum {1}.{2:06}\n"
      "holdfast_request_seconds_count {0}\n",
      so_far, sum_us / 1'000'000, sum_us % 1'000'000);
  return text;
}

}  // namespace holdfast::cloud
