// What is different for a while: the phases of a scenario's world, looked up by time.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/schema/scenario.pb.h"

namespace holdfast {

// Fields that no phase sets stay as they are.
struct PhaseEffect {
  v1::ServiceBehaviour service = v1::SERVICE_BEHAVIOUR_UNSPECIFIED;
  v1::ProxyBehaviour proxy = v1::PROXY_BEHAVIOUR_UNSPECIFIED;
  std::optional<std::uint64_t> latency_ns;
};

class Phases {
 public:
  // Of a world that check_world found good.
  explicit Phases(const v1::World& world);

  // Of all phases that cover the time; where several set a field, the last one of the file wins.
  PhaseEffect at(std::uint64_t at_ns) const;

 private:
  struct Window {
    std::uint64_t from_ns = 0;
    std::uint64_t lasts_ns = 0;
    std::uint64_t every_ns = 0;  // 0: once
    PhaseEffect effect;
    bool covers(std::uint64_t at_ns) const;
  };
  std::vector<Window> windows_;
};

}  // namespace holdfast
