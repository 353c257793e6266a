#include "sensors/recording/segment_ring.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>
#include <string_view>

#include "sensors/recording/binary_file.h"

namespace holdfast {
namespace {

constexpr std::string_view kPrefix = "flight-";
constexpr std::string_view kSuffix = ".hfr";
constexpr std::string_view kPartial = ".partial";
constexpr std::size_t kDigits = 10;

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

Expected<SegmentRing> SegmentRing::open(const std::string& folder, std::uint64_t now_ns, Disk& disk) {
  SegmentRing ring;
  ring.disk_ = &disk;
  ring.folder_ = folder;
  if (auto made = disk.make_folder(folder); !made) return std::unexpected(made.error());
  const auto files = disk.list(folder);
  if (!files) return std::unexpected(files.error());
  for (const Disk::Entry& file : *files) {
    const std::optional<std::uint64_t> number = number_of(file.name);
    if (!number) continue;
    ring.segments_.push_back(
        {.number = *number, .path = folder + '/' + file.name, .bytes = file.bytes, .ends_at_ns = now_ns});
    ring.next_number_ = std::max(ring.next_number_, *number + 1);
  }
  std::ranges::sort(ring.segments_, {}, [](const Segment& each) { return std::pair(each.number, each.path); });
  return ring;
}

std::uint64_t SegmentRing::bytes() const {
  return std::accumulate(segments_.begin(), segments_.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const Segment& each) { return sum + each.bytes; });
}

SegmentRing::Segment SegmentRing::next() {
  const std::uint64_t number = next_number_++;
  return {.number = number, .path = fmt::format("{}/{}{:0{}}{}", folder_, kPrefix, number, kDigits, kSuffix)};
}

const SegmentRing::Segment* SegmentRing::add(const Segment& segment, std::uint64_t ends_at_ns) {
  for (const std::string& path : {segment.path, segment.path + std::string(kPartial)}) {
    const auto file = disk_->open(path);
    if (!file) continue;
    return &segments_.emplace_back(
        Segment{.number = segment.number, .path = path, .bytes = file->size_bytes(), .ends_at_ns = ends_at_ns});
  }
  return nullptr;
}

std::vector<SegmentRing::Segment> SegmentRing::take_surplus(std::uint64_t bytes_max, std::uint64_t oldest_ns,
                                                            std::span<const std::uint64_t> kept) {
  std::vector<Segment> surplus;
  auto oldest = segments_.begin();
  while (oldest != segments_.end() && (bytes() > bytes_max || oldest->ends_at_ns < oldest_ns)) {
    if (std::ranges::find(kept, oldest->number) != kept.end()) {
      ++oldest;
      continue;
    }
    surplus.push_back(std::move(*oldest));
    oldest = segments_.erase(oldest);
  }
  return surplus;
}

void SegmentRing::take_back(Segment segment) {
  const auto behind = std::ranges::upper_bound(segments_, segment.number, {}, &Segment::number);
  segments_.insert(behind, std::move(segment));
}

}  // namespace holdfast
