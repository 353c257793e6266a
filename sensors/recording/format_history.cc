#include "sensors/recording/format_history.h"

#include "sensors/recording/format.h"

namespace holdfast {

void FormatHistory::upgrade(std::uint32_t version, v1::Record& record) const {
  for (const Upgrade& step : upgrades) {
    if (step.from >= version) step.record(record);
  }
}

namespace {

// Version 2 writes a long state in parts, which no record of version 1 is. Its states have no command lines.
void forget_command_lines(v1::Record& record) {
  if (!record.has_snapshot()) return;
  for (v1::ProcessState& known : *record.mutable_snapshot()->mutable_process()) {
    known.mutable_process()->clear_command_line();
  }
}

constexpr FormatHistory::Upgrade kUpgrades[] = {{.from = 1, .record = forget_command_lines}};

}  // namespace

const FormatHistory& format_history() {
  static const FormatHistory kHistory{.newest = recording_format::kVersion, .upgrades = kUpgrades};
  return kHistory;
}

}  // namespace holdfast
