// Runs another program to its end, within limits, and gives back everything it said. The simulator's only door to
// other programs.
//
//   auto folder = PrivateFolder::make();
//   auto ended = run_program("old/holdfast", {"replay", "a.hfr", "--log", folder->file("log")}, *folder, limits);
//   ended->exit_code   ended->err
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/schema/error.h"

namespace holdfast {

// A new folder that nobody else may read, beside those of other programs for the time being. Goes with all that is in
// it.
class PrivateFolder {
 public:
  static Expected<PrivateFolder> make();
  ~PrivateFolder();
  PrivateFolder(PrivateFolder&& other) noexcept;
  PrivateFolder& operator=(PrivateFolder&& other) = delete;

  std::string file(const std::string& name) const { return path_ + '/' + name; }
  std::uint64_t size_bytes() const;  // of the files in it

 private:
  explicit PrivateFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

struct ProgramLimits {
  std::uint64_t timeout_ns = 0;
  std::uint64_t bytes_max = 0;  // of what it says, and of what else it writes into the folder
};

struct ProgramEnd {
  int exit_code = 0;
  std::string out;
  std::string err;
};

// `program`: a path, not looked for anywhere else. It reads nothing from standard input, and is ended when it exceeds
// a limit. Fails (Error.where = program) when there is no such program, the system cannot start it, it exceeds a limit,
// or a signal ends it.
Expected<ProgramEnd> run_program(const std::string& program, const std::vector<std::string>& arguments,
                                 const PrivateFolder& folder, const ProgramLimits& limits);

// One argument of a Windows command line, as programs there take it apart (CommandLineToArgvW).
std::string windows_argument(const std::string& argument);

}  // namespace holdfast
