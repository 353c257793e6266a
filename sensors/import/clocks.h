// What the clocks that events are told by differ from UTC. Collectors write local time without a zone, and some write
// local time and call it UTC. Sysmon's events tell UTC beside it, and what Sysmon tells in UTC other logs tell as well.
// The difference, up to 26 hours (two zones, one of them added with the wrong sign), then counts for all events of the
// clock.
//
//   clocks.learn({.log = 1, .computer = "pc1", .source = TimeSource::kEventTime}, written_ns, utc_ns, Witness::kEvent);
//   if (auto offset_ns = clocks.offset_ns(name, written_ns)) utc_ns = written_ns + *offset_ns;
//   if (!clocks.settled()) clocks.read_again();  // some events came before those that teach
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sensors/import/event_mapping.h"
#include "sensors/import/event_time.h"
#include "sensors/import/import.h"

namespace holdfast {

// Who tells what a clock differs from UTC.
enum class Witness : std::uint8_t {
  kAct,        // an act that Sysmon tells as well
  kEvent,      // an event of Sysmon, with UTC beside it
  kLateEvent,  // one that Sysmon reports later than it happened
  kCount,
};

// Of one field that tells a time, in what one log tells of one computer.
struct ClockName {
  std::uint32_t log = 0;
  std::string computer;  // in lower case
  TimeSource source = TimeSource::kSystemTime;
  bool has_zone = false;                            // written beside it; it may be wrong
  EventProvider provider = EventProvider::kSysmon;  // whose events

  auto operator<=>(const ClockName&) const = default;
};

// The offsets that one clock was seen to have, each with the span of the clock's times where it was: a zone has
// another one in summer.
class TaughtClock {
 public:
  struct Offset {
    std::int64_t ns = 0;
    std::uint64_t witnesses = 0;
    std::int64_t first_ns = 0;
    std::int64_t last_ns = 0;
  };

  void learn(std::int64_t offset_ns, std::int64_t written_ns, std::uint64_t witnesses);
  // The one that most witnesses tell; the earliest of several. At least one was learnt.
  const Offset& usual() const;
  // The one that counts at a time: the usual one, or where it was seen nearer, one that differs by whole half hours.
  const Offset& at(std::int64_t written_ns) const;
  bool is_constant() const;

 private:
  static constexpr std::size_t kOffsetsMax = 16;

  std::vector<Offset> offsets_;
};

class Clocks {
 public:
  static constexpr std::size_t kClocksMax = 1'024;  // those of further computers count as one
  static constexpr std::size_t kActsMax = 16'384;

  // What was written, and what it is in UTC. Only whole quarters of an hour teach, to within a minute, and whole
  // minutes, to within five seconds: anything else was reported late. Of acts and late events only quarters count.
  // `witnesses`: 0 at a first look at what will be learnt. False where this taught nothing.
  bool learn(const ClockName& name, std::int64_t written_ns, std::int64_t utc_ns, Witness witness,
             std::uint64_t witnesses = 1);
  // An act that Sysmon tells, in UTC, and one that another log tells, by a clock of its own. The first of a name
  // counts.
  void sysmon_tells(const std::string& act, std::int64_t utc_ns);
  void other_tells(const std::string& act, const ClockName& name, std::int64_t written_ns);

  // What to add to a time of this clock; nothing where nobody tells. A clock without a witness of its own has the
  // offset of its computer's other events, in its log or else in any, or of its log's other computers, where these
  // agree. `events`: how many get this time.
  std::optional<std::int64_t> offset_ns(const ClockName& name, std::int64_t written_ns, std::uint64_t events = 1);

  // True if everything that was answered would be answered again.
  bool settled() const;
  // Keeps what was learnt, and learns no more.
  void read_again();
  bool learns() const { return learns_; }

  struct Used {
    ClockName name;  // of whatever log
    std::int64_t offset_ns = 0;
    ImportedClock::Teacher teacher = ImportedClock::Teacher::kNobody;
    std::uint64_t witnesses = 0;
    std::uint64_t events = 0;
  };
  // The offsets that were answered.
  std::vector<Used> used() const;

 private:
  struct Teaching {
    const TaughtClock* clock = nullptr;
    ImportedClock::Teacher teacher = ImportedClock::Teacher::kNobody;
  };
  struct Answer {
    std::optional<std::int64_t> offset_ns;
    std::int64_t written_ns = 0;  // of the first time that got it
    std::uint64_t events = 0;
  };
  struct Use {
    Teaching teaching;
    std::uint64_t learnt = 0;  // when it was looked for
    std::vector<Answer> answers;
  };
  struct Written {
    ClockName name;
    std::int64_t ns = 0;
  };
  struct Told {
    std::optional<std::int64_t> utc_ns;
    std::vector<Written> written;
  };
  using Taught = std::map<ClockName, TaughtClock>;

  const TaughtClock* taught_by(Witness witness, const ClockName& name) const;
  template <typename Same>
  const TaughtClock* agreed(const Same& same) const;
  Teaching find(const ClockName& name) const;
  Told* told(const std::string& act);

  std::array<Taught, static_cast<std::size_t>(Witness::kCount)> taught_;
  std::uint64_t learnt_ = 0;  // clocks and their offsets
  bool learns_ = true;
  std::map<std::string, Told, std::less<>> acts_;
  std::map<ClockName, Use> uses_;
};

}  // namespace holdfast
