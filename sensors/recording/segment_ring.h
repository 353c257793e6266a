// A folder of recordings that follow each other, the oldest of which make room for new ones: "flight-0000000001.hfr".
// One that an interrupted writer left is part of it under its partial name.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/schema/error.h"
#include "sensors/recording/disk.h"

namespace holdfast {

class SegmentRing {
 public:
  struct Segment {
    std::uint64_t number = 0;  // ascending
    std::string path;
    std::uint64_t bytes = 0;
    std::uint64_t ends_at_ns = 0;  // engine time up to which it reaches
  };

  // What lies in `folder`, which is made if it is missing; it is taken to reach up to `now_ns`. Other files there are
  // left alone. Fails when the folder cannot be made or read. `disk` must outlive the ring.
  static Expected<SegmentRing> open(const std::string& folder, std::uint64_t now_ns, Disk& disk = system_disk());

  const std::string& folder() const { return folder_; }
  const std::deque<Segment>& segments() const { return segments_; }  // ascending numbers
  std::uint64_t bytes() const;

  // The number and the path of the segment that comes next; each call names another.
  Segment next();
  // A segment that next() gave is complete, or all that there will be of it. Null: there is no such file.
  const Segment* add(const Segment& segment, std::uint64_t ends_at_ns);
  // Gives up, from the oldest on, what ends before `oldest_ns`, and what is too much for `bytes_max`, but never the
  // segments with the numbers `kept`. Their files are the caller's to remove.
  std::vector<Segment> take_surplus(std::uint64_t bytes_max, std::uint64_t oldest_ns,
                                    std::span<const std::uint64_t> kept = {});
  // Its file could not be removed.
  void take_back(Segment segment);

 private:
  Disk* disk_ = nullptr;
  std::string folder_;
  std::deque<Segment> segments_;
  std::uint64_t next_number_ = 1;
};

}  // namespace holdfast
