// One row of Event Monitoring's table.
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/schema/settings.pb.h"

namespace holdfast::engine {

struct EventRule {
  std::string_view id;        // "startup.run-key": named in reasons and logs
  v1::MonitoredEvent event;
};

}  // namespace holdfast::engine
