// Which pid a ProcessGuid belongs to: some collectors drop ProcessId from some events.
//
//   process_ids.learn(start_ns, pid);          // of each event that tells both, in whatever order they lie
//   process_ids.complete(operation, remarks);  // in order of time, once all that is there was learnt
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "engine/schema/operation.pb.h"
#include "sensors/import/import.h"

namespace holdfast {

// Bounded: beyond kPlaces + kDisplacedMax processes some are forgotten, and their events without a pid have none.
class ProcessIds {
 public:
  static constexpr std::size_t kPlaces = 65'536;
  static constexpr std::size_t kDisplacedMax = 262'144;

  ProcessIds() : entries_(kPlaces) {}
  void learn(std::uint64_t start_ns, std::uint32_t pid);
  // 0 if unknown.
  std::uint32_t find(std::uint64_t start_ns) const;

  // Gives the processes that `operation` names by their start alone the pid that is known of them, and counts them.
  // False: of one of them none is known.
  bool complete(v1::Operation& operation, ImportRemarks& remarks) const;

 private:
  struct Entry {
    std::uint64_t start_ns = 0;
    std::uint32_t pid = 0;
  };
  static std::size_t place(std::uint64_t start_ns) {
    return static_cast<std::size_t>((start_ns * 0x9E3779B97F4A7C15ULL) >> 48);
  }
  std::vector<Entry> entries_;                                  // by place
  std::unordered_map<std::uint64_t, std::uint32_t> displaced_;  // from there by another one, by start
};

}  // namespace holdfast
