#include "sensors/recording/binary_file.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#ifdef _WIN32
#include <io.h>
#else
#include <unistd.h>
#endif

namespace holdfast {
namespace {

namespace fs = std::filesystem;

fs::path native(const std::string& utf8) { return fs::path(std::u8string(utf8.begin(), utf8.end())); }

// MinGW has no fopen for UTF-8 and no 64-bit fseek under the standard's name; nothing else differs.
#ifdef _WIN32
std::FILE* open_file(const fs::path& path, bool write) { return _wfopen(path.c_str(), write ? L"wb" : L"rb"); }
bool seek(std::FILE* file, std::uint64_t offset) {
  return _fseeki64(file, static_cast<std::int64_t>(offset), SEEK_SET) == 0;
}
bool store_on_medium(std::FILE* file) { return _commit(_fileno(file)) == 0; }
#else
std::FILE* open_file(const fs::path& path, bool write) { return std::fopen(path.c_str(), write ? "wb" : "rb"); }
bool seek(std::FILE* file, std::uint64_t offset) { return fseeko(file, static_cast<off_t>(offset), SEEK_SET) == 0; }
// EINVAL: the file lies where storing has no meaning (a pipe, some virtual file systems).
bool store_on_medium(std::FILE* file) { return fsync(fileno(file)) == 0 || errno == EINVAL; }
#endif

std::string remedy_for(int code) {
  switch (code) {
    case ENOENT: return "check the path";
    case EACCES:
    case EPERM:
    case EROFS: return "choose a place where you may read and write, or change the permissions";
    case ENOSPC:
    case EFBIG: return "free some space or choose another disk";
    default: return "";
  }
}

std::unexpected<Error> failure(std::string where, const std::string& action, int code) {
  return std::unexpected(Error{.where = std::move(where),
                               .field = {},
                               .what = action + ": " + std::generic_category().message(code),
                               .remedy = remedy_for(code)});
}

std::string at_offset(const std::string& path, std::uint64_t offset) {
  return path + ":offset " + std::to_string(offset);
}

}  // namespace

Expected<BinaryReader> BinaryReader::open(const std::string& path) {
  std::error_code status_error;
  const fs::file_status status = fs::status(native(path), status_error);
  // A pipe would block, and nothing behind damage could be searched in it.
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    return std::unexpected(
        Error{.where = path,
              .field = {},
              .what = fs::is_directory(status) ? "is a directory, not a file" : "is not a regular file",
              .remedy = "name a file"});
  }
  BinaryReader reader;
  reader.path_ = path;
  errno = 0;
  reader.file_.reset(open_file(native(path), false));
  if (!reader.file_) return failure(path, "cannot be opened", errno);
  const std::uintmax_t size = fs::file_size(native(path), status_error);
  if (status_error) return failure(path, "cannot be measured", status_error.default_error_condition().value());
  reader.size_bytes_ = size;
  return reader;
}

BinaryReader BinaryReader::of(std::string name, std::vector<std::uint8_t> bytes) {
  BinaryReader reader;
  reader.path_ = std::move(name);
  reader.size_bytes_ = bytes.size();
  reader.memory_ = std::move(bytes);
  return reader;
}

Expected<void> BinaryReader::read_at(std::uint64_t offset, std::span<std::uint8_t> out) {
  if (!file_ && offset <= memory_.size() && out.size() <= memory_.size() - offset) {
    std::copy_n(memory_.begin() + static_cast<std::ptrdiff_t>(offset), out.size(), out.begin());
    return {};
  }
  errno = 0;
  if (offset != position_ && !seek(file_.get(), offset)) return failure(at_offset(path_, offset), "cannot seek", errno);
  const std::size_t got = std::fread(out.data(), 1, out.size(), file_.get());
  position_ = offset + got;
  if (got == out.size()) return {};
  if (std::ferror(file_.get()) != 0) return failure(at_offset(path_, offset), "cannot be read", errno);
  return std::unexpected(Error{.where = at_offset(path_, position_),
                               .field = {},
                               .what = "the file became shorter while it was read",
                               .remedy = "read it again when nobody writes to it"});
}

Expected<PartialFile> PartialFile::create(const std::string& path) {
  PartialFile partial;
  partial.path_ = path;
  for (const std::string& taken : {path, partial.partial_path()}) {
    std::error_code ignored;
    const fs::file_status there = fs::status(native(taken), ignored);
    const bool is_directory = fs::is_directory(there);
    // A recording would take the place of a device or a pipe, for everybody.
    if (is_directory || (taken == path && fs::exists(there) && !fs::is_regular_file(there))) {
      const std::string what = is_directory ? "is a directory" : "is not a regular file";
      return std::unexpected(Error{
          .where = taken, .field = {}, .what = what + ": no recording can have this name", .remedy = "name a file"});
    }
  }
  errno = 0;
  partial.file_.reset(open_file(native(partial.partial_path()), true));
  if (!partial.file_) return failure(partial.partial_path(), "cannot be created", errno);
  std::setvbuf(partial.file_.get(), nullptr, _IONBF, 0);
  return partial;
}

Expected<void> PartialFile::write(std::span<const std::uint8_t> bytes) {
  errno = 0;
  const std::size_t put = std::fwrite(bytes.data(), 1, bytes.size(), file_.get());
  size_bytes_ += put;
  if (put == bytes.size()) return {};
  return failure(at_offset(partial_path(), size_bytes_), "cannot be written", errno);
}

Expected<void> PartialFile::finish(Store store) {
  errno = 0;
  if (std::fflush(file_.get()) != 0 || (store == Store::kOnMedium && !store_on_medium(file_.get()))) {
    return failure(partial_path(), "cannot be stored on the disk", errno);
  }
  // Windows renames no open file. The handle is gone even when closing fails.
  if (std::fclose(file_.release()) != 0) return failure(partial_path(), "cannot be closed", errno);
  std::error_code error;
  fs::rename(native(partial_path()), native(path_), error);
  if (error) return failure(path_, "cannot be given to " + partial_path(), error.default_error_condition().value());
  return {};
}

void PartialFile::discard() {
  if (!file_) return;
  file_.reset();
  std::error_code ignored;  // nothing better can be done with a file that will not go
  fs::remove(native(partial_path()), ignored);
}

}  // namespace holdfast
