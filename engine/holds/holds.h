// Operations that wait for a verdict: the one table of them, whomever they wait for. A prompt or a lookup knows them by
// their numbers, which mean nothing beyond this run: no state and no output names them.
//
//   const HoldId id = holds.add(std::move(hold));
//   ... holds.at(id) ...
//   const Hold hold = holds.take(id);   // its verdict follows, exactly once
#pragma once

#include <compare>
#include <cstdint>
#include <set>
#include <unordered_map>
#include <vector>

#include "engine/processes/program_key.h"
#include "engine/schema/error.h"
#include "engine/schema/state.pb.h"

namespace holdfast::engine {

using HoldId = std::uint64_t;

// Whom an operation waits for; a new kind is a new row here.
enum class Awaited : std::uint8_t { kPerson, kService };

struct Hold {
  v1::PendingState kept;    // the operation, its chain so far, what its verdict says
  ProgramKey process = {};  // the program it is judged by
  google::protobuf::RepeatedPtrField<v1::FindingState> found = {};  // how questions ended that it has waited for
  Awaited awaited = Awaited::kPerson;
  std::uint64_t of = 0;                // prompt or lookup
  std::uint64_t ends_at_ns = 0;        // its own bound; with kPerson
  std::uint64_t deadline_ns = 0;       // end of its budget; with kService
  std::uint64_t services_from_ns = 0;  // when that began; likewise
};

class Holds {
 public:
  // Most that operations which wait may take, as messages are encoded: as many as the settings allow may be long.
  static constexpr std::uint64_t kBytesMax = 64ULL * 1024 * 1024;

  // The number that the next one gets.
  HoldId next_id() const { return next_id_; }
  HoldId add(Hold hold);
  bool contains(HoldId id) const { return holds_.contains(id); }
  const Hold& at(HoldId id) const { return holds_.at(id).hold; }
  Hold& at(HoldId id) { return holds_.at(id).hold; }
  // What its verdict says may have changed since it was added; the operation, and whom it waits for, may not.
  Hold take(HoldId id);

  // A held operation of that number waits.
  bool waits(std::uint64_t operation_id) const { return held_operations_.contains(operation_id); }
  std::size_t size() const { return holds_.size(); }
  bool full() const { return bytes_ >= kBytesMax; }

  // Those who wait for a service, by program and operation: an order that a state tells as well.
  std::vector<HoldId> for_services() const;
  std::vector<HoldId> for_services(const ProgramKey& process) const;

  // Of a state that is being loaded. Fails on what no engine would keep: an event that nobody asks about, an operation
  // from the future, a held one that waits already.
  Expected<HoldId> load_one(Hold hold, std::uint64_t now_ns);

 private:
  struct Entry {
    Hold hold;
    std::uint64_t bytes = 0;
  };
  struct Place {
    std::uint32_t pid = 0;
    std::uint64_t start_ns = 0;
    std::uint64_t computer = 0;
    std::uint64_t operation_id = 0;
    std::uint64_t lookup_id = 0;
    std::uint64_t deadline_ns = 0;
    HoldId id = 0;
    auto operator<=>(const Place&) const = default;
  };
  static Place place_of(const Hold& hold, HoldId id);

  HoldId next_id_ = 1;
  std::uint64_t bytes_ = 0;
  std::unordered_map<HoldId, Entry> holds_;
  std::set<std::uint64_t> held_operations_;  // their numbers
  std::set<Place> for_services_;
};

}  // namespace holdfast::engine
