#include "sensors/import/event_file.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "sensors/late_library.h"
#include "sensors/native_path.h"

namespace holdfast {
namespace {

namespace fs = std::filesystem;

// NOLINTBEGIN(readability-identifier-naming): the library's own names
HOLDFAST_LATE(archive_entry_filetype);
HOLDFAST_LATE(archive_entry_is_encrypted);
HOLDFAST_LATE(archive_entry_pathname);
HOLDFAST_LATE(archive_entry_pathname_utf8);
HOLDFAST_LATE(archive_error_string);
HOLDFAST_LATE(archive_format);
HOLDFAST_LATE(archive_read_data);
HOLDFAST_LATE(archive_read_free);
HOLDFAST_LATE(archive_read_new);
HOLDFAST_LATE(archive_read_next_header);
HOLDFAST_LATE(archive_read_open1);
HOLDFAST_LATE(archive_read_set_callback_data);
HOLDFAST_LATE(archive_read_set_read_callback);
HOLDFAST_LATE(archive_read_set_seek_callback);
HOLDFAST_LATE(archive_read_support_filter_gzip);
HOLDFAST_LATE(archive_read_support_filter_xz);
HOLDFAST_LATE(archive_read_support_format_7zip);
HOLDFAST_LATE(archive_read_support_format_raw);
HOLDFAST_LATE(archive_read_support_format_tar);
HOLDFAST_LATE(archive_read_support_format_zip);
HOLDFAST_LATE(archive_set_error);
// NOLINTEND(readability-identifier-naming)

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

// What came out of a file's archives so far, one in the other.
struct Unpacked {
  std::uint64_t packed_size = 0;  // of the file
  std::uint64_t bytes = 0;
  std::uint32_t members = 0;
  bool exhausting = false;
};

class PlainFile final : public EventFile {
 public:
  PlainFile(std::string path, PlainBytes bytes) : path_(std::move(path)), bytes_(std::move(bytes)) {}

  Expected<bool> next_member() override { return !std::exchange(given_, true); }
  const std::string& name() const override { return path_; }
  ByteSource& bytes() override { return bytes_; }
  std::uint64_t position() const override { return bytes_.position(); }
  Expected<std::unique_ptr<EventFile>> open_member(ByteSource&, std::string_view) override {
    return failure(path_, "is packed in an unknown way");
  }

 private:
  std::string path_;
  PlainBytes bytes_;
  bool given_ = false;
};

constexpr std::string_view kSevenZip = "7z\xBC\xAF\x27\x1C";
constexpr std::size_t kHeldBytesMax = 64 * 1024 * 1024;

// Where an archive's bytes lie: in a file, in a member of another archive, or, where the format wants to be read
// from its end, in memory.
class PackedBytes {
 public:
  PackedBytes(PlainBytes file, std::uint64_t size) : file_(std::move(file)), size_(size) {}
  explicit PackedBytes(ByteSource& member) : member_(&member) {}

  // Brings a member's bytes into memory if it has no more than kHeldBytesMax.
  Expected<bool> hold() {
    std::string held;
    for (std::size_t got = 1; got != 0;) {
      const std::size_t size = held.size();
      held.resize(size + 256 * 1024);
      HOLDFAST_TRY(read_bytes, member_->read(held.data() + size, held.size() - size));
      got = read_bytes;
      held.resize(size + got);
      if (held.size() > kHeldBytesMax) return false;
    }
    size_ = held.size();
    held_ = std::move(held);
    return true;
  }

  bool seeks() const { return file_.has_value() || held_.has_value(); }
  std::uint64_t size() const { return size_; }
  std::uint64_t position() const { return file_ ? file_->position() : at_; }

  Expected<std::size_t> read(char* to, std::size_t size) {
    if (file_) return file_->read(to, size);
    if (!held_) return member_->read(to, size);
    const std::size_t given = at_ < held_->size() ? held_->copy(to, size, at_) : 0;
    at_ += given;
    return given;
  }

  bool seek(std::uint64_t position) {
    at_ = static_cast<std::size_t>(position);
    return !file_ || file_->seek(position);
  }

 private:
  std::optional<PlainBytes> file_;
  ByteSource* member_ = nullptr;
  std::optional<std::string> held_;
  std::size_t at_ = 0;  // in held_
  std::uint64_t size_ = 0;
};

// A zip, a 7z, a tar (also compressed) or a single compressed file: what libarchive reads on every system that we build
// for. Other compressions are named (other_formats.cc).
class ArchiveFile final : public EventFile, private ByteSource {
 public:
  // `unpacked`: of the archives around this one; null where there is none.
  ArchiveFile(std::string path, PackedBytes packed, Unpacked* unpacked, const ImportLimits& limits)
      : path_(std::move(path)), packed_(std::move(packed)), unpacked_(unpacked), limits_(limits) {
    own_.packed_size = packed_.size();
    if (unpacked_ == nullptr) unpacked_ = &own_;
  }

  ArchiveFile(const ArchiveFile&) = delete;
  ArchiveFile& operator=(const ArchiveFile&) = delete;
  ~ArchiveFile() override {
    if (archive_ != nullptr) archive_read_free(archive_);
  }

  Expected<void> open() {
    if (const Expected<void> loaded = HOLDFAST_LOAD_LATE(); !loaded) {
      return failure(path_, "is an archive, whose library " + loaded.error().what, loaded.error().remedy);
    }
    archive_ = archive_read_new();
    archive_read_support_filter_gzip(archive_);
    archive_read_support_filter_xz(archive_);
    archive_read_support_format_zip(archive_);
    archive_read_support_format_7zip(archive_);
    archive_read_support_format_tar(archive_);
    archive_read_support_format_raw(archive_);
    archive_read_set_callback_data(archive_, this);
    archive_read_set_read_callback(archive_, &ArchiveFile::read_packed);
    if (packed_.seeks()) archive_read_set_seek_callback(archive_, &ArchiveFile::seek_packed);
    if (archive_read_open1(archive_) != ARCHIVE_OK) return std::unexpected(damaged());
    return {};
  }

  Expected<bool> next_member() override {
    for (;;) {
      archive_entry* entry = nullptr;
      const int result = archive_read_next_header(archive_, &entry);
      if (result == ARCHIVE_EOF) return false;
      if (result != ARCHIVE_OK && result != ARCHIVE_WARN) return std::unexpected(damaged());
      if (++unpacked_->members > limits_.members_max) {
        unpacked_->exhausting = true;
        return std::unexpected(
            file_error(path_, "holds more than " + std::to_string(limits_.members_max) + " members"));
      }
      const char* utf8 = archive_entry_pathname_utf8(entry);
      const char* given = utf8 != nullptr ? utf8 : archive_entry_pathname(entry);
      const std::string member = given != nullptr ? given : "";
      if (archive_entry_filetype(entry) != AE_IFREG) {
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
  bool is_exhausting() const override { return unpacked_->exhausting; }
  Expected<std::unique_ptr<EventFile>> open_member(ByteSource& bytes, std::string_view start) override {
    PackedBytes packed(bytes);
    if (start.starts_with(kSevenZip)) {
      HOLDFAST_TRY(held, packed.hold());
      if (!held) {
        return failure(name_, "is a 7z archive of more than " + std::to_string(kHeldBytesMax) + " bytes in another",
                       "unpack it first");
      }
    }
    auto inner = std::make_unique<ArchiveFile>(name_, std::move(packed), unpacked_, limits_);
    HOLDFAST_TRY_DO(inner->open());
    return inner;
  }

  Expected<std::size_t> read(char* to, std::size_t size) override {
    const la_ssize_t got = archive_read_data(archive_, to, size);
    if (got < 0) return std::unexpected(damaged());
    unpacked_->bytes += static_cast<std::uint64_t>(got);
    if (unpacked_->bytes > limits_.archive_bytes_max) {
      return exhausting("unpacks to more than " + std::to_string(limits_.archive_bytes_max) + " bytes");
    }
    if (unpacked_->bytes > limits_.expansion_free_bytes &&
        unpacked_->bytes / limits_.expansion_max > unpacked_->packed_size) {
      return exhausting("unpacks to more than " + std::to_string(limits_.expansion_max) +
                        " times the archive's size: it may be made to exhaust this computer");
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
                                           : static_cast<la_int64_t>(file->packed_.size());
    const la_int64_t target = base + offset;
    if (target < 0 || !file->packed_.seek(static_cast<std::uint64_t>(target))) return ARCHIVE_FATAL;
    return target;
  }

  std::unexpected<Error> exhausting(std::string what) {
    unpacked_->exhausting = true;
    return failure(name_, std::move(what), "unpack it by hand if you trust it");
  }

  Error damaged() const {
    const char* cause = archive_error_string(archive_);
    return file_error(name_.empty() ? path_ : name_,
                      std::string("is damaged or of an unknown kind: ") + (cause != nullptr ? cause : "unreadable"));
  }

  std::string path_;
  PackedBytes packed_;
  Unpacked own_;
  Unpacked* unpacked_;
  const ImportLimits& limits_;
  archive* archive_ = nullptr;
  std::array<char, 256 * 1024> block_{};
  std::string name_;
  std::uint64_t unused_ = 0;
};

// The old kind of tar has no mark but a checksum, in octal digits: the sum of its header with blanks in their place.
bool is_tar(std::string_view start) {
  constexpr std::size_t kHeaderBytes = 512;
  constexpr std::size_t kMark = 257;
  constexpr std::size_t kSum = 148;
  constexpr std::size_t kSumBytes = 8;
  if (start.size() < kHeaderBytes) return false;
  if (start.substr(kMark).starts_with("ustar")) return true;
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < kHeaderBytes; ++i) {
    sum += i >= kSum && i < kSum + kSumBytes ? std::uint32_t{' '} : static_cast<unsigned char>(start[i]);
  }
  std::string_view digits = start.substr(kSum, kSumBytes);
  digits.remove_prefix(std::min(digits.find_first_not_of(' '), digits.size()));
  std::uint32_t told = 0;
  for (; !digits.empty() && digits.front() >= '0' && digits.front() <= '7'; digits.remove_prefix(1)) {
    told = told * 8 + static_cast<std::uint32_t>(digits.front() - '0');
  }
  return start.front() != '\0' && told == sum;
}

constexpr std::string_view kPackedBeginnings[] = {"PK\x03\x04", "PK\x05\x06", kSevenZip, "\x1F\x8B",
                                                  std::string_view("\xFD\x37zXZ\0", 6)};

}  // namespace

bool looks_packed(std::string_view start) {
  const auto begins = [&](std::string_view beginning) { return start.starts_with(beginning); };
  return std::ranges::any_of(kPackedBeginnings, begins) || is_tar(start);
}

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
  auto archive = std::make_unique<ArchiveFile>(path, PackedBytes(std::move(bytes), size), nullptr, limits);
  HOLDFAST_TRY_DO(archive->open());
  return archive;
}

}  // namespace holdfast
