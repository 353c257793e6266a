// The engine of an agent that died, from what its flight recorder left: the last readable snapshot, and every input
// that followed.
//
//   auto recovered = recover("C:/ProgramData/Holdfast/flight");
//   if (*recovered) engine = std::move((*recovered)->engine);      // otherwise nothing was left: a new engine
//
// The new host numbers its inputs from next_sequence on, begins its clock no earlier than at_ns, carries out
// `unconfirmed`, and tells the engine AgentStarted. What the dead agent held it holds no more: each such operation gets
// its verdict then, ALLOW because AGENT_STOPPED, as its system has let it go.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/engine.h"
#include "engine/schema/error.h"
#include "engine/tables/tables.h"
#include "sensors/recording/disk.h"

namespace holdfast {

struct Recovered {
  std::uint64_t next_sequence = 1;
  std::uint64_t at_ns = 0;   // engine time of the last input
  std::uint64_t inputs = 0;  // taken after the snapshot
  std::string segment;       // where the snapshot lay
  bool torn = false;         // it ended without its trailer, as after a crash, or with damage
  // Outputs of the last input: the dead agent may have been killed before it carried them out, or after. Violations,
  // prompts and verdicts carry numbers by which who has them already knows.
  std::vector<v1::Output> unconfirmed;
  engine::Engine engine;
};

// Nothing: `folder` is missing or holds no readable snapshot. A segment whose snapshot cannot be read or restored is
// passed over for an older one; one that is damaged or torn counts as far as it is whole. Fails where the outputs that
// follow are not those that were recorded: another version of the engine decided, and going on would decide differently
// what was decided.
Expected<std::optional<Recovered>> recover(const std::string& folder,
                                           const engine::Tables& tables = engine::default_tables(),
                                           Disk& disk = system_disk());

}  // namespace holdfast
