// Cuts a stream of JSON into documents: one per line, or pretty-printed over many, or the elements of an array, also of
// that in an answer of Elasticsearch, Azure, Splunk or an event hub, or any mixture, without holding more than one
// document.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/schema/error.h"
#include "sensors/byte_source.h"
#include "sensors/import/import.h"

namespace holdfast {

// Follows the nesting of one JSON document byte by byte; can be fed in pieces.
class NestingScanner {
 public:
  enum class Result : std::uint8_t { kUnfinished, kComplete, kBad };

  explicit NestingScanner(std::uint32_t depth_max) : depth_max_(depth_max) {}
  // Goes on with the document that begins at text[0]; bytes that were seen before must be the same. With kComplete,
  // length() is the document's; with kBad, reason() says what is wrong.
  Result scan(std::string_view text);
  std::size_t length() const { return at_; }
  const char* reason() const { return reason_; }

 private:
  enum class Expect : std::uint8_t { kValue, kKeyOrEnd, kKey, kColon, kCommaOrEnd, kValueOrEnd };

  Result bad(const char* reason);
  bool take_structural(char c);
  void close();

  std::uint32_t depth_max_;
  std::vector<bool> in_object_;
  Expect expect_ = Expect::kValue;
  bool in_string_ = false;
  bool escaped_ = false;
  bool in_scalar_ = false;
  std::size_t at_ = 0;
  const char* reason_ = "";
};

class DocumentSplitter {
 public:
  enum class Next : std::uint8_t { kDocument, kMalformed, kEnd };

  // Both must outlive the splitter.
  DocumentSplitter(ByteSource& source, const ImportLimits& limits);

  // The next document, or the next place that cannot be one. A document that seems to fill its line is not looked into:
  // whether it really ends there shows when it is parsed. Fails when the source is broken or of another kind.
  Expected<Next> next();

  // text() could not be parsed for `reason`. Where its brackets close elsewhere (several documents on a line, a
  // document over several lines), text() becomes the document up to there: kDocument. Otherwise kMalformed, and the
  // next document is sought behind the line. Only directly after a kDocument.
  Expected<Next> extend(const std::string& reason);

  std::string_view text() const { return {buffer_.data() + document_, document_size_}; }
  std::uint64_t line() const { return document_line_; }  // where text() or the malformed place begins, from 1
  const std::string& reason() const { return reason_; }
  std::uint64_t bytes_read() const { return bytes_read_; }

  // Bytes behind text() that may be read, whatever they hold.
  static constexpr std::size_t kPadding = 64;

 private:
  struct Line {
    std::size_t end = 0;    // of its newline, or of the file
    bool too_long = false;  // no newline within the limit
  };

  Expected<bool> refill();
  Expected<void> check_start();
  Expected<bool> skip_to_document();
  Expected<bool> fill(std::size_t size);
  Expected<bool> enter_answer();
  Expected<bool> leave_answer();
  Expected<Line> find_line_end();
  Expected<Next> match_document();
  Expected<Next> malformed(std::string reason, bool spans_lines);
  Expected<void> skip_line();
  Next found(std::size_t size, bool whole_line);
  void pass_newline();
  bool continues_malformed() const;

  ByteSource& source_;
  const ImportLimits& limits_;
  std::size_t block_;  // bytes read at once
  std::vector<char> buffer_;
  std::size_t at_ = 0;      // next byte to look at
  std::size_t end_ = 0;     // bytes filled
  std::uint64_t base_ = 0;  // position in the stream of buffer_[0]
  bool source_ended_ = false;
  bool started_ = false;
  bool in_array_ = false;
  std::size_t answer_depth_ = 0;  // of objects around the array, with which the answer ends
  std::uint64_t line_ = 1;        // of at_
  std::uint64_t line_begin_ = 0;  // position in the stream
  std::uint64_t match_line_ = 0;  // documents that begin on this line are found by their brackets
  std::uint64_t continuation_column_ = 0;
  bool skipping_continuation_ = false;  // lines of a broken document that began further left
  std::size_t document_ = 0;
  std::size_t document_size_ = 0;
  std::uint64_t document_line_ = 0;
  std::string reason_;
  std::uint64_t bytes_read_ = 0;
};

}  // namespace holdfast
