// Events in the order in which they happened, whatever order they come in, within bounded memory: what does not fit is
// written to sorted runs beside the output, which are merged and removed.
//
//   EventSorter sorter({.runs_beside = "incident.hfr"});
//   sorter.add({.wall_ns = 5, .log = 1, .number = 7}, input);
//   auto sorted = sorter.finish(take);   // gives them to `take`, in order
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/schema/error.h"
#include "engine/schema/input.pb.h"
#include "sensors/recording/disk.h"

namespace holdfast {

// Where an event belongs: by its time, and among those of one moment by its log and its number there.
struct EventPlace {
  std::uint64_t wall_ns = 0;  // since 1970
  std::uint32_t log = 0;
  std::uint64_t number = 0;   // two events of one log may share it: they keep the order in which they came
  std::uint8_t provider = 0;  // for whom it is told apart from what another one tells

  auto operator<=>(const EventPlace&) const = default;
};

struct EventSorterOptions {
  std::string runs_beside;  // a run is called "NAME.run-1.partial"; empty: whatever does not fit is an error
  std::size_t memory_bytes_max = 32 * 1024 * 1024;
  std::size_t runs_max = 512;  // each is read through a buffer of 64 KiB when they are merged
  Disk* disk = &system_disk();
};

class EventSorter {
 public:
  using Take = std::function<Expected<void>(const EventPlace&, v1::Input&)>;  // the input may be changed

  explicit EventSorter(EventSorterOptions options) : options_(std::move(options)) {}
  ~EventSorter();  // removes its runs
  EventSorter(const EventSorter&) = delete;
  EventSorter& operator=(const EventSorter&) = delete;

  // Fails when a run cannot be written, or there would be too many.
  Expected<void> add(const EventPlace& place, const v1::Input& input);

  // Gives all events in order. Fails when a run cannot be read, or where `take` fails. Nothing may be added afterwards.
  Expected<void> finish(const Take& take);

 private:
  struct Entry {
    EventPlace place;
    std::size_t begin = 0;  // of the serialised input in bytes_
    std::uint32_t size = 0;
  };
  class RunReader;

  void sort();
  Expected<void> write_run();
  Expected<void> merge_runs(const Take& take);
  Expected<void> give(const EventPlace& place, std::span<const std::uint8_t> bytes, const Take& take);
  std::string run_path(std::size_t number) const;

  EventSorterOptions options_;
  std::vector<Entry> entries_;
  std::vector<std::uint8_t> bytes_;
  std::size_t runs_ = 0;
  v1::Input input_;
};

}  // namespace holdfast
