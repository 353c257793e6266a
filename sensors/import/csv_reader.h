// Tables as RFC 4180 has them, a row at a time: fields between commas, in quotes where they hold a comma, a quote
// (twice) or the end of a line. Where the first row has more semicolons or tabs, as programs write tables where the
// comma stands in numbers, these count instead; so does what Excel's "sep=;" says.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sensors/byte_source.h"

namespace holdfast {

class CsvReader {
 public:
  enum class Next : std::uint8_t { kRow, kBad, kEnd };

  // `source` must outlive the reader. A row has at most `row_bytes_max` bytes.
  CsvReader(ByteSource& source, std::size_t row_bytes_max);

  // The next row that is not empty. With kBad, reason() says what is wrong; reading goes on behind the row's first
  // line.
  Expected<Next> next();

  const std::vector<std::string_view>& fields() const { return fields_; }  // valid until the next call
  std::uint64_t line() const { return line_; }                             // where the row begins, from 1
  const char* reason() const { return reason_; }
  std::uint64_t bytes_read() const { return bytes_read_; }

  static constexpr std::size_t kFieldsMax = 4096;

 private:
  Expected<bool> refill();
  Expected<Next> bad(const char* reason);
  void split(std::string_view row);
  void find_separator(std::string_view row);

  ByteSource& source_;
  std::size_t row_bytes_max_;
  std::vector<char> buffer_;
  std::size_t at_ = 0;
  std::size_t end_ = 0;
  bool started_ = false;
  bool source_ended_ = false;
  char separator_ = '\0';  // none was met so far
  std::vector<std::string_view> fields_;
  std::string unquoted_;  // fields that were in quotes
  std::uint64_t line_ = 1;
  std::uint64_t next_line_ = 1;
  const char* reason_ = "";
  std::uint64_t bytes_read_ = 0;
};

}  // namespace holdfast
