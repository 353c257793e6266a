#include "tests/commands/program.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#ifdef __linux__
#include <linux/capability.h>
#include <sys/prctl.h>
#endif
#ifndef _WIN32
#include <sys/wait.h>
#include <unistd.h>
#endif

namespace holdfast {
namespace {

#ifdef _WIN32
std::string in_quotes(const std::string& argument) { return '"' + argument + '"'; }
int exit_code_of(int status) { return status; }
// The shell takes away the outermost quotes of a line that begins with one.
int run_line(const std::string& line, Rights /*rights*/) { return std::system(('"' + line + '"').c_str()); }
#else
std::string in_quotes(const std::string& argument) {
  std::string text = "'";
  for (const char c : argument) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}
int exit_code_of(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : -1; }

constexpr int kRightsKept = 126;  // an exit code that the program never has

// What lets the superuser pass by the permissions of files: taken from a process, no program it starts has it.
bool lay_down_rights() {
  if (geteuid() != 0) return true;
#ifdef __linux__
  return prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE) == 0 && prctl(PR_CAPBSET_DROP, CAP_DAC_READ_SEARCH) == 0;
#else
  return false;
#endif
}

int run_line(const std::string& line, Rights rights) {
  if (rights == Rights::kAll) return std::system(line.c_str());
  const pid_t child = fork();
  if (child == 0) {
    if (lay_down_rights()) execl("/bin/sh", "sh", "-c", line.c_str(), nullptr);
    _exit(kRightsKept);
  }
  int status = -1;
  return child > 0 && waitpid(child, &status, 0) == child ? status : -1;
}
#endif

std::string whole_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace

Ran holdfast_line(const std::string& typed, Rights rights) {
  static int count = 0;
  const auto folder = std::filesystem::temp_directory_path() / "holdfast-program";
  std::filesystem::create_directories(folder);
  const auto out = folder / ("out-" + std::to_string(++count));
  const auto err = folder / ("err-" + std::to_string(count));
  const std::string program = std::filesystem::path(HOLDFAST_PROGRAM).make_preferred().string();
  const std::string line =
      in_quotes(program) + ' ' + typed + " >" + in_quotes(out.string()) + " 2>" + in_quotes(err.string());
  Ran ran;
  ran.exit_code = exit_code_of(run_line(line, rights));
  ran.out = whole_file(out);
  ran.err = whole_file(err);
  std::filesystem::remove(out);
  std::filesystem::remove(err);
  return ran;
}

Ran holdfast_program(const std::vector<std::string>& arguments, Rights rights) {
  std::string typed;
  for (const std::string& argument : arguments) typed += in_quotes(argument) + ' ';
  return holdfast_line(typed, rights);
}

}  // namespace holdfast
