// Files that people take for event logs: what they are, and what to do instead.
#pragma once

#include <string_view>

namespace holdfast {

struct OtherFormat {
  std::string_view what;         // goes on behind the file's name: "is a program"
  std::string_view remedy;       // "import event logs (.evtx)"
  bool may_hold_events = false;  // so that somebody may miss them
};

// What `start`, the beginning of a file, shows for certain not to be read here; null where it may hold events.
const OtherFormat* other_format(std::string_view start);

// What a file probably is of which nothing was understood. `start`: its beginning, the longer the surer.
const OtherFormat& likely_format(std::string_view start);
// A list of events that is empty: what a search gives that found none.
extern const OtherFormat kEmptyAnswer;

}  // namespace holdfast
