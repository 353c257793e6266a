#include "engine/path/path_assembly.h"

#include <cstring>
#include <string>

#include "engine/path/case_folding.h"
#include "engine/text/ascii_words.h"
#include "engine/text/utf8.h"

namespace holdfast::engine {
namespace {

using Kind = WindowsPath::Kind;

// Writes `rest` in upper case to `out` if it is a sequence of parts in normal form: ASCII, no empty part, nothing
// dropped at the end of one, no stream, no possible short name. Gives false, and rubbish in `out`, otherwise.
bool fold_ordinary(std::string_view rest, char* out) {
  using ascii::Word;
  Word bad = 0;
  Word before = 0x80;  // as if a separator stood before the first character
  const auto fold = [&](Word word) {
    const Word separators = ascii::equal(word, '\\');
    const Word never_before_separator = separators | ascii::equal(word, '.') | ascii::equal(word, ' ');
    bad |= separators & ((never_before_separator << 8U) | before);
    before = never_before_separator >> 56U;
    bad |= ascii::any_non_ascii(word) | ascii::any_below(word, ' ') | ascii::equal(word, '/') |
           ascii::equal(word, ':') | ascii::equal(word, '~') | ascii::equal(word, '"');
    return ascii::upper(word);
  };
  const char* in = rest.data();
  std::size_t left = rest.size();
  for (; left >= sizeof(Word); left -= sizeof(Word), in += sizeof(Word), out += sizeof(Word)) {
    const Word word = fold(ascii::load(in));
    std::memcpy(out, &word, sizeof word);
  }
  if (left != 0) {
    const Word word = fold(ascii::load_tail(in, left));
    std::memcpy(out, &word, left);
  }
  return bad == 0 && !rest.empty() && rest.back() != '\\' && !is_dropped_at_end(rest.back());
}

}  // namespace

void PathAssembly::start(Kind kind, std::string_view root) {
  out_.kind = kind;
  out_.text.assign(root);
  out_.folded.clear();
  append_folded(root, out_.folded);
  out_.stream.clear();
  dropped_.clear();
  parts_ = 0;
  units_ = utf16_units(root);
}

void PathAssembly::append(std::string_view segment) {
  if (stopped_ || segment == ".") return;
  if (segment == "..") {
    // Object names know no way back, and above a share there is nothing.
    const std::size_t floor = out_.kind == Kind::kUnc ? 2 : 0;
    if (out_.kind != Kind::kDevice && parts_ > floor) pop();
    return;
  }
  const Part part = part_of(segment);
  if (part.name.empty()) {
    lost_its_end_ = lost_its_end_ || part.lost_its_end;
    if (part.lost_its_end && !part.has_stream) keep_for_people(std::string("\\").append(part.dropped));
    if (part.has_stream) set_stream(part.stream);
    return;
  }
  out_.lookalike = out_.lookalike || lost_its_end_;
  lost_its_end_ = part.lost_its_end || (verbatim_ && !part.dropped.empty());
  out_.stream.clear();
  push(part.name);
  if (part.lost_its_end) keep_for_people(part.dropped);
  if (part.has_stream) set_stream(part.stream);
}

bool PathAssembly::append_part(SegmentCursor& cursor) {
  const std::size_t before = parts_;
  std::string_view segment;
  while (parts_ == before) {
    if (stopped_ || !cursor.next(segment)) return false;
    append(segment);
  }
  return true;
}

void PathAssembly::append_rest(SegmentCursor& cursor) {
  if (append_ordinary(cursor.rest())) {
    cursor.finish();
    return;
  }
  std::string_view segment;
  while (!stopped_ && cursor.next(segment)) append(segment);
}

bool PathAssembly::append_ordinary(std::string_view rest) {
  const bool with_host = out_.kind != Kind::kUnc || parts_ >= 2;
  if (!with_host || out_.kind == Kind::kRelative || !rest.starts_with('\\') || lost_its_end_ ||
      short_names_.any_without_tilde() || units_ + rest.size() > WindowsPath::kUnitsMax) {
    return false;
  }
  const std::string_view parts = rest.substr(1);
  const std::size_t before = out_.folded.size();
  bool ordinary = false;
  const std::size_t after = before + rest.size();
  out_.folded.resize_and_overwrite(after, [&](char* text, std::size_t) {
    text[before] = '\\';
    ordinary = fold_ordinary(parts, text + before + 1);
    return ordinary ? after : before;
  });
  if (!ordinary) return false;
  out_.text.append(rest);
  out_.stream.clear();
  units_ += rest.size();
  ++parts_;  // at least: nothing needs the exact number any more
  return true;
}

void PathAssembly::push(std::string_view name) {
  const bool first_of_relative = out_.kind == Kind::kRelative && parts_ == 0;
  const std::size_t separator = first_of_relative ? 0 : 1;
  std::size_t units = utf16_units(name);
  if (units_ + separator + units > WindowsPath::kUnitsMax) {
    stop();
    if (!first_of_relative) return;
    // One part that is too long by itself: keep its beginning, so that something is left to show.
    std::size_t end = 0;
    units = 0;
    while (end < name.size()) {
      const CodePoint point = code_point_at(name, end);
      const std::size_t more = point.value > 0xFFFF ? 2 : 1;
      if (units + more > WindowsPath::kUnitsMax) break;
      units += more;
      end += point.bytes;
    }
    name = without_dropped_end(name.substr(0, end));
    if (name.empty()) return;
    units = utf16_units(name);
  }
  if (separator != 0) {
    out_.text.push_back('\\');
    out_.folded.push_back('\\');
  }
  append_valid_utf8(name, out_.text);
  append_folded(name, out_.folded);
  units_ += separator + units;
  ++parts_;
  if (out_.kind == Kind::kLocal && (short_names_.any_without_tilde() || name.find('~') != std::string_view::npos)) {
    lengthen_short_name();
  }
}

void PathAssembly::pop() {
  cut_last_part();
  out_.stream.clear();
  lost_its_end_ = false;
}

void PathAssembly::cut_last_part() {
  const std::size_t end = out_.text.rfind('\\');
  const std::size_t folded_end = out_.folded.rfind('\\');
  const std::size_t from = end == std::string::npos ? 0 : end;
  units_ -= utf16_units(std::string_view(out_.text).substr(from));
  out_.text.resize(from);
  while (!dropped_.empty() && dropped_.back().at > from) dropped_.pop_back();
  out_.folded.resize(folded_end == std::string::npos ? 0 : folded_end);
  --parts_;
}

// "name", "name:type" or ":type": $DATA is what every stream is, and an index allocation is the folder itself.
void PathAssembly::set_stream(std::string_view stream) {
  out_.stream.clear();
  append_folded(stream, out_.stream);
  const std::size_t colon = out_.stream.find(':');
  if (colon == std::string::npos) return;
  const std::string_view type = std::string_view(out_.stream).substr(colon + 1);
  if (type == "$INDEX_ALLOCATION") {
    out_.stream.clear();
  } else if (type == "$DATA" || type.empty()) {
    out_.stream.resize(without_dropped_end(std::string_view(out_.stream).substr(0, colon)).size());
  }
}

void PathAssembly::lengthen_short_name() {
  const std::string* long_name = short_names_.find(out_.folded);
  if (long_name == nullptr) return;
  cut_last_part();
  const std::size_t units = utf16_units(*long_name);
  if (units_ + 1 + units > WindowsPath::kUnitsMax) {
    stop();
    return;
  }
  out_.text.append("\\").append(*long_name);
  out_.folded.push_back('\\');
  append_folded(*long_name, out_.folded);
  units_ += 1 + units;
  ++parts_;
}

void PathAssembly::stop() {
  stopped_ = true;
  out_.lookalike = true;
}

void PathAssembly::keep_for_people(std::string_view dropped) {
  constexpr std::size_t kBytesMax = 64;  // of all folders: who pads a name with a page of blanks is seen by a few
  if (dropped_bytes_ + dropped.size() > kBytesMax) return;
  dropped_bytes_ += dropped.size();
  dropped_.push_back({out_.text.size(), std::string(dropped)});
}

// The text of a lookalike shows the folder that makes it one, or an invented one where that cannot be shown.
void PathAssembly::show_lookalike() {
  constexpr std::string_view kInvented = R"(...\)";
  std::string& text = out_.text;
  const std::size_t separator = text.rfind('\\');
  const std::size_t last = separator == std::string::npos ? 0 : separator;
  std::erase_if(dropped_, [&](const Dropped& dropped) { return dropped.at > last; });
  if (dropped_.empty()) text.insert(separator == std::string::npos ? 0 : separator + 1, kInvented);
  // Nothing separates a first folder of blanks from what stands before a root.
  const bool first_of_relative = out_.kind == Kind::kRelative && !dropped_.empty() && dropped_.front().at == 0;
  for (std::size_t i = dropped_.size(); i-- > 0;) {
    if (!first_of_relative || dropped_[i].at != 0) text.insert(dropped_[i].at, dropped_[i].text);
  }
  if (first_of_relative) text.insert(0, kInvented);
}

void PathAssembly::finish() {
  if (verbatim_ && lost_its_end_) out_.lookalike = true;
  if (parts_ == 0) {
    out_.lookalike = false;                              // a root alone cannot be mistaken for another
    if (out_.kind != Kind::kLocal) out_.stream.clear();  // nor has it streams, unless it is a folder
  }
  if (out_.kind == Kind::kLocal && out_.text.size() == 2) {
    out_.text.push_back('\\');
    out_.folded.push_back('\\');
  }
  if (out_.text.empty()) {
    if (out_.kind == Kind::kDevice) {
      out_.text = out_.folded = "\\";
    } else {
      out_.kind = Kind::kEmpty;
    }
  }
  if (out_.lookalike) show_lookalike();
}

}  // namespace holdfast::engine
