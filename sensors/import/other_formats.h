// Files that people take for event logs: what they are, and what to do instead.
#pragma once

#include <string_view>

namespace holdfast {

struct OtherFormat {
  std::string_view what;         // goes on behind the file's name: "is a program"
  std::string_view remedy;       // "import event logs (.evtx)"
  bool may_hold_events = false;  // so that somebody may miss them
  bool is_log = false;           // what is wrong with its events says more than that it holds none
};

// What `start`, the beginning of a file, shows for certain not to be read here; null where it may hold events.
const OtherFormat* other_format(std::string_view start);

// True where a text seems to hold Windows events, in whatever shape: names of their id, their elements.
bool tells_of_events(std::string_view text);

// What a file probably is of which nothing was understood. `start`: its beginning, the longer the surer; `malformed`:
// whether something in it is not as its format has it.
const OtherFormat& likely_format(std::string_view start, bool malformed);
// A list of events that is empty: what a search gives that found none.
extern const OtherFormat kEmptyAnswer;

}  // namespace holdfast
