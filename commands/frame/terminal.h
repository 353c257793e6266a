// Where a command writes, and what that place can show. The only part of the command that touches the process's own
// streams and the real clock.
#pragma once

#include <cstdint>
#include <cstdio>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "engine/schema/error.h"
#include "sensors/clock.h"

namespace holdfast {

// Real time since it was made.
class Stopwatch final : public Clock {
 public:
  Stopwatch();
  std::uint64_t now_ns() const override;

 private:
  std::uint64_t started_ns_;
};

class Terminal {
 public:
  // `program`: whose complaints they are.
  explicit Terminal(std::string program);

  // To standard output. Errors are remembered and told by finish().
  void out(std::string_view text);
  // To standard error, at once.
  void err(std::string_view text);
  // "program: where: field: what; remedy"
  void complain(const Error& error);
  // Writes out what is buffered. Fails if anything could not be written (disk full, closed pipe).
  Expected<void> finish();

  bool out_colours() const { return out_colours_; }  // standard output is a terminal and NO_COLOR is not set
  bool err_is_terminal() const { return err_is_terminal_; }
  std::size_t out_width() const { return out_is_terminal_ ? 160 : 0; }  // 0: no terminal, no limit
  const Clock& stopwatch() const { return stopwatch_; }

 private:
  std::string program_;
  Stopwatch stopwatch_;
  bool out_is_terminal_ = false;
  bool err_is_terminal_ = false;
  bool out_colours_ = false;
  bool failed_ = false;
};

// Tells how far something long has come, on standard error: nothing for two seconds, then a line that is written over
// twice a second. On anything but a terminal only if asked for, one line every two seconds.
class Progress {
 public:
  Progress(Terminal& terminal, bool wanted) : terminal_(terminal), wanted_(wanted) {}
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Cheap enough for every thousandth event. `total` 0: unknown. `unit`: "events".
  void report(std::string_view doing, std::uint64_t done, std::uint64_t total, std::string_view unit);
  // One more is done. May be called from several threads.
  void count(std::string_view doing, std::uint64_t total, std::string_view unit);
  void clear();  // takes the line away

 private:
  Terminal& terminal_;
  bool wanted_;
  bool shown_ = false;
  std::mutex counting_;
  std::uint64_t counted_ = 0;
  std::uint64_t next_ns_ = 2'000'000'000;
};

// Whoever presses Ctrl-C while there is one asks for what has been found so far; who presses it again ends the program.
class Interruption {
 public:
  Interruption();
  ~Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  bool asked() const;
};

// The program's arguments without its name, UTF-8 on every system.
std::vector<std::string> program_arguments(int argc, char** argv);

// How many things this machine can do at a time; at least 1.
unsigned processors();

// Makes an aborting invariant end the program with ExitCode::kInternalFault.
void exit_with_internal_fault_on_abort();

}  // namespace holdfast
