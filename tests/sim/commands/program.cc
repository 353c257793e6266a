#include "tests/sim/commands/program.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#ifndef _WIN32
#include <sys/wait.h>
#endif

namespace holdfast {
namespace {

#ifdef _WIN32
std::string quoted(const std::string& argument) { return '"' + argument + '"'; }
int exit_code_of(int status) { return status; }
// The shell takes away the outermost quotes of a line that begins with one.
std::string shell_line(const std::string& line) { return '"' + line + '"'; }
#else
std::string quoted(const std::string& argument) {
  std::string text = "'";
  for (const char c : argument) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}
int exit_code_of(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : -1; }
std::string shell_line(const std::string& line) { return line; }
#endif

std::string whole_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace

Ran holdfast_program(const std::vector<std::string>& arguments) {
  static int count = 0;
  const auto folder = std::filesystem::temp_directory_path() / "holdfast-program";
  std::filesystem::create_directories(folder);
  const auto out = folder / ("out-" + std::to_string(++count));
  const auto err = folder / ("err-" + std::to_string(count));
  std::string line = quoted(std::filesystem::path(HOLDFAST_PROGRAM).make_preferred().string());
  for (const std::string& argument : arguments) line += ' ' + quoted(argument);
  line += " >" + quoted(out.string()) + " 2>" + quoted(err.string());
  Ran ran;
  ran.exit_code = exit_code_of(std::system(shell_line(line).c_str()));
  ran.out = whole_file(out);
  ran.err = whole_file(err);
  std::filesystem::remove(out);
  std::filesystem::remove(err);
  return ran;
}

}  // namespace holdfast
