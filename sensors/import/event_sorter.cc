#include "sensors/import/event_sorter.h"

#include <algorithm>
#include <memory>
#include <queue>
#include <span>
#include <utility>

#include "sensors/recording/binary_file.h"
#include "sensors/recording/format.h"

namespace holdfast {
namespace {

namespace format = recording_format;

// Of an event in a run: its place, how long it is, then the serialised input.
constexpr std::size_t kHeadBytes = 8 + 4 + 8 + 4 + 1;
constexpr std::size_t kBufferBytes = 64 * 1024;

void put_head(const EventPlace& place, std::uint32_t size, std::uint8_t* head) {
  format::put_u64(head, place.wall_ns);
  format::put_u32(head + 8, place.log);
  format::put_u64(head + 12, place.number);
  format::put_u32(head + 20, size);
  head[24] = place.provider;
}

}  // namespace

// A run, event by event, through a buffer that grows with the longest one.
class EventSorter::RunReader {
 public:
  explicit RunReader(BinaryReader file) : file_(std::move(file)) {}

  // False at the end.
  Expected<bool> next() {
    at_ += event_bytes_;
    event_bytes_ = 0;
    if (at_ == buffered_.size() && read_bytes_ == file_.size_bytes()) return false;
    HOLDFAST_TRY_DO(hold(kHeadBytes));
    const std::uint8_t* head = &buffered_[at_];
    const EventPlace before = std::exchange(place_, {.wall_ns = format::get_u64(head),
                                                     .log = format::get_u32(head + 8),
                                                     .number = format::get_u64(head + 12),
                                                     .provider = head[24]});
    if (place_ < before) return changed();
    const std::size_t size = kHeadBytes + format::get_u32(head + 20);
    HOLDFAST_TRY_DO(hold(size));
    event_bytes_ = size;
    return true;
  }

  const EventPlace& place() const { return place_; }
  std::span<const std::uint8_t> event() const {
    return std::span(buffered_).subspan(at_ + kHeadBytes, event_bytes_ - kHeadBytes);
  }

 private:
  std::unexpected<Error> changed() const {
    return failure(file_.path(), "the run of sorted events was changed while it was read");
  }

  // Has so many bytes in the buffer from at_ on. A run that is shorter than it says was changed by somebody.
  Expected<void> hold(std::size_t bytes) {
    const std::size_t held = buffered_.size() - at_;
    if (held >= bytes) return {};
    const std::uint64_t left = file_.size_bytes() - read_bytes_;
    if (left < bytes - held) return changed();
    buffered_.erase(buffered_.begin(), buffered_.begin() + static_cast<std::ptrdiff_t>(at_));
    at_ = 0;
    const auto more = static_cast<std::size_t>(std::min<std::uint64_t>(left, std::max(kBufferBytes, bytes - held)));
    buffered_.resize(held + more);
    HOLDFAST_TRY_DO(file_.read_at(read_bytes_, std::span(buffered_).subspan(held)));
    read_bytes_ += more;
    return {};
  }

  BinaryReader file_;
  std::uint64_t read_bytes_ = 0;  // of the file
  std::vector<std::uint8_t> buffered_;
  std::size_t at_ = 0;  // of the event in buffered_
  std::size_t event_bytes_ = 0;
  EventPlace place_;
};

EventSorter::~EventSorter() {
  for (std::size_t run = 1; run <= runs_; ++run) {
    // Nobody is left to be told; the next import of the name replaces it.
    [[maybe_unused]] const Expected<void> removed = options_.disk->remove(run_path(run));
  }
}

std::string EventSorter::run_path(std::size_t number) const {
  return options_.runs_beside + ".run-" + std::to_string(number) + ".partial";
}

Expected<void> EventSorter::add(const EventPlace& place, const v1::Input& input) {
  const std::size_t size = input.ByteSizeLong();
  const std::size_t begin = bytes_.size();
  const std::size_t memory = begin + size + (entries_.size() + 1) * sizeof(Entry);
  if (memory > options_.memory_bytes_max && !entries_.empty()) {
    HOLDFAST_TRY_DO(write_run());
    return add(place, input);
  }
  bytes_.resize(begin + size);
  input.SerializeWithCachedSizesToArray(bytes_.data() + begin);
  entries_.push_back({.place = place, .begin = begin, .size = static_cast<std::uint32_t>(size)});
  return {};
}

void EventSorter::sort() {
  const auto before = [](const Entry& a, const Entry& b) { return a.place < b.place; };
  // Most logs are in order.
  if (!std::ranges::is_sorted(entries_, before)) std::ranges::stable_sort(entries_, before);
}

Expected<void> EventSorter::write_run() {
  if (options_.runs_beside.empty() || runs_ == options_.runs_max) {
    return failure({},
                   "the events do not fit into " + std::to_string(options_.memory_bytes_max >> 20) + " MiB of memory" +
                       (runs_ == 0 ? "" : " " + std::to_string(runs_) + " times over"),
                   "import fewer files at once");
  }
  sort();
  const std::string path = run_path(runs_ + 1);
  HOLDFAST_TRY(file, options_.disk->create(path, path));
  ++runs_;
  std::vector<std::uint8_t> buffer;
  for (const Entry& entry : entries_) {
    const std::size_t at = buffer.size();
    buffer.resize(at + kHeadBytes);
    put_head(entry.place, entry.size, &buffer[at]);
    const auto input = std::span(bytes_).subspan(entry.begin, entry.size);
    buffer.insert(buffer.end(), input.begin(), input.end());
    if (buffer.size() < kBufferBytes) continue;
    HOLDFAST_TRY_DO(file->append(buffer));
    buffer.clear();
  }
  HOLDFAST_TRY_DO(file->append(buffer));
  HOLDFAST_TRY_DO(file->close());
  entries_.clear();
  bytes_.clear();
  return {};
}

Expected<void> EventSorter::give(const EventPlace& place, std::span<const std::uint8_t> bytes, const Take& take) {
  if (!input_.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return failure(options_.runs_beside, "a run of sorted events was changed while it was read");
  }
  return take(place, input_);
}

Expected<void> EventSorter::finish(const Take& take) {
  if (runs_ != 0) {
    if (!entries_.empty()) HOLDFAST_TRY_DO(write_run());
    bytes_ = {};
    entries_ = {};
    return merge_runs(take);
  }
  sort();
  for (const Entry& entry : entries_) {
    HOLDFAST_TRY_DO(give(entry.place, std::span(bytes_).subspan(entry.begin, entry.size), take));
  }
  return {};
}

Expected<void> EventSorter::merge_runs(const Take& take) {
  std::vector<RunReader> runs;
  using Next = std::pair<EventPlace, std::size_t>;  // of equals the one from the earlier run came first
  std::priority_queue<Next, std::vector<Next>, std::greater<>> queue;
  const auto advance = [&](std::size_t run) -> Expected<void> {
    HOLDFAST_TRY(more, runs[run].next());
    if (more) queue.emplace(runs[run].place(), run);
    return {};
  };
  for (std::size_t run = 0; run < runs_; ++run) {
    HOLDFAST_TRY(file, options_.disk->open(run_path(run + 1)));
    runs.emplace_back(std::move(file));
    HOLDFAST_TRY_DO(advance(run));
  }
  while (!queue.empty()) {
    const auto [place, run] = queue.top();
    queue.pop();
    HOLDFAST_TRY_DO(give(place, runs[run].event(), take));
    HOLDFAST_TRY_DO(advance(run));
  }
  return {};
}

}  // namespace holdfast
