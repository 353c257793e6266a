// XML as tools write events: elements, attributes, texts, the five entities and numbered characters, CDATA. Comments
// and processing instructions are passed over; a document type is refused, for it can make texts of any size. Any
// number of elements may stand beside one another, as `wevtutil qe` writes them.
//
//   XmlReader reader(bytes, limits.depth_max);
//   HOLDFAST_TRY(token, reader.next());
//   if (token == XmlReader::Token::kBad) HOLDFAST_TRY_DO(reader.skip_to("Event"));
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sensors/byte_source.h"

namespace holdfast {

class XmlReader {
 public:
  enum class Token : std::uint8_t { kOpen, kText, kClose, kBad, kEnd };

  struct Attribute {
    std::string name;
    std::string value;
  };

  // `source` must outlive the reader. `block`: bytes read at once.
  XmlReader(ByteSource& source, std::uint32_t depth_max, std::size_t block = 64 * 1024);

  // kOpen: name() and attributes(); kText: a piece of the innermost element's text(); kClose: the innermost element
  // ends, also where it was written as <element/>. With kBad, reason() says what is wrong; only skip_to() leads on.
  Expected<Token> next();
  // Moves behind what was bad, to the next "<element", whatever is open; nothing is open then.
  Expected<void> skip_to(std::string_view element);
  // The kOpen just given begins anew: whatever was open around it is not.
  void forget_outer() { open_.erase(open_.begin(), open_.end() - 1), recovered_ = true; }

  // All without the prefix of their namespace; valid until the next call, and not known to be UTF-8.
  const std::string& name() const { return open_.back(); }
  const std::vector<Attribute>& attributes() const { return attributes_; }
  std::string_view text() const { return text_; }

  std::uint64_t line() const { return line_; }  // of the token, from 1
  std::uint64_t bytes_passed() const { return base_ + at_; }
  std::uint64_t bytes_read() const { return base_ + end_; }
  const char* reason() const { return reason_; }

  static constexpr std::size_t kTagBytesMax = 1024 * 1024;

 private:
  Expected<bool> fill(std::size_t size);  // at least so many bytes at at_; false where the source ends before
  std::string_view ahead() const { return {buffer_.data() + at_, end_ - at_}; }
  void pass(std::size_t size);
  Expected<bool> pass_through(std::string_view mark);  // false where it does not come
  Token bad(const char* reason);

  Expected<Token> take_text();
  Expected<Token> take_cdata();
  Expected<Token> take_entity();
  Expected<Token> take_tag();
  Expected<std::size_t> find_tag_end();
  Token take_open_tag(std::string_view tag);
  Token take_close_tag(std::string_view name);
  Token close();
  bool read_attributes(std::string_view rest);
  bool unescape(std::string_view raw, std::string& out);

  ByteSource& source_;
  std::uint32_t depth_max_;
  std::size_t block_;
  std::vector<char> buffer_;
  std::size_t at_ = 0;
  std::size_t end_ = 0;
  std::uint64_t base_ = 0;  // position in the stream of buffer_[0]
  bool source_ended_ = false;

  std::vector<std::string> open_;
  std::vector<Attribute> attributes_;
  std::string_view text_;
  std::string character_;
  bool in_cdata_ = false;
  bool closes_at_once_ = false;  // of the tag just given
  bool closed_ = false;          // its name is still the innermost one
  bool recovered_ = false;       // elements that were opened before may be closed
  std::uint64_t line_ = 1;
  std::uint64_t next_line_ = 1;
  const char* reason_ = "";
};

}  // namespace holdfast
