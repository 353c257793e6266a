#include "sim/checkers/single_flight.h"

#include <fmt/format.h>

namespace holdfast {

void SingleFlight::ends(std::uint64_t request_id) {
  std::erase_if(open_, [&](const auto& open) { return open.second == request_id; });
}

void SingleFlight::on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) {
  if (input.has_http_outcome()) ends(input.http_outcome().request_id());
  for (const v1::Output& output : outputs) {
    if (output.has_http_cancel()) ends(output.http_cancel().request_id());
    if (!output.has_http_request()) continue;
    const v1::HttpRequest& request = output.http_request();
    const auto [first, is_alone] = open_.emplace(request.url(), request.request_id());
    if (!is_alone) {
      breaks(input.at_ns(),
             fmt::format("request {} asks what request {} is asking already", request.request_id(), first->second));
    }
    if (request.deadline_ns() < input.at_ns()) {
      breaks(input.at_ns(), fmt::format("request {} has a deadline in the past", request.request_id()));
    }
  }
}

}  // namespace holdfast
