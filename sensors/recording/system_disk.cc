#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include "sensors/native_path.h"
#include "sensors/recording/binary_file.h"
#include "sensors/recording/disk.h"
#include "sensors/recording/file_failure.h"

#ifdef _WIN32
#include <windows.h>
#else
#include <fcntl.h>
#include <unistd.h>
#endif

namespace holdfast {
namespace {

namespace fs = std::filesystem;

int code_of(const std::error_code& error) { return error.default_error_condition().value(); }

#ifdef _WIN32
std::FILE* create_file(const fs::path& path) { return _wfopen(path.c_str(), L"wb"); }

// A handle of its own: Windows has every other call on a handle wait for the one that flushes it. Sharing also deletion
// lets the writer rename the file meanwhile.
Expected<void> store(const std::string& path) {
  const DWORD shared = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
  const HANDLE file =
      CreateFileW(native_path_of(path).c_str(), GENERIC_WRITE, shared, nullptr, OPEN_EXISTING, 0, nullptr);
  const bool opened = file != INVALID_HANDLE_VALUE;
  const bool stored = opened && FlushFileBuffers(file) != 0;
  const std::error_code error(static_cast<int>(GetLastError()), std::system_category());
  if (opened) CloseHandle(file);
  if (!stored) return file_failure(path, "cannot be stored on the disk", code_of(error));
  return {};
}

// NTFS writes names to its journal, and the journal to the medium with the file that is flushed.
Expected<void> store_folder(const std::string&) { return {}; }
#else
std::FILE* create_file(const fs::path& path) { return std::fopen(path.c_str(), "wb"); }

Expected<void> store(const std::string& path) {
  errno = 0;
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  // EINVAL: it lies where storing has no meaning (a pipe, some virtual file systems).
  const bool stored = file >= 0 && (fdatasync(file) == 0 || errno == EINVAL);
  const int code = errno;
  if (file >= 0) ::close(file);
  if (!stored) return file_failure(path, "cannot be stored on the disk", code);
  return {};
}

Expected<void> store_folder(const std::string& folder) { return store(folder); }
#endif

// A recording would take the place of a device or a pipe, for everybody.
Expected<void> may_take(const std::string& path, bool only_regular) {
  std::error_code ignored;
  const fs::file_status there = fs::status(native_path_of(path), ignored);
  const bool is_directory = fs::is_directory(there);
  const bool is_other = only_regular && fs::exists(there) && !fs::is_regular_file(there);
  if (!is_directory && !is_other) return {};
  return std::unexpected(Error{.where = path,
                               .field = {},
                               .what = std::string(is_directory ? "is a directory" : "is not a regular file") +
                                       ": no recording can have this name",
                               .remedy = "name a file"});
}

class SystemFile final : public DiskFile {
 public:
  SystemFile(std::string path, std::FILE* file) : path_(std::move(path)), file_(file) {
    // Unbuffered: what it took is with the system, and a full disk is told at once.
    std::setvbuf(file_.get(), nullptr, _IONBF, 0);
  }

  Expected<void> append(std::span<const std::uint8_t> bytes) override {
    errno = 0;
    const std::size_t put = std::fwrite(bytes.data(), 1, bytes.size(), file_.get());
    size_bytes_ += put;
    if (put == bytes.size()) return {};
    return file_failure(at_offset(path_, size_bytes_), "cannot be written", errno);
  }
  std::uint64_t size_bytes() const override { return size_bytes_; }
  Expected<void> close() override {
    errno = 0;
    if (std::fclose(file_.release()) != 0) return file_failure(path_, "cannot be closed", errno);
    return {};
  }

 private:
  std::string path_;
  std::unique_ptr<std::FILE, CloseFile> file_;
  std::uint64_t size_bytes_ = 0;
};

class SystemDisk final : public Disk {
 public:
  Expected<void> make_folder(const std::string& folder) override {
    std::error_code error;
    fs::create_directories(native_path_of(folder), error);
    if (error) return file_failure(folder, "cannot be used as a folder", code_of(error));
    return {};
  }

  Expected<std::vector<Entry>> list(const std::string& folder) override {
    std::error_code error;
    fs::directory_iterator files(native_path_of(folder), error);
    if (error) return file_failure(folder, "cannot be used as a folder", code_of(error));
    std::vector<Entry> entries;
    for (; files != fs::directory_iterator(); files.increment(error)) {
      std::error_code gone;
      if (!files->is_regular_file(gone)) continue;
      const std::uintmax_t bytes = files->file_size(gone);
      if (!gone) entries.push_back({.name = portable_path_of(files->path().filename()), .bytes = bytes});
    }
    if (error) return file_failure(folder, "cannot be read to its end", code_of(error));
    return entries;
  }

  Expected<BinaryReader> open(const std::string& path) override { return BinaryReader::open(path); }

  Expected<std::unique_ptr<DiskFile>> create(const std::string& path, const std::string& later) override {
    if (auto possible = may_take(path, false); !possible) return std::unexpected(possible.error());
    if (auto possible = may_take(later, true); !possible) return std::unexpected(possible.error());
    errno = 0;
    std::FILE* file = create_file(native_path_of(path));
    if (file == nullptr) return file_failure(later, "cannot be created", errno);
    return std::make_unique<SystemFile>(path, file);
  }

  Expected<void> rename(const std::string& from, const std::string& to) override {
    std::error_code error;
    fs::rename(native_path_of(from), native_path_of(to), error);
    if (error) return file_failure(to, "cannot be given to " + from, code_of(error));
    return {};
  }

  Expected<void> remove(const std::string& path) override {
    std::error_code error;
    fs::remove(native_path_of(path), error);
    if (error) return file_failure(path, "cannot be removed", code_of(error));
    return {};
  }

  Expected<void> sync_file(const std::string& path) override { return store(path); }
  Expected<void> sync_folder(const std::string& folder) override { return store_folder(folder); }
};

}  // namespace

Disk& system_disk() {
  static SystemDisk disk;
  return disk;
}

}  // namespace holdfast
