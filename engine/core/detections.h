// Detections of other modules of the agent that wait for a service's answer (DOMAIN 8).
#pragma once

#include <cstdint>
#include <map>

#include "engine/lookups/lookups.h"
#include "engine/schema/error.h"
#include "engine/schema/input.pb.h"
#include "engine/schema/output.pb.h"
#include "engine/settings/effective_settings.h"
#include "engine/step/step.h"

namespace holdfast::engine {

class Detections {
 public:
  // Of a name or path of the detecting module; what is longer is cut.
  static constexpr std::size_t kTextBytesMax = 4'096;

  // Why the detecting module may not ask, which is its answer; nothing where it may. A module that there is not is
  // none.
  static std::optional<v1::Reason> refusal(const v1::Detection& detection, const CertifiedSafeSoftware& service);
  static bool names_a_module(const v1::Detection& detection);

  // One that waits from now on, and its number, which means nothing beyond this run.
  std::uint64_t add(const v1::Detection& detection);
  const v1::Detection& at(std::uint64_t id) const { return waiting_.at(id); }
  v1::Detection take(std::uint64_t id);

  // Tells the module.
  static void answer(const v1::Detection& detection, v1::SafeSoftwareAnswer::Verdict verdict, v1::Reason because,
                     std::uint64_t asked_at_ns, Step& step);
  static void answer(const v1::Detection& detection, const Finding& finding, std::uint64_t asked_at_ns, Step& step);

 private:
  std::uint64_t next_id_ = 1;
  std::map<std::uint64_t, v1::Detection> waiting_;
};

}  // namespace holdfast::engine
