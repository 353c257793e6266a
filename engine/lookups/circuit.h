// Circuit breaker and status of the services outside: after too many failures in a row nobody is asked for a while, so
// that programs do not wait for what will not come (DOMAIN 8).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/lookups/cloud_settings.h"
#include "engine/schema/error.h"
#include "engine/schema/output.pb.h"
#include "engine/schema/state.pb.h"

namespace holdfast::engine {

class Circuit {
 public:
  // Whether an attempt may begin: the circuit is closed, or its pause is over and nobody tries yet.
  bool admits(std::uint64_t now_ns, const CloudSettings& settings) const {
    const bool may_try = trying_ == 0 || !settings.rules.one_tries_the_open_circuit;
    return retry_at_ns_ == 0 || (now_ns >= retry_at_ns_ && may_try);
  }

  // An attempt of the lookup begins over `route`; while the circuit is open, it is the one that tries.
  void begins(std::uint64_t lookup_id, std::string route);
  // The lookup ends without telling anything about the service.
  void leaves(std::uint64_t lookup_id);
  // Another network or other settings: what failed before says nothing about it.
  void forget();

  // So much time passed that no clock of the engine shows: the pause of an open circuit is over the sooner.
  void age(std::uint64_t by_ns);

  // Somebody waited that long for a service.
  void waited(std::uint64_t wait_ns);

  // What an attempt told; each says so in `outputs` where the status changes by it.
  void answered(std::vector<v1::Output>& outputs);
  void failed(std::uint64_t lookup_id, v1::LookupFailure failure, std::uint64_t now_ns, const CloudSettings& settings,
              std::vector<v1::Output>& outputs);
  // No route leads there.
  void unreachable(v1::LookupFailure failure, std::vector<v1::Output>& outputs);

  void save(v1::CloudState& state) const;
  // Refuses a health that there is not.
  Expected<void> load(const v1::CloudState& state);

 private:
  void tell(v1::CloudStatus::Health health, std::vector<v1::Output>& outputs);

  std::uint32_t failures_ = 0;     // consecutive
  std::uint64_t retry_at_ns_ = 0;  // the circuit is open until then; 0: closed
  std::uint64_t trying_ = 0;       // lookup that tries whether it can be closed; 0: none
  v1::LookupFailure last_failure_ = v1::LOOKUP_FAILURE_UNSPECIFIED;
  v1::CloudStatus::Health health_ = v1::CloudStatus::HEALTH_UNSPECIFIED;  // as last told
  std::uint64_t longest_wait_ns_ = 0;                                     // since it was last told
  std::string route_;                                                     // of the last attempt
};

}  // namespace holdfast::engine
