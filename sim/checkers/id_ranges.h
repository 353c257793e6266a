// A set of numbers that mostly come in ascending order: kept as ranges, so that a million of them cost a few bytes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace holdfast {

class IdRanges {
 public:
  bool contains(std::uint64_t id) const {
    const auto range = at_or_after(id);
    return range != ranges_.end() && range->first <= id;
  }

  void add(std::uint64_t id) {
    if (!ranges_.empty() && id > ranges_.back().last) {  // the usual case
      if (id == ranges_.back().last + 1) {
        ranges_.back().last = id;
      } else {
        ranges_.push_back({id, id});
      }
      return;
    }
    const auto range = ranges_.begin() + (at_or_after(id) - ranges_.cbegin());
    if (range != ranges_.end() && range->first <= id) return;
    const bool joins_next = range != ranges_.end() && range->first == id + 1;
    const bool joins_previous = range != ranges_.begin() && (range - 1)->last + 1 == id;
    if (joins_next && joins_previous) {
      (range - 1)->last = range->last;
      ranges_.erase(range);
    } else if (joins_next) {
      range->first = id;
    } else if (joins_previous) {
      (range - 1)->last = id;
    } else {
      ranges_.insert(range, {id, id});
    }
  }

  void remove(std::uint64_t id) {
    const auto range = ranges_.begin() + (at_or_after(id) - ranges_.cbegin());
    if (range == ranges_.end() || range->first > id) return;
    const Range whole = *range;
    if (whole.first == id && whole.last == id) {
      ranges_.erase(range);
    } else if (whole.first == id) {
      range->first = id + 1;
    } else if (whole.last == id) {
      range->last = id - 1;
    } else {
      range->last = id - 1;
      ranges_.insert(range + 1, {id + 1, whole.last});
    }
  }

 private:
  struct Range {
    std::uint64_t first;
    std::uint64_t last;
  };
  // The first range that does not end before `id`.
  std::vector<Range>::const_iterator at_or_after(std::uint64_t id) const {
    return std::ranges::lower_bound(ranges_, id, {}, &Range::last);
  }

  std::vector<Range> ranges_;  // ascending, apart from each other
};

}  // namespace holdfast
