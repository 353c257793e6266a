#include "sensors/import/event_file.h"

#include <archive.h>
#include <archive_entry.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "sensors/native_path.h"

namespace holdfast {
namespace {

namespace fs = std::filesystem;

Error file_error(const std::string& path, std::string what, std::string remedy = {}) {
  return Error{.where = path, .field = {}, .what = std::move(what), .remedy = std::move(remedy)};
}

// A plain file, read from its start; shared by both kinds of event files.
class PlainBytes : public ByteSource {
 public:
  PlainBytes(std::string path, std::ifstream stream) : path_(std::move(path)), stream_(std::move(stream)) {}

  Expected<std::size_t> read(char* to, std::size_t size) override {
    stream_.read(to, static_cast<std::streamsize>(size));
    if (stream_.bad())
      return std::unexpected(file_error(path_, "cannot be read: " + std::generic_category().message(errno)));
    const auto got = static_cast<std::size_t>(stream_.gcount());
    position_ += got;
    return got;
  }

  bool seek(std::uint64_t position) {
    stream_.clear();
    stream_.seekg(static_cast<std::streamoff>(position));
    position_ = position;
    return stream_.good();
  }

  std::uint64_t position() const { return position_; }

 private:
  std::string path_;
  std::ifstream stream_;
  std::uint64_t position_ = 0;
};

Expected<PlainBytes> open_plain(const std::string& path) {
  errno = 0;
  std::ifstream stream(native_path_of(path), std::ios::binary);
  if (!stream) {
    const std::string cause = errno != 0 ? ": " + std::generic_category().message(errno) : "";
    return std::unexpected(file_error(path, "cannot be opened" + cause));
  }
  return PlainBytes(path, std::move(stream));
}

class PlainFile final : public EventFile {
 public:
  PlainFile(std::string path, PlainBytes bytes) : path_(std::move(path)), bytes_(std::move(bytes)) {}

  Expected<bool> next_member() override { return !std::exchange(given_, true); }
  const std::string& name() const override { return path_; }
  ByteSource& bytes() override { return bytes_; }
  std::uint64_t position() const override { return bytes_.position(); }

 private:
  std::string path_;
  PlainBytes bytes_;
  bool given_ = false;
};

// A zip, a 7z, a tar (also compressed) or a single compressed file.
class ArchiveFile final : public EventFile, private ByteSource {
 public:
  ArchiveFile(std::string path, PlainBytes packed, std::uint64_t packed_size, const ImportLimits& limits)
      : path_(std::move(path)), packed_(std::move(packed)), packed_size_(packed_size), limits_(limits) {}

  ArchiveFile(const ArchiveFile&) = delete;
  ArchiveFile& operator=(const ArchiveFile&) = delete;
  ~ArchiveFile() override { archive_read_free(archive_); }

  Expected<void> open() {
    archive_ = archive_read_new();
    archive_read_support_filter_gzip(archive_);
    archive_read_support_format_zip(archive_);
    archive_read_support_format_7zip(archive_);
    archive_read_support_format_tar(archive_);
    archive_read_support_format_raw(archive_);
    archive_read_set_callback_data(archive_, this);
    archive_read_set_read_callback(archive_, &ArchiveFile::read_packed);
    archive_read_set_seek_callback(archive_, &ArchiveFile::seek_packed);
    if (archive_read_open1(archive_) != ARCHIVE_OK) return std::unexpected(damaged());
    return {};
  }

  Expected<bool> next_member() override {
    for (;;) {
      archive_entry* entry = nullptr;
      const int result = archive_read_next_header(archive_, &entry);
      if (result == ARCHIVE_EOF) return false;
      if (result != ARCHIVE_OK && result != ARCHIVE_WARN) return std::unexpected(damaged());
      if (++members_ > limits_.members_max) {
        return std::unexpected(
            file_error(path_, "holds more than " + std::to_string(limits_.members_max) + " members"));
      }
      const char* utf8 = archive_entry_pathname_utf8(entry);
      const char* given = utf8 != nullptr ? utf8 : archive_entry_pathname(entry);
      const std::string member = given != nullptr ? given : "";
      if (archive_entry_filetype(entry) != AE_IFREG || is_apple_double(member)) {
        ++unused_;
        continue;
      }
      if (archive_entry_is_encrypted(entry) != 0) {
        return std::unexpected(file_error(path_ + "!" + member, "is encrypted", "unpack it first"));
      }
      name_ = archive_format(archive_) == ARCHIVE_FORMAT_RAW ? path_ : path_ + "!" + member;
      return true;
    }
  }

  const std::string& name() const override { return name_; }
  ByteSource& bytes() override { return *this; }
  std::uint64_t position() const override { return packed_.position(); }
  bool is_archive() const override { return archive_format(archive_) != ARCHIVE_FORMAT_RAW; }
  std::uint64_t unused_members() const override { return unused_; }

  Expected<std::size_t> read(char* to, std::size_t size) override {
    const la_ssize_t got = archive_read_data(archive_, to, size);
    if (got < 0) return std::unexpected(damaged());
    unpacked_ += static_cast<std::uint64_t>(got);
    if (unpacked_ > limits_.archive_bytes_max) {
      return std::unexpected(file_error(name_,
                                        "unpacks to more than " + std::to_string(limits_.archive_bytes_max) + " bytes",
                                        "unpack it by hand if you trust it"));
    }
    if (unpacked_ > limits_.expansion_free_bytes && unpacked_ / limits_.expansion_max > packed_size_) {
      return std::unexpected(file_error(name_,
                                        "unpacks to more than " + std::to_string(limits_.expansion_max) +
                                            " times the archive's size: it may be made to exhaust this computer",
                                        "unpack it by hand if you trust it"));
    }
    return static_cast<std::size_t>(got);
  }

 private:
  static la_ssize_t read_packed(archive* self, void* data, const void** bytes) {
    auto* file = static_cast<ArchiveFile*>(data);
    const Expected<std::size_t> got = file->packed_.read(file->block_.data(), file->block_.size());
    if (!got) {
      archive_set_error(self, EIO, "%s", got.error().what.c_str());
      return -1;
    }
    *bytes = file->block_.data();
    return static_cast<la_ssize_t>(*got);
  }

  static la_int64_t seek_packed(archive*, void* data, la_int64_t offset, int whence) {
    auto* file = static_cast<ArchiveFile*>(data);
    const auto base = whence == SEEK_SET   ? la_int64_t{0}
                      : whence == SEEK_CUR ? static_cast<la_int64_t>(file->packed_.position())
                                           : static_cast<la_int64_t>(file->packed_size_);
    const la_int64_t target = base + offset;
    if (target < 0 || !file->packed_.seek(static_cast<std::uint64_t>(target))) return ARCHIVE_FATAL;
    return target;
  }

  // What macOS adds to archives: resource forks, "__MACOSX/._name".
  static bool is_apple_double(const std::string& member) {
    const std::size_t slash = member.rfind('/');
    const std::string_view file = std::string_view(member).substr(slash == std::string::npos ? 0 : slash + 1);
    return file.starts_with("._");
  }

  Error damaged() const {
    const char* cause = archive_error_string(archive_);
    return file_error(name_.empty() ? path_ : name_,
                      std::string("is damaged or of an unknown kind: ") + (cause != nullptr ? cause : "unreadable"));
  }

  std::string path_;
  PlainBytes packed_;
  std::uint64_t packed_size_;
  const ImportLimits& limits_;
  archive* archive_ = nullptr;
  std::array<char, 256 * 1024> block_{};
  std::string name_;
  std::uint32_t members_ = 0;
  std::uint64_t unpacked_ = 0;
  std::uint64_t unused_ = 0;
};

// A tar shows itself at offset 257 of the file.
bool looks_packed(std::string_view start) {
  return start.starts_with("PK\x03\x04") || start.starts_with("PK\x05\x06") ||
         start.starts_with("7z\xBC\xAF\x27\x1C") || start.starts_with("\x1F\x8B") ||
         (start.size() >= 262 && start.substr(257, 5) == "ustar");
}

}  // namespace

Expected<std::uint64_t> event_file_size(const std::string& path) {
  std::error_code failure;
  const fs::file_status status = fs::status(native_path_of(path), failure);
  if (status.type() == fs::file_type::not_found) return std::unexpected(file_error(path, "does not exist"));
  if (failure) return std::unexpected(file_error(path, "cannot be read: " + failure.message()));
  if (status.type() == fs::file_type::directory) {
    return std::unexpected(file_error(path, "is a folder, not a file", "name the files in it"));
  }
  // A pipe whose other end nobody holds would be waited for, for ever.
  if (!fs::is_regular_file(status))
    return std::unexpected(file_error(path, "is not a regular file", "save it to a file first"));
  const std::uintmax_t size = fs::file_size(native_path_of(path), failure);
  if (failure) return std::unexpected(file_error(path, "cannot be read: " + failure.message()));
  return static_cast<std::uint64_t>(size);
}

Expected<std::unique_ptr<EventFile>> EventFile::open(const std::string& path, const ImportLimits& limits) {
  HOLDFAST_TRY(size, event_file_size(path));
  HOLDFAST_TRY(bytes, open_plain(path));
  std::array<char, 512> start{};
  HOLDFAST_TRY(got, bytes.read(start.data(), start.size()));
  if (!bytes.seek(0)) return std::unexpected(file_error(path, "cannot be read twice", "save it to a file first"));
  if (!looks_packed({start.data(), got})) return std::make_unique<PlainFile>(path, std::move(bytes));
  auto archive = std::make_unique<ArchiveFile>(path, std::move(bytes), size, limits);
  HOLDFAST_TRY_DO(archive->open());
  return archive;
}

}  // namespace holdfast
