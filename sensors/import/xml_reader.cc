#include "sensors/import/xml_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "engine/text/ascii.h"
#include "engine/text/hex.h"
#include "engine/text/surrogates.h"
#include "engine/text/utf8.h"

namespace holdfast {
namespace {

constexpr std::string_view kCdata = "<![CDATA[";
constexpr std::string_view kCdataEnd = "]]>";
constexpr std::size_t kEntityBytesMax = 12;  // "&#x0010FFFF;"

bool is_name_end(char c) {
  return ascii::is_blank(c) || c == '/' || c == '>' || c == '=' || c == '"' || c == '\'' || c == '<' || c == '&';
}

std::string_view name_at_start(std::string_view text) {
  return text.substr(0, static_cast<std::size_t>(std::ranges::find_if(text, is_name_end) - text.begin()));
}

std::string_view without_prefix(std::string_view name) { return name.substr(name.find(':') + 1); }

void drop_blanks(std::string_view& text) {
  while (!text.empty() && ascii::is_blank(text.front())) text.remove_prefix(1);
}

// The character of "#x1F600" or "#10"; false where it is no number.
bool numbered_character(std::string_view digits, char32_t& point) {
  const bool hex = digits.starts_with("#x");
  digits.remove_prefix(hex ? 2 : 1);
  if (digits.empty()) return false;
  std::uint32_t value = 0;
  for (const char c : digits) {
    const int digit = hex ? hex_value(c) : ascii::is_digit(c) ? c - '0' : -1;
    if (digit < 0) return false;
    value = std::min<std::uint32_t>(value * (hex ? 16 : 10) + static_cast<std::uint32_t>(digit), 0x11'0000);
  }
  const bool scalar = value != 0 && value < 0x11'0000 && !is_high_surrogate(value) && !is_low_surrogate(value);
  point = scalar ? static_cast<char32_t>(value) : kReplacementCharacter;
  return true;
}

// What "&lt;" and its kind stand for, from behind the ampersand up to before the semicolon.
bool entity(std::string_view name, std::string& out) {
  struct Entity {
    std::string_view name;
    char meant;
  };
  static constexpr Entity kEntities[] = {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};
  if (name.starts_with('#')) {
    char32_t point = 0;
    if (!numbered_character(name, point)) return false;
    append_utf8(point, out);
    return true;
  }
  const auto* known = std::ranges::find(kEntities, name, &Entity::name);
  if (known == std::end(kEntities)) return false;
  out += known->meant;
  return true;
}

}  // namespace

XmlReader::XmlReader(ByteSource& source, std::uint32_t depth_max, std::size_t block)
    : source_(source), depth_max_(depth_max), block_(std::max<std::size_t>(block, 16)) {}

Expected<bool> XmlReader::fill(std::size_t size) {
  while (end_ - at_ < size) {
    if (source_ended_) return false;
    if (at_ > 0) {
      std::memmove(buffer_.data(), buffer_.data() + at_, end_ - at_);
      base_ += at_;
      end_ -= at_;
      at_ = 0;
    }
    buffer_.resize(std::max(buffer_.size(), end_ + block_));
    HOLDFAST_TRY(got, source_.read(buffer_.data() + end_, buffer_.size() - end_));
    source_ended_ = got == 0;
    end_ += got;
  }
  return true;
}

void XmlReader::pass(std::size_t size) {
  next_line_ += static_cast<std::uint64_t>(std::ranges::count(ahead().substr(0, size), '\n'));
  at_ += size;
}

Expected<bool> XmlReader::pass_through(std::string_view mark) {
  for (;;) {
    HOLDFAST_TRY(there, fill(mark.size()));
    const std::size_t found = ahead().find(mark);
    if (found != std::string_view::npos) {
      pass(found + mark.size());
      return true;
    }
    if (!there) return false;
    pass(end_ - at_ - (mark.size() - 1));
  }
}

XmlReader::Token XmlReader::bad(const char* reason) {
  reason_ = reason;
  return Token::kBad;
}

Expected<XmlReader::Token> XmlReader::next() {
  if (std::exchange(closed_, false)) open_.pop_back();
  if (std::exchange(closes_at_once_, false)) return close();
  for (;;) {
    line_ = next_line_;
    HOLDFAST_TRY(more, fill(1));
    if (!more) {
      if (!open_.empty()) {
        open_.clear();
        return bad("the file ends inside an element");
      }
      return Token::kEnd;
    }
    if (in_cdata_) {
      HOLDFAST_TRY(token, take_cdata());
      if (token != Token::kText || !text_.empty()) return token;
      continue;
    }
    if (buffer_[at_] == '&') return take_entity();
    if (buffer_[at_] != '<') return take_text();
    HOLDFAST_TRY_DO(fill(kCdata.size()));
    const std::string_view rest = ahead();
    if (rest.starts_with(kCdata)) {
      pass(kCdata.size());
      in_cdata_ = true;
    } else if (const bool comment = rest.starts_with("<!--"); comment || rest.starts_with("<?")) {
      pass(comment ? 4 : 2);
      HOLDFAST_TRY(ends, pass_through(comment ? "-->" : "?>"));
      if (!ends) return bad("the file ends inside a comment or an instruction");
    } else if (rest.starts_with("<!")) {
      return bad("it declares a document type, which is not read");
    } else {
      return take_tag();
    }
  }
}

Expected<XmlReader::Token> XmlReader::take_text() {
  const std::string_view rest = ahead();
  text_ = rest.substr(0, rest.find('<'));
  text_ = text_.substr(0, text_.find('&'));
  pass(text_.size());
  return Token::kText;
}

Expected<XmlReader::Token> XmlReader::take_cdata() {
  HOLDFAST_TRY(there, fill(kCdataEnd.size()));
  const std::string_view rest = ahead();
  const std::size_t end = rest.find(kCdataEnd);
  if (end == std::string_view::npos) {
    if (!there) {
      pass(rest.size());
      in_cdata_ = false;
      return bad("the file ends inside a text");
    }
    text_ = rest.substr(0, rest.size() - (kCdataEnd.size() - 1));
    pass(text_.size());
    return Token::kText;
  }
  text_ = rest.substr(0, end);
  pass(end + kCdataEnd.size());
  in_cdata_ = false;
  return Token::kText;
}

Expected<XmlReader::Token> XmlReader::take_entity() {
  HOLDFAST_TRY_DO(fill(kEntityBytesMax));
  const std::string_view rest = ahead().substr(0, kEntityBytesMax);
  const std::size_t end = rest.find(';');
  character_.clear();
  if (end == std::string_view::npos || !entity(rest.substr(1, end - 1), character_)) {
    return bad("an ampersand begins no character that XML knows");
  }
  pass(end + 1);
  text_ = character_;
  return Token::kText;
}

// Bytes of the tag at at_ with both its brackets; 0 where it does not end. A '>' inside a value ends nothing.
Expected<std::size_t> XmlReader::find_tag_end() {
  char quote = 0;
  for (std::size_t i = 1;; ++i) {
    if (i > kTagBytesMax) return std::size_t{0};
    if (i >= end_ - at_) {
      HOLDFAST_TRY(more, fill(i + 1));
      if (!more) return std::size_t{0};
    }
    const char c = buffer_[at_ + i];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '>') {
      return i + 1;
    } else if (c == '<') {
      return std::size_t{0};
    }
  }
}

Expected<XmlReader::Token> XmlReader::take_tag() {
  HOLDFAST_TRY(size, find_tag_end());
  if (size == 0) return bad("a tag does not end");
  const std::string_view tag = ahead().substr(1, size - 2);
  const Token token = tag.starts_with('/') ? take_close_tag(tag.substr(1)) : take_open_tag(tag);
  if (token != Token::kBad) pass(size);
  return token;
}

XmlReader::Token XmlReader::take_open_tag(std::string_view tag) {
  const std::string_view name = name_at_start(tag);
  if (without_prefix(name).empty()) return bad("a tag has no name");
  if (open_.size() >= depth_max_) return bad("elements are nested too deeply");
  closes_at_once_ = tag.ends_with('/');
  if (closes_at_once_) tag.remove_suffix(1);
  attributes_.clear();
  if (!read_attributes(tag.substr(name.size()))) {
    closes_at_once_ = false;
    return Token::kBad;
  }
  open_.emplace_back(without_prefix(name));
  return Token::kOpen;
}

XmlReader::Token XmlReader::take_close_tag(std::string_view name) {
  while (!name.empty() && ascii::is_blank(name.back())) name.remove_suffix(1);
  name = without_prefix(name);
  if (open_.empty() && recovered_) {
    text_ = {};
    return Token::kText;
  }
  if (open_.empty() || open_.back() != name) return bad("an element is closed that is not open");
  return close();
}

XmlReader::Token XmlReader::close() {
  closed_ = true;
  return Token::kClose;
}

bool XmlReader::read_attributes(std::string_view rest) {
  for (;;) {
    const std::size_t before = rest.size();
    drop_blanks(rest);
    if (rest.empty()) return true;
    const std::string_view name = name_at_start(rest);
    if (name.empty() || rest.size() == before) {
      reason_ = "an attribute has no name";
      return false;
    }
    rest.remove_prefix(name.size());
    drop_blanks(rest);
    if (!rest.starts_with('=')) {
      reason_ = "an attribute has no value";
      return false;
    }
    rest.remove_prefix(1);
    drop_blanks(rest);
    const std::size_t end =
        rest.empty() || (rest[0] != '"' && rest[0] != '\'') ? std::string_view::npos : rest.find(rest[0], 1);
    if (end == std::string_view::npos) {
      reason_ = "an attribute's value stands in no quotes";
      return false;
    }
    Attribute& attribute = attributes_.emplace_back();
    attribute.name = without_prefix(name);
    if (!unescape(rest.substr(1, end - 1), attribute.value)) return false;
    rest.remove_prefix(end + 1);
  }
}

bool XmlReader::unescape(std::string_view raw, std::string& out) {
  for (std::size_t amp = raw.find('&'); amp != std::string_view::npos; amp = raw.find('&')) {
    const std::size_t end = raw.find(';', amp);
    out.append(raw.substr(0, amp));
    if (end == std::string_view::npos || !entity(raw.substr(amp + 1, end - amp - 1), out)) {
      reason_ = "an ampersand begins no character that XML knows";
      return false;
    }
    raw.remove_prefix(end + 1);
  }
  out.append(raw);
  return true;
}

Expected<void> XmlReader::skip_to(std::string_view element) {
  open_.clear();
  in_cdata_ = closes_at_once_ = closed_ = false;
  recovered_ = true;
  if (at_ < end_) pass(1);
  for (;;) {
    HOLDFAST_TRY(there, fill(element.size() + 2));
    const std::string_view rest = ahead();
    std::size_t from = rest.find('<');
    while (from != std::string_view::npos && rest.size() - from >= element.size() + 2) {
      if (rest.substr(from + 1).starts_with(element) && is_name_end(rest[from + 1 + element.size()])) {
        pass(from);
        return {};
      }
      from = rest.find('<', from + 1);
    }
    if (!there) {
      pass(rest.size());
      return {};
    }
    pass(std::min(from, rest.size() - (element.size() + 1)));
  }
}

}  // namespace holdfast
