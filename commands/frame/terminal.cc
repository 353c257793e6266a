#include "commands/frame/terminal.h"

#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <thread>
#include <utility>

#include "commands/frame/exit_code.h"
#include "reports/wording.h"

#ifdef _WIN32
#ifndef NOMINMAX
#define NOMINMAX
#endif
#include <windows.h>
// After windows.h, which defines what they need.
#include <fcntl.h>
#include <io.h>
#include <shellapi.h>
#else
#include <unistd.h>
#endif

namespace holdfast {
namespace {

volatile std::sig_atomic_t interrupted = 0;

void note_interruption(int signal) {
  interrupted = 1;
  std::signal(signal, SIG_DFL);
}

std::uint64_t real_ns() {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
          .count());
}

#ifdef _WIN32

bool is_terminal(int stream) { return _isatty(stream) != 0; }

// The console understands colours only after it was told to; older ones never do.
bool takes_colours(DWORD handle_name) {
  const HANDLE handle = GetStdHandle(handle_name);
  DWORD mode = 0;
  return GetConsoleMode(handle, &mode) != 0 && SetConsoleMode(handle, mode | 0x0004U) != 0;
}

void prepare_streams() {
  SetConsoleOutputCP(CP_UTF8);
  // The same bytes on every system: no "\r\n".
  _setmode(_fileno(stdout), _O_BINARY);
  _setmode(_fileno(stderr), _O_BINARY);
}

#else

bool is_terminal(int stream) { return isatty(stream) != 0; }
void prepare_streams() {}

#endif

extern "C" void end_with_internal_fault(int) { std::_Exit(static_cast<int>(ExitCode::kInternalFault)); }

}  // namespace

Interruption::Interruption() {
  interrupted = 0;
  std::signal(SIGINT, note_interruption);
}

Interruption::~Interruption() { std::signal(SIGINT, SIG_DFL); }

bool Interruption::asked() const { return interrupted != 0; }

Stopwatch::Stopwatch() : started_ns_(real_ns()) {}
std::uint64_t Stopwatch::now_ns() const { return real_ns() - started_ns_; }

Terminal::Terminal(std::string program) : program_(std::move(program)) {
  prepare_streams();
  out_is_terminal_ = is_terminal(1);
  err_is_terminal_ = is_terminal(2);
  const char* no_colour = std::getenv("NO_COLOR");
  out_colours_ = out_is_terminal_ && (no_colour == nullptr || no_colour[0] == '\0');
#ifdef _WIN32
  out_colours_ = out_colours_ && takes_colours(STD_OUTPUT_HANDLE);
#endif
}

void Terminal::out(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) failed_ = true;
}

void Terminal::err(std::string_view text) {
  // Nobody is left to tell when standard error fails.
  (void)std::fwrite(text.data(), 1, text.size(), stderr);
  (void)std::fflush(stderr);
}

void Terminal::complain(const Error& error) { err(program_ + ": " + printable(error.text()) + '\n'); }

Expected<void> Terminal::finish() {
  if (std::fflush(stdout) != 0) failed_ = true;
  if (!failed_) return {};
  return std::unexpected(Error{.where = "standard output",
                               .field = {},
                               .what = "cannot be written",
                               .remedy = "see whether the disk is full or the reader of the pipe ended"});
}

void Progress::report(std::string_view doing, std::uint64_t done, std::uint64_t total, std::string_view unit) {
  if (!wanted_ && !terminal_.err_is_terminal()) return;
  const std::uint64_t now_ns = terminal_.stopwatch().now_ns();
  if (now_ns < next_ns_) return;
  const bool terminal = terminal_.err_is_terminal();
  next_ns_ = now_ns + (terminal ? 500'000'000U : 2'000'000'000U);
  std::string line = fmt::format("  {} {}", doing, grouped(done));
  if (total != 0) line += fmt::format(" of {} {} ({} %)", grouped(total), unit, done * 100 / total);
  if (total == 0) line += fmt::format(" {}", unit);
  terminal_.err(terminal ? "\r\x1b[K" + line : line + '\n');
  shown_ = terminal;
}

void Progress::count(std::string_view doing, std::uint64_t total, std::string_view unit) {
  const std::lock_guard<std::mutex> one_at_a_time(counting_);
  report(doing, ++counted_, total, unit);
}

void Progress::clear() {
  if (shown_) terminal_.err("\r\x1b[K");
  shown_ = false;
}

std::vector<std::string> program_arguments([[maybe_unused]] int argc, [[maybe_unused]] char** argv) {
  std::vector<std::string> arguments;
#ifdef _WIN32
  // argv holds the characters of the system's code page; only this way gives all of them.
  int count = 0;
  wchar_t** wide = CommandLineToArgvW(GetCommandLineW(), &count);
  for (int i = 1; wide != nullptr && i < count; ++i) {
    const int size = WideCharToMultiByte(CP_UTF8, 0, wide[i], -1, nullptr, 0, nullptr, nullptr);
    std::string utf8(static_cast<std::size_t>(size > 0 ? size - 1 : 0), '\0');
    if (size > 1) WideCharToMultiByte(CP_UTF8, 0, wide[i], -1, utf8.data(), size, nullptr, nullptr);
    arguments.push_back(std::move(utf8));
  }
  LocalFree(wide);
#else
  for (int i = 1; i < argc; ++i) arguments.emplace_back(argv[i]);
#endif
  return arguments;
}

unsigned processors() {
  const unsigned known = std::thread::hardware_concurrency();
  return known == 0 ? 1 : known;
}

void exit_with_internal_fault_on_abort() { std::signal(SIGABRT, end_with_internal_fault); }

}  // namespace holdfast
