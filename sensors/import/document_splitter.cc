#include "sensors/import/document_splitter.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>

#include "engine/text/ascii.h"
#include "sensors/import/other_formats.h"

namespace holdfast {
namespace {

constexpr std::size_t kBlockMax = 1024 * 1024;
constexpr std::size_t kBlockMin = 4 * 1024;

bool ends_scalar(char c) {
  return ascii::is_blank(c) || c == ',' || c == ']' || c == '}' || c == ':' || c == '"' || c == '[' || c == '{';
}

constexpr std::string_view kRecordHeading = "Record ";

// "Record 17": what evtx_dump writes before each event.
bool is_record_heading(std::string_view line) {
  if (!line.starts_with(kRecordHeading)) return false;
  line.remove_prefix(kRecordHeading.size());
  while (!line.empty() && ascii::is_blank(line.back())) line.remove_suffix(1);
  return !line.empty() && std::ranges::all_of(line, ascii::is_digit);
}

constexpr std::size_t kAnswerHeadMax = 64 * 1024;

// What an answer that holds a list of events begins with.
constexpr std::string_view kAnswerKeys[] = {"took",     "timed_out", "hits",    "_scroll_id",     "pit_id",
                                            "results",  "value",     "preview", "@odata.context", "rawResponse",
                                            "response", "records",   "Records", "events",         "Events"};
constexpr std::string_view kListKeys[] = {"hits", "results", "value", "records", "Records", "events", "Events"};
constexpr std::string_view kListParents[] = {"hits", "rawResponse", "response"};

bool is_one_of(std::string_view key, std::span<const std::string_view> keys) {
  return std::ranges::find(keys, key) != keys.end();
}

// Walks the members of an object as far as they lie in a text.
class AnswerHead {
 public:
  explicit AnswerHead(std::string_view text) : text_(text) {}

  // Moves behind the bracket that opens the list; false where there is none. The text begins with a brace.
  bool find_list() {
    at_ = depth_ = 1;
    for (bool first = true;; first = false) {
      skip_blanks();
      if (!first && peek() == ',') ++at_;
      skip_blanks();
      const std::string_view key = take_string();
      if (key.data() == nullptr || (first && !is_one_of(key, kAnswerKeys))) return false;
      skip_blanks();
      if (peek() != ':') return false;
      ++at_;
      skip_blanks();
      if (peek() == '[' && is_one_of(key, kListKeys)) {
        ++at_;
        return true;
      }
      if (peek() == '{' && is_one_of(key, kListParents)) {
        ++at_;
        ++depth_;
      } else if (!skip_value()) {
        return false;
      }
    }
  }

  std::size_t at() const { return at_; }
  std::size_t depth() const { return depth_; }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void skip_blanks() {
    while (ascii::is_blank(peek())) ++at_;
  }

  // Null data where there is none.
  std::string_view take_string() {
    if (peek() != '"') return {};
    const std::size_t begin = ++at_;
    for (; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    if (at_ >= text_.size()) return {};
    return text_.substr(begin, at_++ - begin);
  }

  bool skip_value() {
    std::size_t open = 0;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '"') {
        if (take_string().data() == nullptr) return false;
        --at_;
      } else if (c == '{' || c == '[') {
        ++open;
      } else if (c == '}' || c == ']') {
        if (open == 0) return false;  // the object ends without a list
        --open;
      } else if (c == ',' && open == 0) {
        return true;
      }
    }
    return false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
};

}  // namespace

// ---------------------------------------------------------------- NestingScanner

NestingScanner::Result NestingScanner::bad(const char* reason) {
  reason_ = reason;
  return Result::kBad;
}

void NestingScanner::close() {
  in_object_.pop_back();
  expect_ = Expect::kCommaOrEnd;
}

// False where the character cannot stand here.
bool NestingScanner::take_structural(char c) {
  const bool value_expected = expect_ == Expect::kValue || expect_ == Expect::kValueOrEnd;
  switch (c) {
    case '{':
    case '[':
      if (!value_expected) return false;
      in_object_.push_back(c == '{');
      expect_ = c == '{' ? Expect::kKeyOrEnd : Expect::kValueOrEnd;
      return true;
    case '}':
      if (in_object_.empty() || !in_object_.back()) return false;
      if (expect_ != Expect::kCommaOrEnd && expect_ != Expect::kKeyOrEnd) return false;
      close();
      return true;
    case ']':
      if (in_object_.empty() || in_object_.back()) return false;
      if (expect_ != Expect::kCommaOrEnd && expect_ != Expect::kValueOrEnd) return false;
      close();
      return true;
    case ':':
      if (expect_ != Expect::kColon) return false;
      expect_ = Expect::kValue;
      return true;
    case ',':
      if (expect_ != Expect::kCommaOrEnd) return false;
      expect_ = in_object_.back() ? Expect::kKey : Expect::kValue;
      return true;
    case '"':
      if (!value_expected && expect_ != Expect::kKey && expect_ != Expect::kKeyOrEnd) return false;
      in_string_ = true;
      expect_ = value_expected ? Expect::kCommaOrEnd : Expect::kColon;
      return true;
    default:
      if (!value_expected) return false;
      in_scalar_ = true;
      expect_ = Expect::kCommaOrEnd;
      return true;
  }
}

NestingScanner::Result NestingScanner::scan(std::string_view text) {
  for (; at_ < text.size(); ++at_) {
    const char c = text[at_];
    if (in_string_) {
      if (escaped_) {
        escaped_ = false;
      } else if (c == '\\') {
        escaped_ = true;
      } else if (c == '"') {
        in_string_ = false;
      } else if (c == '\n') {
        return bad("the line ends inside a string");
      }
      continue;
    }
    if (in_scalar_ && !ends_scalar(c)) continue;
    in_scalar_ = false;
    if (ascii::is_blank(c)) continue;
    if (!take_structural(c)) return bad("it is no JSON: a bracket, comma or colon stands where none can");
    if (in_object_.size() > depth_max_) return bad("it is nested too deeply");
    if (in_object_.empty() && !in_string_ && !in_scalar_) {
      ++at_;
      return Result::kComplete;
    }
  }
  return Result::kUnfinished;
}

// ---------------------------------------------------------------- DocumentSplitter

DocumentSplitter::DocumentSplitter(ByteSource& source, const ImportLimits& limits)
    : source_(source), limits_(limits), block_(std::clamp(limits.document_bytes_max, kBlockMin, kBlockMax)) {
  buffer_.resize(2 * block_ + kPadding);
}

// Brings another block behind end_; what lies before at_ is dropped. False at the end of the source.
Expected<bool> DocumentSplitter::refill() {
  if (source_ended_) return false;
  if (buffer_.size() - kPadding - end_ < block_ && at_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + at_, end_ - at_);
    base_ += at_;
    end_ -= at_;
    at_ = 0;
  }
  if (buffer_.size() - kPadding - end_ < block_) {
    // Grows to the largest document, a block and no further: callers stop at document_bytes_max.
    buffer_.resize(
        std::min(buffer_.size() * 2, std::max(limits_.document_bytes_max, buffer_.size()) + 2 * block_ + kPadding));
  }
  HOLDFAST_TRY(got, source_.read(buffer_.data() + end_, block_));
  source_ended_ = got == 0;
  end_ += got;
  bytes_read_ += got;
  return !source_ended_;
}

// Brings `size` bytes behind at_, or as many as there are: then it is false.
Expected<bool> DocumentSplitter::fill(std::size_t size) {
  while (end_ - at_ < size) {
    HOLDFAST_TRY(more, refill());
    if (!more) return false;
  }
  return true;
}

// Where the object at at_ is an answer with a list of events: moves into the list.
Expected<bool> DocumentSplitter::enter_answer() {
  constexpr std::size_t kFirstKeyMax = 64;
  HOLDFAST_TRY_DO(fill(kFirstKeyMax));
  const std::string_view start(buffer_.data() + at_, end_ - at_);
  const std::size_t quote = std::min(start.find('"'), start.size());
  const std::string_view rest = start.substr(quote + (quote < start.size() ? 1 : 0));
  if (!is_one_of(rest.substr(0, std::min(rest.find('"'), kFirstKeyMax)), kAnswerKeys)) return false;
  HOLDFAST_TRY_DO(fill(kAnswerHeadMax));
  AnswerHead head({buffer_.data() + at_, std::min(end_ - at_, kAnswerHeadMax)});
  if (!head.find_list()) return false;
  for (std::size_t left = head.at(); left > 0; --left, ++at_) {
    if (buffer_[at_] == '\n') pass_newline();
  }
  in_array_ = true;
  answer_depth_ = head.depth();
  return true;
}

// Passes over what follows the list in its answer. False where the source ends before.
Expected<bool> DocumentSplitter::leave_answer() {
  bool in_string = false;
  for (; answer_depth_ > 0; ++at_) {
    HOLDFAST_TRY(there, fill(1));
    if (!there) return false;
    const char c = buffer_[at_];
    if (c == '\n') pass_newline();
    if (in_string && c == '\\') {
      ++at_;
      HOLDFAST_TRY(escaped, fill(1));
      if (!escaped) return false;
    } else if (c == '"') {
      in_string = !in_string;
    } else if (!in_string) {
      if (c == '{' || c == '[') ++answer_depth_;
      if (c == '}' || c == ']') --answer_depth_;
    }
  }
  return true;
}

Expected<void> DocumentSplitter::check_start() {
  started_ = true;
  HOLDFAST_TRY_DO(fill(16));
  const std::string_view start(buffer_.data(), end_);
  if (const OtherFormat* other = other_format(start)) {
    return failure({}, std::string(other->what), std::string(other->remedy));
  }
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (start.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
  return {};
}

void DocumentSplitter::pass_newline() {
  ++line_;
  line_begin_ = base_ + at_ + 1;
}

// A line that a broken document left behind, as opposed to the beginning of another one.
bool DocumentSplitter::continues_malformed() const {
  const char c = buffer_[at_];
  return (c != '{' && c != '[') || base_ + at_ - line_begin_ > continuation_column_;
}

// Moves to the first byte of the next document. False at the end.
Expected<bool> DocumentSplitter::skip_to_document() {
  for (;;) {
    if (at_ == end_) {
      HOLDFAST_TRY(more, refill());
      if (!more) return false;
      continue;
    }
    const char c = buffer_[at_];
    if (c == '\n') {
      pass_newline();
    } else if (ascii::is_blank(c)) {
    } else if (skipping_continuation_ && continues_malformed()) {
      HOLDFAST_TRY_DO(skip_line());
      continue;
    } else if (c == '[' && !in_array_) {
      in_array_ = true;
    } else if (c == ']' && in_array_) {
      if (answer_depth_ > 0) {
        ++at_;
        HOLDFAST_TRY(left, leave_answer());
        if (!left) return false;
        in_array_ = false;
        match_line_ = line_;
        continue;
      }
      in_array_ = false;
    } else if (c == ',' && in_array_) {
    } else {
      return true;
    }
    ++at_;
  }
}

Expected<DocumentSplitter::Line> DocumentSplitter::find_line_end() {
  std::size_t looked_at = 0;  // from at_
  for (;;) {
    const std::size_t filled = end_ - at_;
    const void* newline = std::memchr(buffer_.data() + at_ + looked_at, '\n', filled - looked_at);
    if (newline != nullptr)
      return Line{static_cast<std::size_t>(static_cast<const char*>(newline) - buffer_.data()), false};
    if (filled > limits_.document_bytes_max) return Line{end_, true};
    looked_at = filled;
    HOLDFAST_TRY(more, refill());
    if (!more) return Line{end_, false};
  }
}

// Moves to the newline that ends the line of at_, however far it is.
Expected<void> DocumentSplitter::skip_line() {
  for (;;) {
    const void* newline = std::memchr(buffer_.data() + at_, '\n', end_ - at_);
    if (newline != nullptr) {
      at_ = static_cast<std::size_t>(static_cast<const char*>(newline) - buffer_.data());
      return {};
    }
    at_ = end_;
    HOLDFAST_TRY(more, refill());
    if (!more) return {};
  }
}

Expected<DocumentSplitter::Next> DocumentSplitter::malformed(std::string reason, bool spans_lines) {
  reason_ = std::move(reason);
  document_line_ = line_;
  skipping_continuation_ = spans_lines;
  continuation_column_ = base_ + at_ - line_begin_;
  HOLDFAST_TRY_DO(skip_line());
  return Next::kMalformed;
}

DocumentSplitter::Next DocumentSplitter::found(std::size_t size, bool whole_line) {
  document_ = at_;
  document_size_ = size;
  document_line_ = line_;
  if (!whole_line) {
    for (std::size_t i = 0; i < size; ++i, ++at_) {
      if (buffer_[at_] == '\n') pass_newline();
    }
    match_line_ = line_;
  } else {
    at_ += size;
  }
  skipping_continuation_ = false;
  return Next::kDocument;
}

// The document at at_, by its brackets.
Expected<DocumentSplitter::Next> DocumentSplitter::match_document() {
  NestingScanner scanner(limits_.depth_max);
  for (;;) {
    const std::string_view text(buffer_.data() + at_, end_ - at_);
    const NestingScanner::Result result = scanner.scan(text);
    const bool spans_lines = text.substr(0, scanner.length()).find('\n') != std::string_view::npos;
    if (scanner.length() > limits_.document_bytes_max) {
      return malformed("the document is longer than " + std::to_string(limits_.document_bytes_max) + " bytes",
                       spans_lines);
    }
    if (result == NestingScanner::Result::kBad) return malformed(scanner.reason(), spans_lines);
    if (result == NestingScanner::Result::kComplete) return found(scanner.length(), false);
    HOLDFAST_TRY(more, refill());
    if (!more) return malformed("the file ends inside the document", spans_lines);
  }
}

Expected<DocumentSplitter::Next> DocumentSplitter::next() {
  if (!started_) {
    HOLDFAST_TRY_DO(check_start());
  }
  for (;;) {
    HOLDFAST_TRY(there, skip_to_document());
    if (!there) {
      if (!in_array_) return Next::kEnd;
      in_array_ = false;
      reason_ = "the file ends inside the array";
      document_line_ = line_;
      return Next::kMalformed;
    }
    if (buffer_[at_] == '{') {
      if (in_array_) break;
      HOLDFAST_TRY(entered, enter_answer());
      if (!entered) break;
      continue;
    }
    if (buffer_[at_] != kRecordHeading.front()) return malformed("it is not a JSON object", false);
    HOLDFAST_TRY(heading, find_line_end());
    if (!is_record_heading({buffer_.data() + at_, heading.end - at_})) {
      return malformed("it is not a JSON object", false);
    }
    at_ = heading.end;
  }
  if (in_array_ || line_ == match_line_) return match_document();

  HOLDFAST_TRY(line, find_line_end());
  if (line.too_long || line.end - at_ > limits_.document_bytes_max) return match_document();
  std::size_t end = line.end;
  while (end > at_ && ascii::is_blank(buffer_[end - 1])) --end;
  return buffer_[end - 1] == '}' ? Expected<Next>(found(end - at_, true)) : match_document();
}

Expected<DocumentSplitter::Next> DocumentSplitter::extend(const std::string& reason) {
  if (in_array_ || document_line_ != line_ || document_line_ == match_line_) {
    // Found by its brackets already: it ends where it ends, and is bad all the same.
    reason_ = reason;
    return Next::kMalformed;
  }
  at_ = document_;
  const std::size_t line_size = document_size_;
  NestingScanner scanner(limits_.depth_max);
  if (scanner.scan(text()) == NestingScanner::Result::kComplete && scanner.length() == line_size)
    return malformed(reason, false);
  return match_document();
}

}  // namespace holdfast
