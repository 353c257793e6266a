#include "sensors/import/clocks.h"

#include <algorithm>
#include <cstdlib>
#include <span>
#include <tuple>

namespace holdfast {
namespace {

constexpr std::int64_t kOffsetSecond = 1'000'000'000;
constexpr std::int64_t kOffsetMinute = 60 * kOffsetSecond;
constexpr std::int64_t kFarthestOffset = 26 * 60 * kOffsetMinute;

// What differences of zones and of clocks that were set wrong are whole numbers of, and how late events may come. Of
// two acts that happen to look alike, one in 225 lies a whole quarter apart.
struct Grain {
  std::int64_t ns;
  std::int64_t late_ns;
};
constexpr Grain kOfEvents[] = {{15 * kOffsetMinute, kOffsetMinute}, {kOffsetMinute, 5 * kOffsetSecond}};
constexpr Grain kOfLateEvents[] = {{15 * kOffsetMinute, kOffsetMinute}};
constexpr Grain kOfActs[] = {{15 * kOffsetMinute, 2 * kOffsetSecond}};

std::span<const Grain> grains_of(Witness witness) {
  switch (witness) {
    case Witness::kAct: return kOfActs;
    case Witness::kLateEvent: return kOfLateEvents;
    default: return kOfEvents;
  }
}

std::optional<std::int64_t> whole(std::int64_t difference, std::span<const Grain> grains) {
  if (std::abs(difference) > kFarthestOffset) return std::nullopt;
  for (const Grain& grain : grains) {
    const std::int64_t half = difference >= 0 ? grain.ns / 2 : -grain.ns / 2;
    const std::int64_t nearest = (difference + half) / grain.ns * grain.ns;
    if (std::abs(difference - nearest) <= grain.late_ns) return nearest;
  }
  return std::nullopt;
}

std::int64_t distance(const TaughtClock::Offset& offset, std::int64_t written_ns) {
  return std::max({offset.first_ns - written_ns, written_ns - offset.last_ns, std::int64_t{0}});
}

bool is_other_season(const TaughtClock::Offset& one, const TaughtClock::Offset& other) {
  return (one.ns - other.ns) % (30 * kOffsetMinute) == 0;
}

}  // namespace

// ---------------------------------------------------------------- one clock

void TaughtClock::learn(std::int64_t offset_ns, std::int64_t written_ns, std::uint64_t witnesses) {
  const auto known = std::ranges::find(offsets_, offset_ns, &Offset::ns);
  if (known == offsets_.end()) {
    if (offsets_.size() == kOffsetsMax) return;
    offsets_.push_back({.ns = offset_ns, .witnesses = witnesses, .first_ns = written_ns, .last_ns = written_ns});
    return;
  }
  known->witnesses += witnesses;
  known->first_ns = std::min(known->first_ns, written_ns);
  known->last_ns = std::max(known->last_ns, written_ns);
}

const TaughtClock::Offset& TaughtClock::usual() const {
  return *std::ranges::max_element(offsets_, {}, &Offset::witnesses);
}

const TaughtClock::Offset& TaughtClock::at(std::int64_t written_ns) const {
  const Offset& most = usual();
  const Offset* best = &most;
  for (const Offset& offset : offsets_) {
    if (is_other_season(offset, most) && distance(offset, written_ns) < distance(*best, written_ns)) best = &offset;
  }
  return *best;
}

bool TaughtClock::is_constant() const {
  const Offset& most = usual();
  return std::ranges::none_of(
      offsets_, [&](const Offset& offset) { return offset.ns != most.ns && is_other_season(offset, most); });
}

// ---------------------------------------------------------------- learning

bool Clocks::learn(const ClockName& name, std::int64_t written_ns, std::int64_t utc_ns, Witness witness,
                   std::uint64_t witnesses) {
  if (!learns_) return false;
  const std::optional<std::int64_t> offset = whole(utc_ns - written_ns, grains_of(witness));
  if (!offset) return false;
  Taught& taught = taught_[static_cast<std::size_t>(witness)];
  auto clock = taught.find(name);
  if (clock == taught.end()) {
    if (taught.size() == kClocksMax) return false;
    clock = taught.emplace(name, TaughtClock()).first;
    ++learnt_;
  }
  clock->second.learn(*offset, written_ns, witnesses);
  return true;
}

Clocks::Told* Clocks::told(const std::string& act) {
  if (!learns_ || act.empty()) return nullptr;
  const auto known = acts_.find(act);
  if (known != acts_.end()) return &known->second;
  return acts_.size() == kActsMax ? nullptr : &acts_[act];
}

void Clocks::sysmon_tells(const std::string& act, std::int64_t utc_ns) {
  Told* told_act = told(act);
  if (told_act == nullptr || told_act->utc_ns) return;
  told_act->utc_ns = utc_ns;
  for (const Written& written : told_act->written) learn(written.name, written.ns, utc_ns, Witness::kAct);
}

void Clocks::other_tells(const std::string& act, const ClockName& name, std::int64_t written_ns) {
  Told* told_act = told(act);
  if (told_act == nullptr || std::ranges::find(told_act->written, name, &Written::name) != told_act->written.end())
    return;
  told_act->written.push_back({name, written_ns});
  if (told_act->utc_ns) learn(name, written_ns, *told_act->utc_ns, Witness::kAct);
}

// ---------------------------------------------------------------- answering

const TaughtClock* Clocks::taught_by(Witness witness, const ClockName& name) const {
  const Taught& taught = taught_[static_cast<std::size_t>(witness)];
  const auto found = taught.find(name);
  return found == taught.end() ? nullptr : &found->second;
}

// The clock with most witnesses among those of which `same` holds; none where they differ.
template <typename Same>
const TaughtClock* Clocks::agreed(const Same& same) const {
  const TaughtClock* most = nullptr;
  for (const Witness witness : {Witness::kAct, Witness::kEvent}) {
    for (const auto& [name, clock] : taught_[static_cast<std::size_t>(witness)]) {
      if (!same(name)) continue;
      if (most != nullptr && most->usual().ns != clock.usual().ns) return nullptr;
      if (most == nullptr || clock.usual().witnesses > most->usual().witnesses) most = &clock;
    }
  }
  return most;
}

Clocks::Teaching Clocks::find(const ClockName& name) const {
  using Teacher = ImportedClock::Teacher;
  ClockName of_sysmon = name;
  of_sysmon.provider = EventProvider::kSysmon;
  if (const TaughtClock* clock = taught_by(Witness::kAct, name)) return {clock, Teacher::kActs};
  if (const TaughtClock* clock = taught_by(Witness::kEvent, of_sysmon)) return {clock, Teacher::kEvents};
  if (const TaughtClock* clock = taught_by(Witness::kLateEvent, of_sysmon)) return {clock, Teacher::kLateEvents};
  const auto same_field = [&name](const ClockName& other) {
    return other.source == name.source && other.has_zone == name.has_zone;
  };
  const auto same_computer = [&](const ClockName& other) {
    return same_field(other) && other.computer == name.computer;
  };
  if (const TaughtClock* clock = agreed(same_computer)) return {clock, Teacher::kItsOtherEvents};
  const auto same_log = [&](const ClockName& other) { return same_field(other) && other.log == name.log; };
  if (const TaughtClock* clock = agreed(same_log)) return {clock, Teacher::kOtherComputers};
  return {};
}

std::optional<std::int64_t> Clocks::offset_ns(const ClockName& name, std::int64_t written_ns, std::uint64_t events) {
  auto use = uses_.find(name);
  if (use == uses_.end()) {
    if (uses_.size() >= kClocksMax && !name.computer.empty()) {
      ClockName of_others = name;
      of_others.computer.clear();
      return offset_ns(of_others, written_ns, events);
    }
    use = uses_.emplace(name, Use{.teaching = find(name), .learnt = learnt_, .answers = {}}).first;
  }
  Use& used = use->second;
  if (used.learnt != learnt_) {
    used.teaching = find(name);
    used.learnt = learnt_;
  }
  std::optional<std::int64_t> offset;
  if (used.teaching.clock != nullptr) offset = used.teaching.clock->at(written_ns).ns;
  auto answer = std::ranges::find(used.answers, offset, &Answer::offset_ns);
  if (answer == used.answers.end()) {
    answer = used.answers.insert(answer, {.offset_ns = offset, .written_ns = written_ns, .events = 0});
  }
  answer->events += events;
  return offset;
}

bool Clocks::settled() const {
  if (!learns_) return true;
  return std::ranges::all_of(uses_, [this](const std::pair<const ClockName, Use>& use) {
    if (use.second.answers.size() > 1) return false;
    const std::optional<std::int64_t> answered = use.second.answers.front().offset_ns;
    const TaughtClock* clock = find(use.first).clock;
    if (clock == nullptr) return !answered;
    // Nobody knew: then a time that tells its zone was taken as it is.
    const bool same = answered ? *answered == clock->usual().ns : use.first.has_zone && clock->usual().ns == 0;
    return same && clock->is_constant();
  });
}

void Clocks::read_again() {
  learns_ = false;
  acts_.clear();
  uses_.clear();
}

std::vector<Clocks::Used> Clocks::used() const {
  std::vector<Used> used;
  for (const auto& use : uses_) {
    for (const Answer& answer : use.second.answers) {
      const Teaching teaching = find(use.first);
      if (!answer.offset_ns || teaching.clock == nullptr || answer.events == 0) continue;
      Used clock{.name = use.first, .offset_ns = *answer.offset_ns, .teacher = teaching.teacher};
      clock.name.log = 0;
      const auto same = [&clock](const Used& other) {
        return std::tie(other.name, other.offset_ns, other.teacher) ==
               std::tie(clock.name, clock.offset_ns, clock.teacher);
      };
      auto known = std::ranges::find_if(used, same);
      if (known == used.end()) known = used.insert(known, clock);
      known->witnesses += teaching.clock->at(answer.written_ns).witnesses;
      known->events += answer.events;
    }
  }
  return used;
}

}  // namespace holdfast
