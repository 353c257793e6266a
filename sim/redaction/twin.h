// Two engines side by side: one decides about an imported recording as it is, one about what it becomes.
#pragma once

#include <google/protobuf/message.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "engine/schema/error.h"
#include "sim/redaction/redact.h"

namespace holdfast {

struct TwinResult {
  std::uint64_t outputs = 0;
  std::string log_sha256;  // of the second engine
  std::optional<RedactionDifference> difference;
};

// Replays the recording under assess_everything() (sim/replay/replay.h), on Windows 10 where it names no platform. The
// first engine's outputs, redacted, must be the second one's, byte for byte.
Expected<TwinResult> decide_side_by_side(
    const std::string& path, const std::function<Expected<void>(google::protobuf::Message&)>& redact_message);

}  // namespace holdfast
