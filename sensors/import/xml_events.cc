#include "sensors/import/xml_events.h"

#include <utility>

#include "engine/text/utf8.h"
#include "sensors/import/value_text.h"

namespace holdfast {
namespace {

constexpr std::string_view kEventElement = "Event";
constexpr std::size_t kEventElementsMax = 65'536;
constexpr std::size_t kNamesKept = 4096;

}  // namespace

// ---------------------------------------------------------------- EventXmlFeed

void EventXmlFeed::begin() {
  event_.clear();
  if (names_.size() > kNamesKept) names_.clear();
  depth_ = elements_ = 0;
}

bool EventXmlFeed::take(XmlReader::Token token, const XmlReader& reader) {
  switch (token) {
    case XmlReader::Token::kOpen:
      if (++elements_ > kEventElementsMax) {
        reason_ = "the event has too many elements";
        return false;
      }
      if (!is_utf8(reader.name())) {
        reason_ = "a name is not UTF-8";
        return false;
      }
      ++depth_;
      event_.open(*names_.insert(reader.name()).first);
      for (const XmlReader::Attribute& attribute : reader.attributes())
        event_.attribute(attribute.name, attribute.value);
      return true;
    case XmlReader::Token::kText: event_.text(reader.text()); return true;
    case XmlReader::Token::kClose:
      --depth_;
      event_.close();
      return true;
    case XmlReader::Token::kBad: reason_ = reader.reason(); return false;
    case XmlReader::Token::kEnd: reason_ = "the text ends inside the event"; return false;
  }
  return false;
}

bool EventXmlFeed::finish() {
  if (is_utf8(event_.texts())) return true;
  reason_ = "a text is not UTF-8";
  return false;
}

// ---------------------------------------------------------------- XmlEvents

Expected<EventSource::Next> XmlEvents::malformed(std::string reason) {
  reason_ = std::move(reason);
  if (!began_) HOLDFAST_TRY_DO(reader_.skip_to(kEventElement));
  return Next::kMalformed;
}

Expected<EventSource::Next> XmlEvents::next(EventDocument& event) {
  XmlReader::Token token = XmlReader::Token::kOpen;
  while (!std::exchange(began_, false)) {
    HOLDFAST_TRY(next, reader_.next());
    token = next;
    line_ = reader_.line();
    if (token == XmlReader::Token::kEnd) return Next::kEnd;
    if (token == XmlReader::Token::kBad) return malformed(reader_.reason());
    began_ = token == XmlReader::Token::kOpen && reader_.name() == kEventElement;
  }
  line_ = reader_.line();
  number_ = ++events_;
  const std::uint64_t begin = reader_.bytes_passed();
  feed_.begin();
  for (;;) {
    if (!feed_.take(token, reader_)) return malformed(feed_.reason());
    if (feed_.complete()) break;
    if (reader_.bytes_passed() - begin > limits_.document_bytes_max) {
      return malformed("the event is longer than " + std::to_string(limits_.document_bytes_max) + " bytes");
    }
    HOLDFAST_TRY(next, reader_.next());
    token = next;
    if (token == XmlReader::Token::kOpen && reader_.name() == kEventElement) {
      reader_.forget_outer();
      began_ = true;
      return malformed("another event begins inside the event");
    }
  }
  if (!feed_.finish()) {
    reason_ = feed_.reason();
    return Next::kMalformed;
  }
  event.clear();
  feed_.event().add_to(event);
  if (const auto record_id = parse_number(feed_.event().record_id())) number_ = *record_id;
  return Next::kEvent;
}

}  // namespace holdfast
