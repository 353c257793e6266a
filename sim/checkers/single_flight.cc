#include "sim/checkers/single_flight.h"

#include <fmt/format.h>

namespace holdfast {

void SingleFlight::ends(std::uint64_t request_id) {
  const auto url = url_.find(request_id);
  if (url == url_.end()) return;
  const auto open = open_.find(url->second);
  if (open != open_.end() && open->second == request_id) open_.erase(open);
  url_.erase(url);
}

void SingleFlight::begins(const SeenStep& step, const v1::HttpRequest& request) {
  const auto [first, is_alone] = open_.emplace(request.url(), request.request_id());
  if (!is_alone) {
    breaks(step.now_ns,
           fmt::format("request {} asks what request {} is asking already", request.request_id(), first->second));
  } else {
    url_[request.request_id()] = request.url();
  }
  if (request.deadline_ns() < step.now_ns) {
    breaks(step.now_ns, fmt::format("request {} has a deadline in the past", request.request_id()));
  }
}

void SingleFlight::on_step(const SeenStep& step) {
  if (step.input.has_http_outcome() && step.counts) ends(step.input.http_outcome().request_id());
  for (const v1::Output& output : step.outputs) {
    if (output.has_http_cancel()) ends(output.http_cancel().request_id());
    if (output.has_http_request()) begins(step, output.http_request());
  }
}

}  // namespace holdfast
