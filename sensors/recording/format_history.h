// The versions that the format of recordings has had, and how an old recording is read: each row makes a record of one
// version one of the next, so that everybody else knows only the newest.
#pragma once

#include <cstdint>
#include <span>

#include "engine/schema/recording.pb.h"

namespace holdfast {

struct FormatHistory {
  struct Upgrade {
    std::uint32_t from = 0;
    void (*record)(v1::Record& record) = nullptr;
  };
  std::uint32_t newest = 2;
  std::span<const Upgrade> upgrades = {};  // one for each version before the newest, ascending

  // `record` was written by `version`.
  void upgrade(std::uint32_t version, v1::Record& record) const;
};

// What this program reads and writes.
const FormatHistory& format_history();

}  // namespace holdfast
