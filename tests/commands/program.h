// Runs the real executable as a shell would, and gives back everything a script can see of it.
#pragma once

#include <string>
#include <vector>

namespace holdfast {

struct Ran {
  int exit_code = -1;
  std::string out;
  std::string err;
};

// A story with a prompt that nobody answers, for what needs one.
inline constexpr const char* kUserAway = "scenarios/incidents/004-user-away.txtpb";

enum class Rights { kAll, kWithoutThoseOfTheSuperuser };

// What a person types behind the program's name. Runs in the project's root folder.
Ran holdfast_line(const std::string& typed, Rights rights = Rights::kAll);
// The same of arguments that no shell shall read anything into.
Ran holdfast_program(const std::vector<std::string>& arguments, Rights rights = Rights::kAll);

}  // namespace holdfast
