#include "engine/settings/law.h"

#include <utility>

namespace holdfast::engine {

Expected<Law> make_law(const v1::Settings& settings, const v1::AgentProfile& profile, bool service_running,
                       const Tables& tables, const Law* before) {
  HOLDFAST_TRY_DO(validate_profile(profile, tables));
  HOLDFAST_TRY_DO(validate_settings(settings));
  Law law;
  const bool same_profile = before != nullptr && before->profile.SerializeAsString() == profile.SerializeAsString();
  law.paths = same_profile ? before->paths : std::make_shared<const PathNormaliser>(profile);
  HOLDFAST_TRY(exceptions, ExceptionList::create(settings.exceptions(), *law.paths));
  law.exceptions = std::move(exceptions);
  law.settings = settings;
  law.profile = profile;
  law.effective = resolve_settings(settings, profile, service_running, tables);
  law.matcher.emplace(tables.events, *law.paths, tables.compiled_events);
  return law;
}

}  // namespace holdfast::engine
