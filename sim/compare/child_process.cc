#include "sim/compare/child_process.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "reports/wording.h"
#include "sensors/native_path.h"
#include "sim/text/text_file.h"

#ifdef _WIN32
#include <windows.h>
#else
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#endif

namespace holdfast {
namespace {

namespace fs = std::filesystem;
constexpr std::uint64_t kPauseMsMax = 50;  // between two looks at a program that runs

#ifdef _WIN32

std::wstring wide(const std::string& text) { return native_path_of(text).wstring(); }

// Handles that close themselves.
class Handle {
 public:
  explicit Handle(HANDLE handle) : handle_(handle) {}
  ~Handle() {
    if (*this) CloseHandle(handle_);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  explicit operator bool() const { return handle_ != nullptr && handle_ != INVALID_HANDLE_VALUE; }
  HANDLE get() const { return handle_; }

 private:
  HANDLE handle_;
};

HANDLE inherited_file(const std::wstring& path, DWORD access, DWORD disposition) {
  SECURITY_ATTRIBUTES inherit{.nLength = sizeof(inherit), .lpSecurityDescriptor = nullptr, .bInheritHandle = TRUE};
  return CreateFileW(path.c_str(), access, FILE_SHARE_READ, &inherit, disposition, FILE_ATTRIBUTE_NORMAL, nullptr);
}

class Child {
 public:
  static Expected<Child> start(const std::string& program, const std::vector<std::string>& arguments,
                               const PrivateFolder& folder) {
    std::wstring line = wide(windows_argument(program));
    for (const std::string& argument : arguments) line += L' ' + wide(windows_argument(argument));
    const Handle in(inherited_file(L"NUL", GENERIC_READ, OPEN_EXISTING));
    const Handle out(inherited_file(wide(folder.file("out")), GENERIC_WRITE, CREATE_ALWAYS));
    const Handle err(inherited_file(wide(folder.file("err")), GENERIC_WRITE, CREATE_ALWAYS));
    STARTUPINFOW startup{};
    startup.cb = sizeof(startup);
    startup.dwFlags = STARTF_USESTDHANDLES;
    startup.hStdInput = in.get();
    startup.hStdOutput = out.get();
    startup.hStdError = err.get();
    PROCESS_INFORMATION process{};
    if (CreateProcessW(wide(program).c_str(), line.data(), nullptr, nullptr, TRUE, CREATE_NO_WINDOW, nullptr, nullptr,
                       &startup, &process) == 0) {
      const std::error_code code(static_cast<int>(GetLastError()), std::system_category());
      return failure(program, "cannot be started: " + code.message());
    }
    CloseHandle(process.hThread);
    return Child(process.hProcess);
  }
  // Waits that long; its exit code if it has ended.
  Expected<std::optional<int>> ended_within(const std::string& program, std::uint64_t pause_ms) {
    if (WaitForSingleObject(process_, static_cast<DWORD>(pause_ms)) == WAIT_TIMEOUT) return std::nullopt;
    DWORD code = 0;
    if (GetExitCodeProcess(process_, &code) == 0) return failure(program, "its end cannot be waited for");
    CloseHandle(process_);
    return static_cast<int>(code);
  }
  void kill() {
    TerminateProcess(process_, 1);
    WaitForSingleObject(process_, INFINITE);
    CloseHandle(process_);
  }

 private:
  explicit Child(HANDLE process) : process_(process) {}
  HANDLE process_;
};

#else

class Child {
 public:
  static Expected<Child> start(const std::string& program, const std::vector<std::string>& arguments,
                               const PrivateFolder& folder) {
    std::vector<std::string> words = arguments;
    words.insert(words.begin(), program);
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    constexpr int kWrite = O_WRONLY | O_CREAT | O_TRUNC;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, folder.file("out").c_str(), kWrite, 0600);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, folder.file("err").c_str(), kWrite, 0600);
    pid_t pid = 0;
    const int failed = posix_spawn(&pid, program.c_str(), &actions, nullptr, pointers.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) {
      return failure(program, "cannot be started: " + std::error_code(failed, std::generic_category()).message());
    }
    return Child(pid);
  }
  // Waits that long; its exit code if it has ended.
  Expected<std::optional<int>> ended_within(const std::string& program, std::uint64_t pause_ms) {
    const timespec pause{.tv_sec = 0, .tv_nsec = static_cast<long>(pause_ms * 1'000'000)};
    nanosleep(&pause, nullptr);
    int status = 0;
    const pid_t ended = waitpid(pid_, &status, WNOHANG);
    if (ended == 0) return std::nullopt;
    if (ended != pid_) return failure(program, "its end cannot be waited for");
    if (WIFSIGNALED(status)) return failure(program, fmt::format("was ended by signal {}", WTERMSIG(status)));
    return WEXITSTATUS(status);
  }
  void kill() {
    ::kill(pid_, SIGKILL);
    int status = 0;
    waitpid(pid_, &status, 0);
  }

 private:
  explicit Child(pid_t pid) : pid_(pid) {}
  pid_t pid_;
};

#endif

Expected<int> wait_for(const std::string& program, Child& child, const PrivateFolder& folder,
                       const ProgramLimits& limits) {
  const auto began = std::chrono::steady_clock::now();
  for (std::uint64_t pause_ms = 1;; pause_ms = std::min(2 * pause_ms, kPauseMsMax)) {
    HOLDFAST_TRY(ended, child.ended_within(program, pause_ms));
    const bool too_much = folder.size_bytes() > limits.bytes_max;
    if (ended && !too_much) return *ended;
    if (!ended && !too_much && std::chrono::steady_clock::now() - began < std::chrono::nanoseconds(limits.timeout_ns)) {
      continue;
    }
    if (!ended) child.kill();
    if (too_much) return failure(program, fmt::format("wrote more than {} bytes", grouped(limits.bytes_max)));
    return failure(program, "did not end within " + spoken_duration(limits.timeout_ns));
  }
}

}  // namespace

Expected<PrivateFolder> PrivateFolder::make() {
  constexpr int kNamesTried = 10'000;
  std::error_code failed;
  const fs::path root = fs::temp_directory_path(failed);
  for (int i = 0; !failed && i < kNamesTried; ++i) {
    const fs::path path = root / fmt::format("holdfast-{}", i);
    // False: it is there already, and somebody else's.
    if (!fs::create_directory(path, failed)) {
      if (failed == std::errc::file_exists) failed.clear();
      continue;
    }
    fs::permissions(path, fs::perms::owner_all, failed);
    return PrivateFolder(portable_path_of(path));
  }
  return failure("the folder for temporary files", failed ? failed.message() : "is full of folders of earlier runs",
                 "set TMPDIR (on Windows: TMP) to a folder that may be written to");
}

PrivateFolder::PrivateFolder(PrivateFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}

PrivateFolder::~PrivateFolder() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(native_path_of(path_), ignored);
}

std::uint64_t PrivateFolder::size_bytes() const {
  std::uint64_t bytes = 0;
  std::error_code failed;
  for (fs::directory_iterator at(native_path_of(path_), failed); !failed && at != fs::directory_iterator();
       at.increment(failed)) {
    std::error_code gone;  // renamed or removed meanwhile
    const std::uintmax_t size = at->file_size(gone);
    if (!gone) bytes += size;
  }
  return bytes;
}

Expected<ProgramEnd> run_program(const std::string& program, const std::vector<std::string>& arguments,
                                 const PrivateFolder& folder, const ProgramLimits& limits) {
  std::error_code unknown;
  const fs::file_status status = fs::status(native_path_of(program), unknown);
  if (!fs::exists(status)) return failure(program, "there is no such program");
  if (!fs::is_regular_file(status)) return failure(program, "is no program, but a folder or a device");
  HOLDFAST_TRY(child, Child::start(program, arguments, folder));
  HOLDFAST_TRY(code, wait_for(program, child, folder, limits));
  HOLDFAST_TRY(out, read_text_file(folder.file("out"), limits.bytes_max));
  HOLDFAST_TRY(err, read_text_file(folder.file("err"), limits.bytes_max));
  return ProgramEnd{.exit_code = code, .out = std::move(out), .err = std::move(err)};
}

std::string windows_argument(const std::string& argument) {
  if (!argument.empty() && argument.find_first_of(" \t\n\v\"") == std::string::npos) return argument;
  std::string text = "\"";
  std::size_t backslashes = 0;
  for (const char c : argument) {
    // Before a quotation mark backslashes count twice, and one more makes it one of the text.
    if (c == '"') text.append(backslashes + 1, '\\');
    backslashes = c == '\\' ? backslashes + 1 : 0;
    text += c;
  }
  text.append(backslashes, '\\');
  return text + '"';
}

}  // namespace holdfast
