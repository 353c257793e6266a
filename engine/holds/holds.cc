#include "engine/holds/holds.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/settings/effective_settings.h"
#include "engine/step/step.h"
#include "engine/text/check.h"
#include "engine/verdicts/reasons.h"

namespace holdfast::engine {
namespace {

bool is_asked_about(v1::MonitoredEvent event) {
  return event == v1::NEWLY_ENCOUNTERED_PROGRAM || std::ranges::find(kMonitoredEvents, event) != kMonitoredEvents.end();
}

}  // namespace

Holds::Place Holds::place_of(const Hold& hold, HoldId id) {
  return {.pid = hold.process.pid,
          .start_ns = hold.process.start_ns,
          .computer = hold.process.computer,
          .operation_id = hold.kept.operation().id(),
          .lookup_id = hold.of,
          .deadline_ns = hold.deadline_ns,
          .id = id};
}

HoldId Holds::add(Hold hold) {
  const HoldId id = next_id_++;
  // Of what stays the same while it waits, so that a state that is loaded counts alike.
  const v1::PendingState& kept = hold.kept;
  const std::uint64_t bytes = kept.operation().ByteSizeLong() + kept.program().size() + kept.target().size();
  bytes_ += bytes;
  if (is_held(hold.kept.operation())) held_operations_.insert(hold.kept.operation().id());
  if (hold.awaited == Awaited::kService) for_services_.insert(place_of(hold, id));
  holds_.emplace(id, Entry{.hold = std::move(hold), .bytes = bytes});
  return id;
}

Hold Holds::take(HoldId id) {
  const auto found = holds_.find(id);
  check(found != holds_.end(), "a held operation ends once");
  Hold hold = std::move(found->second.hold);
  bytes_ -= found->second.bytes;
  holds_.erase(found);
  if (is_held(hold.kept.operation())) held_operations_.erase(hold.kept.operation().id());
  if (hold.awaited == Awaited::kService) for_services_.erase(place_of(hold, id));
  return hold;
}

std::vector<HoldId> Holds::for_services() const {
  std::vector<HoldId> ids;
  ids.reserve(for_services_.size());
  std::ranges::transform(for_services_, std::back_inserter(ids), &Place::id);
  return ids;
}

std::vector<HoldId> Holds::for_services(const ProgramKey& process) const {
  std::vector<HoldId> ids;
  const Place first{.pid = process.pid, .start_ns = process.start_ns, .computer = process.computer};
  const auto is_its = [&](const Place& place) {
    return place.pid == first.pid && place.start_ns == first.start_ns && place.computer == first.computer;
  };
  for (auto place = for_services_.lower_bound(first); place != for_services_.end() && is_its(*place); ++place) {
    ids.push_back(place->id);
  }
  return ids;
}

Expected<HoldId> Holds::load_one(Hold hold, std::uint64_t now_ns) {
  const v1::Operation& operation = hold.kept.operation();
  if (operation.what_case() == v1::Operation::WHAT_NOT_SET) return bad_state("operation", "it does nothing");
  if (!is_asked_about(hold.kept.event())) return bad_state("event", "nobody asks about such an event");
  if ((hold.kept.new_facts() & ~kProcessFacts) != 0) {
    return bad_state("new_facts", "it has bits that this engine does not know");
  }
  if (hold.kept.asked_at_ns() > now_ns) return bad_state("asked_at_ns", "it lies in the future");
  if (is_held(operation) && waits(operation.id())) return bad_state("operation.id", "such an operation waits already");
  return add(std::move(hold));
}

}  // namespace holdfast::engine
