#include "sensors/import/clixml_events.h"

#include <algorithm>
#include <utility>

#include "engine/text/hex.h"
#include "engine/text/surrogates.h"
#include "engine/text/utf8.h"

namespace holdfast {
namespace {

constexpr std::string_view kObject = "Obj";
constexpr std::string_view kList = "LST";
constexpr std::string_view kProperties[] = {"Props", "MS"};  // of the object, and those that PowerShell added
constexpr std::size_t kPropertiesMax = 4096;

// The code unit of "_x000D_" at `at`; -1 where none stands there.
int escaped_unit(std::string_view text, std::size_t at) {
  if (text.size() - at < 7 || text[at] != '_' || text[at + 1] != 'x' || text[at + 6] != '_') return -1;
  int unit = 0;
  for (std::size_t i = at + 2; i < at + 6; ++i) {
    const int digit = hex_value(text[i]);
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

// Control characters stand as "_x000D_", in code units of UTF-16.
std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const int unit = escaped_unit(text, at);
    if (unit < 0) {
      out += text[at++];
      continue;
    }
    at += 7;
    auto point = static_cast<char32_t>(unit);
    const int low = is_high_surrogate(point) ? escaped_unit(text, std::min(at, text.size())) : -1;
    if (low >= 0 && is_low_surrogate(static_cast<char32_t>(low))) {
      point = code_point_of_pair(point, static_cast<char32_t>(low));
      at += 7;
    }
    append_utf8(is_high_surrogate(point) || is_low_surrogate(point) ? kReplacementCharacter : point, out);
  }
  return out;
}

}  // namespace

bool is_clixml(std::string_view start) {
  constexpr std::string_view kSchema = "http://schemas.microsoft.com/powershell/2004/04";
  constexpr std::size_t kRootWithin = 1024;
  return start.substr(0, kRootWithin).find(kSchema) != std::string_view::npos;
}

void ClixmlEvents::begin_object() {
  object_ = open_.size();
  properties_.clear();
  property_ = nullptr;
  line_ = xml_.line();
  begin_ = xml_.bytes_passed();
}

// The element that was just opened, the innermost of `depth`, as a property of the object.
void ClixmlEvents::open_property(std::size_t depth) {
  property_ = nullptr;
  if (depth != object_ + 2 || open_.back() == kObject || properties_.size() >= kPropertiesMax) return;
  if (std::ranges::find(kProperties, open_[depth - 2]) == std::end(kProperties)) return;
  for (const XmlReader::Attribute& attribute : xml_.attributes()) {
    if (attribute.name == "N") property_ = &properties_.emplace_back(attribute.value, "");
  }
}

Expected<EventSource::Next> ClixmlEvents::malformed(std::string reason) {
  reason_ = std::move(reason);
  open_.clear();
  object_ = 0;
  HOLDFAST_TRY_DO(xml_.skip_to(kObject));
  return Next::kMalformed;
}

Expected<EventSource::Next> ClixmlEvents::finish(EventDocument& event) {
  object_ = 0;
  ++objects_;
  row_.clear();
  for (Property& property : properties_) {
    property.text = unescaped(property.text);
    if (!is_utf8(property.name) || !is_utf8(property.text)) {
      reason_ = "a text is not UTF-8";
      return Next::kMalformed;
    }
    row_.push_back({property.name, property.text});
  }
  reason_ = reader_.read_row(row_, event);
  return reason_.empty() ? Next::kEvent : Next::kMalformed;
}

Expected<EventSource::Next> ClixmlEvents::next(EventDocument& event) {
  for (;;) {
    HOLDFAST_TRY(token, xml_.next());
    if (object_ == 0) line_ = xml_.line();
    if (object_ != 0 && xml_.bytes_passed() - begin_ > limits_.document_bytes_max) {
      return malformed("the object is longer than " + std::to_string(limits_.document_bytes_max) + " bytes");
    }
    switch (token) {
      case XmlReader::Token::kEnd: return Next::kEnd;
      case XmlReader::Token::kBad: return malformed(xml_.reason());
      case XmlReader::Token::kText:
        if (property_ != nullptr) property_->text += xml_.text();
        break;
      case XmlReader::Token::kOpen:
        open_.push_back(xml_.name());
        if (object_ == 0 && open_.back() == kObject) {
          begin_object();
        } else if (object_ != 0 && open_.back() == kList && open_.size() == object_ + 1) {
          object_ = 0;  // a list of objects, not one
        } else if (object_ != 0) {
          open_property(open_.size());
        }
        break;
      case XmlReader::Token::kClose: {
        property_ = nullptr;
        const bool closes_object = object_ != 0 && open_.size() == object_;
        if (!open_.empty()) open_.pop_back();
        if (closes_object) return finish(event);
        break;
      }
    }
  }
}

}  // namespace holdfast
