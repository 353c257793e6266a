#include "sim/checkers/approved_never_asked.h"

#include <fmt/format.h>

#include <algorithm>

namespace holdfast {

void ApprovedNeverAsked::on_step(const v1::Input& input, const std::vector<v1::Output>& outputs) {
  for (const v1::Output& output : outputs) {
    if (!output.has_verdict() || output.verdict().prompt_id() == 0) continue;
    const auto says = [&](v1::ReasonCode code) {
      return std::ranges::any_of(output.verdict().reason(),
                                 [&](const v1::Reason& reason) { return reason.code() == code; });
    };
    // New settings can approve a program while its prompt is open.
    if (!says(v1::ON_APPROVED_LIST) || says(v1::SETTINGS_CHANGED_MEANWHILE)) continue;
    breaks(input.at_ns(), fmt::format("prompt {} asked about operation {} of an approved program",
                                      output.verdict().prompt_id(), output.verdict().operation_id()));
  }
}

}  // namespace holdfast
