#include "sensors/recording/binary_file.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "sensors/native_path.h"
#include "sensors/recording/file_failure.h"

namespace holdfast {
namespace {

namespace fs = std::filesystem;

// MinGW has no fopen for UTF-8 and no 64-bit fseek under the standard's name; nothing else differs.
#ifdef _WIN32
std::FILE* open_file(const fs::path& path) { return _wfopen(path.c_str(), L"rb"); }
bool seek(std::FILE* file, std::uint64_t offset) {
  return _fseeki64(file, static_cast<std::int64_t>(offset), SEEK_SET) == 0;
}
#else
std::FILE* open_file(const fs::path& path) { return std::fopen(path.c_str(), "rb"); }
bool seek(std::FILE* file, std::uint64_t offset) { return fseeko(file, static_cast<off_t>(offset), SEEK_SET) == 0; }
#endif

}  // namespace

Expected<BinaryReader> BinaryReader::open(const std::string& path) {
  std::error_code status_error;
  const fs::file_status status = fs::status(native_path_of(path), status_error);
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
  reader.file_.reset(open_file(native_path_of(path)));
  if (!reader.file_) return file_failure(path, "cannot be opened", errno);
  const std::uintmax_t size = fs::file_size(native_path_of(path), status_error);
  if (status_error) return file_failure(path, "cannot be measured", status_error.default_error_condition().value());
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
  if (offset != position_ && !seek(file_.get(), offset))
    return file_failure(at_offset(path_, offset), "cannot seek", errno);
  const std::size_t got = std::fread(out.data(), 1, out.size(), file_.get());
  position_ = offset + got;
  if (got == out.size()) return {};
  if (std::ferror(file_.get()) != 0) return file_failure(at_offset(path_, offset), "cannot be read", errno);
  return std::unexpected(Error{.where = at_offset(path_, position_),
                               .field = {},
                               .what = "the file became shorter while it was read",
                               .remedy = "read it again when nobody writes to it"});
}

Expected<PartialFile> PartialFile::create(const std::string& path, Disk& disk) {
  PartialFile partial;
  partial.disk_ = &disk;
  partial.path_ = path;
  auto file = disk.create(partial.partial_path(), path);
  if (!file) return std::unexpected(file.error());
  partial.file_ = std::move(*file);
  return partial;
}

std::uint64_t PartialFile::size_bytes() const { return file_ ? file_->size_bytes() : size_bytes_; }

Expected<void> PartialFile::finish(Store store) {
  if (store == Store::kOnMedium) {
    if (auto stored = disk_->sync_file(partial_path()); !stored) return stored;
  }
  // Windows renames no open file. It is closed even when closing fails.
  const std::unique_ptr<DiskFile> file = std::move(file_);
  size_bytes_ = file->size_bytes();
  if (auto closed = file->close(); !closed) return closed;
  return disk_->rename(partial_path(), path_);
}

void PartialFile::discard() {
  if (!file_) return;
  size_bytes_ = file_->size_bytes();
  file_.reset();
  const auto removed = disk_->remove(partial_path());
  static_cast<void>(removed);  // nothing better can be done with a file that will not go
}

}  // namespace holdfast
