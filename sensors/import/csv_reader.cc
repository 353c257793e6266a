#include "sensors/import/csv_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace holdfast {
namespace {

constexpr std::size_t kCsvBlock = 64 * 1024;
constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";
constexpr std::string_view kSeparatorRow = "sep=";
constexpr char kSeparators[] = {',', ';', '\t'};  // of as many the first

bool is_separator_row(std::string_view row) {
  return row.starts_with(kSeparatorRow) && row.size() == kSeparatorRow.size() + 1;
}

std::string_view without_line_end(std::string_view row) {
  if (row.ends_with('\n')) row.remove_suffix(1);
  if (row.ends_with('\r')) row.remove_suffix(1);
  return row;
}

}  // namespace

CsvReader::CsvReader(ByteSource& source, std::size_t row_bytes_max) : source_(source), row_bytes_max_(row_bytes_max) {}

// Brings more behind end_; what lies before at_ is dropped. False where the source has ended.
Expected<bool> CsvReader::refill() {
  if (source_ended_) return false;
  if (at_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + at_, end_ - at_);
    end_ -= at_;
    at_ = 0;
  }
  if (buffer_.size() < end_ + kCsvBlock) buffer_.resize(2 * end_ + kCsvBlock);
  HOLDFAST_TRY(got, source_.read(buffer_.data() + end_, buffer_.size() - end_));
  source_ended_ = got == 0;
  end_ += got;
  bytes_read_ += got;
  return !source_ended_;
}

Expected<CsvReader::Next> CsvReader::bad(const char* reason) {
  reason_ = reason;
  for (;;) {
    const void* newline = std::memchr(buffer_.data() + at_, '\n', end_ - at_);
    if (newline != nullptr) {
      at_ = static_cast<std::size_t>(static_cast<const char*>(newline) - buffer_.data()) + 1;
      break;
    }
    at_ = end_;
    HOLDFAST_TRY(more, refill());
    if (!more) break;
  }
  next_line_ = line_ + 1;
  return Next::kBad;
}

Expected<CsvReader::Next> CsvReader::next() {
  if (!std::exchange(started_, true)) {
    while (end_ < kUtf8Mark.size()) {
      HOLDFAST_TRY(more, refill());
      if (!more) break;
    }
    if (std::string_view(buffer_.data(), end_).starts_with(kUtf8Mark)) at_ = kUtf8Mark.size();
  }
  for (;;) {
    line_ = next_line_;
    std::size_t size = 0;  // of the row, from at_
    std::uint64_t lines = 0;
    bool quoted = false;
    for (;; ++size) {
      if (at_ + size == end_) {
        if (size > row_bytes_max_) return bad("the row is too long");
        HOLDFAST_TRY(more, refill());
        if (!more) break;
      }
      const char c = buffer_[at_ + size];
      quoted = quoted != (c == '"');
      if (c != '\n') continue;
      ++lines;
      if (!quoted) {
        ++size;
        break;
      }
    }
    if (size == 0) return Next::kEnd;
    if (quoted) return bad("the file ends inside a field in quotes");
    if (size > row_bytes_max_) return bad("the row is too long");
    const std::string_view row = without_line_end({buffer_.data() + at_, size});
    at_ += size;
    next_line_ += lines;
    if (row.empty()) continue;
    if (separator_ == '\0') {
      find_separator(row);
      if (is_separator_row(row)) continue;
    }
    split(row);
    if (fields_.size() > kFieldsMax) {
      reason_ = "the row has too many fields";
      return Next::kBad;
    }
    return Next::kRow;
  }
}

void CsvReader::find_separator(std::string_view row) {
  if (is_separator_row(row)) {
    separator_ = row.back();
    return;
  }
  std::ptrdiff_t most = 0;
  for (const char candidate : kSeparators) {
    std::ptrdiff_t count = 0;
    bool quoted = false;
    for (const char c : row) {
      quoted = quoted != (c == '"');
      count += !quoted && c == candidate ? 1 : 0;
    }
    if (count > most) separator_ = candidate;
    most = std::max(most, count);
  }
}

void CsvReader::split(std::string_view row) {
  const char separator = separator_ == '\0' ? ',' : separator_;
  fields_.clear();
  unquoted_.clear();
  unquoted_.reserve(row.size());  // never more: the views stay good
  for (bool last = false; !last && fields_.size() <= kFieldsMax;) {
    if (!row.starts_with('"')) {
      const std::size_t end = std::min(row.find(separator), row.size());
      fields_.push_back(row.substr(0, end));
      last = end == row.size();
      row.remove_prefix(last ? end : end + 1);
      continue;
    }
    row.remove_prefix(1);
    const std::size_t begin = unquoted_.size();
    for (;;) {
      const std::size_t quote = std::min(row.find('"'), row.size());
      unquoted_.append(row.substr(0, quote));
      row.remove_prefix(std::min(row.size(), quote + 1));
      if (!row.starts_with('"')) break;
      unquoted_ += '"';
      row.remove_prefix(1);
    }
    const std::size_t end = std::min(row.find(separator), row.size());
    unquoted_.append(row.substr(0, end));  // behind the quotes stands nothing, or what somebody forgot to put into them
    fields_.push_back(std::string_view(unquoted_).substr(begin));
    last = end == row.size();
    row.remove_prefix(last ? end : end + 1);
  }
}

}  // namespace holdfast
