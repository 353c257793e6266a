// The words and figures in which every report speaks to people: one concept, one word.
//
//   event_name(v1::NEW_STARTUP_PROGRAM)       "New Startup Program"
//   spoken_duration(5'880'000'000'000)          "98 min"
//   grouped(125103)                           "125,103"
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/schema/operation.pb.h"
#include "engine/schema/output.pb.h"
#include "engine/schema/settings.pb.h"
#include "engine/text/file_name.h"

namespace holdfast {

// DOMAIN 4: "New Startup Program". Empty for values the schema does not know.
std::string_view event_name(v1::MonitoredEvent event);
// DOMAIN 4: "Ask when necessary".
std::string_view action_name(v1::MonitoredEventPolicy::Action action);
// "Windows 7, 64-bit".
std::string_view platform_name(v1::Platform platform);
// "allowed", "denied", "terminated", "moot".
std::string_view decision_word(v1::Verdict::Decision decision);
// How a question to a service outside came to nothing, as the end of "gave no usable answer: ...": "the connection was
// refused".
std::string_view failure_words(v1::LookupFailure failure);
// "reachable", "circuit open".
std::string_view health_word(v1::CloudStatus::Health health);
// What a program does by an operation of this name (Verdict.operation): "registry_set" -> "sets". What is neither file
// nor registry is named by Verdict.target itself ("service Updater"). An unknown name is its own verb.
std::string_view operation_verb(std::string_view operation);

// The answer in one word, for the first column of a list: what the settings did about the operation.
enum class Outcome : std::uint8_t {
  kPassed,    // allowed without being worth a line: nothing monitored, an action that allows, or trust
  kAssessed,  // allowed and logged
  kAsked,     // a prompt decided, whatever it decided
  kDenied,
  kTerminated,
  kMoot,  // nobody was left to obey
};
inline constexpr std::size_t kOutcomes = 6;
Outcome outcome_of(const v1::Verdict& verdict);
std::string_view outcome_label(Outcome outcome);  // "ASK", for a column
std::string_view outcome_word(Outcome outcome);   // "asked", for a sentence; also the key in JSON

// "125,103".
std::string grouped(std::uint64_t number);
// The two largest units that say something: "0.26 s", "30 s", "98 min", "3 h 12 min", "2 d 4 h".
std::string spoken_duration(std::uint64_t ns);
// At most `width` characters (code points): the middle is left out by '…', whole parts first, so that root and name
// stay readable: "HKU\…\Run\Updater".
std::string shortened(std::string_view target, std::size_t width);
// Code points; what is no valid UTF-8 counts as the U+FFFD that printable() puts in its place.
std::size_t text_width(std::string_view text);
// Fills up with spaces to `width` characters.
std::string padded(std::string_view text, std::size_t width);
// What came from outside, safe for a terminal and one line: control characters as "\x1b", invalid UTF-8 as U+FFFD.
std::string printable(std::string_view text);
// Is it a path made to be mistaken for another: a folder's name in it ends in blanks, several dots or control
// characters, which Windows drops at the end of most names ("C:\Windows \System32\x.exe")?
bool is_lookalike(std::string_view path);
// printable(), with a word where it is_lookalike(): "C:\Windows \System32\x.exe (lookalike)".
std::string shown_path(std::string_view path);
// The file name of a path alone, likewise: "x.exe (lookalike)".
std::string shown_file_name(std::string_view path);

// How a report writes points in time: by the wall clock (UTC) of what was recorded, or since the start of a scenario.
class TimeText {
 public:
  static TimeText since_start() { return TimeText(0); }
  // `started_wall_ns`: wall clock at engine time 0, ns since 1970 UTC; 0 is as since_start().
  static TimeText by_wall_clock(std::uint64_t started_wall_ns) { return TimeText(started_wall_ns); }

  bool is_wall_clock() const { return started_wall_ns_ != 0; }
  // "03:06:11.402"; since the start, hours grow beyond two digits.
  std::string at(std::uint64_t at_ns) const;
  // "2020-09-20"; empty since the start.
  std::string day(std::uint64_t at_ns) const;
  // Days since 1970, to see when a list enters another day; 0 since the start.
  std::uint64_t day_number(std::uint64_t at_ns) const;

 private:
  explicit TimeText(std::uint64_t started_wall_ns) : started_wall_ns_(started_wall_ns) {}
  std::uint64_t started_wall_ns_;
};

// "  2020-09-20 (UTC)\n" where a list enters another day than `day`, which then is that one; otherwise empty.
std::string day_heading(const TimeText& time, std::uint64_t at_ns, std::uint64_t& day);

}  // namespace holdfast
