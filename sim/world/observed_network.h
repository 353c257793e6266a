// The network beyond an agent as its recording shows it: through which proxies services were asked, what they knew,
// when they failed and how.
//
//   ObservedNetwork network;
//   network.see(at_ns, output);          // every output
//   network.take(input.http_outcome());  // every outcome
//   network.tell(world);
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "engine/lookups/answer_reader.h"
#include "engine/schema/input.pb.h"
#include "engine/schema/output.pb.h"
#include "engine/schema/scenario.pb.h"
#include "engine/schema/state.pb.h"

namespace holdfast {

class ObservedNetwork {
 public:
  // What an agent in the midst of its life knows already.
  void begin_with(const v1::EngineState& state);
  void see(std::uint64_t at_ns, const v1::Output& output);
  // Gives why a World cannot say what happened; nothing: it can.
  std::optional<std::string_view> take(const v1::HttpOutcome& outcome);
  // Adds to `world` what was observed.
  void tell(v1::World& world) const;

 private:
  struct Requested {
    std::uint64_t at_ns = 0;
    v1::HttpRequest request;
  };

  void learn(v1::HttpRequest::Purpose purpose, const std::string& sha256, const engine::Answer& answer);
  std::optional<std::string_view> behaves(std::uint64_t since_ns, v1::ServiceBehaviour behaviour);

  v1::World world_;                                // proxies and phases
  std::map<std::uint64_t, Requested> requests_;    // under way, by their id
  std::map<std::string, v1::KnownProgram> known_;  // by SHA-256
};

}  // namespace holdfast
