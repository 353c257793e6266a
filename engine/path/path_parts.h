// A raw path taken apart: segments between separators, and what of a segment names a file.
#pragma once

#include <cstddef>
#include <string_view>

#include "engine/text/ascii.h"

namespace holdfast::engine {

constexpr bool is_separator(char c) { return c == '\\' || c == '/'; }
// What Windows drops at the end of a name, and control characters, which no name may hold.
constexpr bool is_dropped_at_end(char c) { return c == '.' || c == ' ' || (c >= '\0' && c < ' '); }

// Steps through the segments of a path. Empty ones (doubled separators) are passed over.
class SegmentCursor {
 public:
  explicit SegmentCursor(std::string_view rest) : rest_(rest) {}

  bool next(std::string_view& segment) {
    skip_separators();
    if (rest_.empty()) return false;
    std::size_t end = 0;
    while (end < rest_.size() && !is_separator(rest_[end])) ++end;
    segment = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return true;
  }

  std::size_t skip_separators() {
    std::size_t count = 0;
    while (count < rest_.size() && is_separator(rest_[count])) ++count;
    rest_.remove_prefix(count);
    return count;
  }

  std::string_view rest() const { return rest_; }
  void finish() { rest_ = {}; }

 private:
  std::string_view rest_;
};

inline std::string_view without_dropped_end(std::string_view text) {
  while (!text.empty() && is_dropped_at_end(text.back())) text.remove_suffix(1);
  return text;
}

struct Part {
  std::string_view name;     // without stream and without what is dropped at its end
  std::string_view dropped;  // the end that `name` lost
  std::string_view stream;   // after the first ':', as given
  bool has_stream = false;
  bool lost_its_end = false;  // more was dropped than the single dot that Win32 drops too
};

inline Part part_of(std::string_view segment) {
  Part part;
  const std::size_t colon = segment.find(':');
  const std::string_view written = segment.substr(0, colon);
  if (colon != std::string_view::npos) {
    part.has_stream = true;
    part.stream = without_dropped_end(segment.substr(colon + 1));
  }
  part.name = without_dropped_end(written);
  part.dropped = written.substr(part.name.size());
  part.lost_its_end = !part.dropped.empty() && part.dropped != ".";
  return part;
}

// "C:", also with what is dropped at its end.
inline bool is_drive(std::string_view segment) {
  return segment.size() >= 2 && ascii::is_letter(segment[0]) && segment[1] == ':' &&
         without_dropped_end(segment.substr(2)).empty();
}

}  // namespace holdfast::engine
