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

enum class Rights { kAll, kWithoutThoseOfTheSuperuser };

// `arguments` as a person types them, without the program's name. Runs in the project's root folder.
Ran holdfast_program(const std::vector<std::string>& arguments, Rights rights = Rights::kAll);

}  // namespace holdfast
