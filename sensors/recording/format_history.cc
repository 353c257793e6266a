#include "sensors/recording/format_history.h"

#include "sensors/recording/format.h"

namespace holdfast {

void FormatHistory::upgrade(std::uint32_t version, v1::Record& record) const {
  for (const Upgrade& step : upgrades) {
    if (step.from >= version) step.record(record);
  }
}

const FormatHistory& format_history() {
  static const FormatHistory kHistory{.newest = recording_format::kVersion, .upgrades = {}};
  return kHistory;
}

}  // namespace holdfast
