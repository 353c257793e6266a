// The law in force: settings and profile that passed every check, with all that is computed from them. Taken whole or
// not at all (DOMAIN 3).
#pragma once

#include <memory>
#include <optional>

#include "engine/exceptions/exception_list.h"
#include "engine/monitoring/event_rules.h"
#include "engine/path/windows_path.h"
#include "engine/schema/error.h"
#include "engine/schema/settings.pb.h"
#include "engine/settings/effective_settings.h"
#include "engine/tables/tables.h"

namespace holdfast::engine {

struct Law {
  v1::Settings settings;
  v1::AgentProfile profile;
  std::shared_ptr<const PathNormaliser> paths;  // of the profile; the matcher refers to it
  ExceptionList exceptions;
  EffectiveSettings effective;
  std::optional<EventMatcher> matcher;  // keeps scratch memory only
};

// Fails with the field of the settings or the profile that is refused. `service_running`: the Unauthorized Change
// Prevention Service runs where it is switched on. `tables` must outlive the law. `before`: another law by the same
// tables, null if there is none; what stays as it was is not made again.
Expected<Law> make_law(const v1::Settings& settings, const v1::AgentProfile& profile, bool service_running,
                       const Tables& tables, const Law* before = nullptr);

}  // namespace holdfast::engine
