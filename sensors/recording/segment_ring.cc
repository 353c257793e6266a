#include "sensors/recording/segment_ring.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <numeric>
#include <string_view>
#include <system_error>

namespace holdfast {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "flight-";
constexpr std::string_view kSuffix = ".hfr";
constexpr std::string_view kPartial = ".partial";
constexpr std::size_t kDigits = 10;

fs::path native(std::string_view utf8) { return fs::path(std::u8string(utf8.begin(), utf8.end())); }
std::string utf8(const fs::path& path) {
  const std::u8string text = path.generic_u8string();
  return {text.begin(), text.end()};
}

// The number of a segment's file; nothing if it is none.
std::optional<std::uint64_t> number_of(std::string_view name) {
  if (name.ends_with(kPartial)) name.remove_suffix(kPartial.size());
  if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix)) return std::nullopt;
  name.remove_prefix(kPrefix.size());
  name.remove_suffix(kSuffix.size());
  if (name.size() < kDigits) return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error != std::errc() || end != name.data() + name.size() || number == 0) return std::nullopt;
  return number;
}

}  // namespace

Expected<SegmentRing> SegmentRing::open(const std::string& folder, std::uint64_t now_ns) {
  SegmentRing ring;
  ring.folder_ = folder;
  std::error_code error;
  fs::create_directories(native(folder), error);
  fs::directory_iterator files(native(folder), error);
  if (error) {
    return std::unexpected(Error{.where = folder,
                                 .field = {},
                                 .what = "cannot be used as a folder: " + error.default_error_condition().message(),
                                 .remedy = "choose a folder where you may read and write"});
  }
  for (const fs::directory_entry& file : files) {
    const std::optional<std::uint64_t> number = number_of(utf8(file.path().filename()));
    if (!number || !file.is_regular_file(error)) continue;
    ring.segments_.push_back(
        {.number = *number, .path = utf8(file.path()), .bytes = file.file_size(error), .ends_at_ns = now_ns});
    ring.next_number_ = std::max(ring.next_number_, *number + 1);
  }
  std::ranges::sort(ring.segments_, {}, [](const Segment& each) { return std::pair(each.number, each.path); });
  return ring;
}

std::uint64_t SegmentRing::bytes() const {
  return std::accumulate(segments_.begin(), segments_.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const Segment& each) { return sum + each.bytes; });
}

std::string SegmentRing::next_path() {
  return fmt::format("{}/{}{:0{}}{}", folder_, kPrefix, next_number_++, kDigits, kSuffix);
}

void SegmentRing::add(const std::string& path, std::uint64_t ends_at_ns) {
  const auto number = number_of(utf8(native(path).filename()));
  for (const std::string& name : {path, path + std::string(kPartial)}) {
    std::error_code missing;
    const std::uintmax_t bytes = fs::file_size(native(name), missing);
    if (missing || !number) continue;
    segments_.push_back({.number = *number, .path = name, .bytes = bytes, .ends_at_ns = ends_at_ns});
    return;
  }
}

std::size_t SegmentRing::prune(std::uint64_t bytes_max, std::uint64_t oldest_ns) {
  std::size_t removed = 0;
  while (!segments_.empty() && (bytes() > bytes_max || segments_.front().ends_at_ns < oldest_ns)) {
    std::error_code ignored;  // nothing better can be done with a file that will not go
    fs::remove(native(segments_.front().path), ignored);
    segments_.pop_front();
    ++removed;
  }
  return removed;
}

}  // namespace holdfast
