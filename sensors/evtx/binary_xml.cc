#include "sensors/evtx/binary_xml.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "sensors/evtx/utf16.h"

namespace holdfast {
namespace {

// [MS-EVEN6] 2.2.12; of some tokens a bit says that more follows.
enum class Token : std::uint8_t {
  kEnd = 0x00,
  kOpenElement = 0x01,
  kCloseStart = 0x02,
  kCloseEmpty = 0x03,
  kEndElement = 0x04,
  kText = 0x05,
  kAttribute = 0x06,
  kCharacterData = 0x07,
  kCharacter = 0x08,
  kEntity = 0x09,
  kInstructionTarget = 0x0A,
  kInstructionText = 0x0B,
  kTemplateInstance = 0x0C,
  kValue = 0x0D,
  kOptionalValue = 0x0E,
  kFragment = 0x0F,
};
constexpr std::uint8_t kMoreBit = 0x40;
constexpr std::uint8_t kElementHasAttributes = kMoreBit;

constexpr std::size_t kFragmentVersionBytes = 3;  // behind its token: 1.1, flags 0
constexpr std::size_t kTemplateHeaderBytes = 24;  // next template, GUID, size
constexpr std::size_t kTemplateSizeOffset = 20;
constexpr std::size_t kDescriptorBytes = 4;

struct Entity {
  std::string_view name;
  std::string_view text;
};
constexpr Entity kEntities[] = {{"lt", "<"}, {"gt", ">"}, {"amp", "&"}, {"quot", "\""}, {"apos", "'"}};

}  // namespace

// Turns the tokens of a template (or of an event without one) into steps.
class BinaryXmlReader::Compiler {
 public:
  // `with_dependency`: elements carry a dependency id, as they do in templates only.
  Compiler(BinaryXmlReader& reader, std::size_t begin, std::size_t end, bool with_dependency, Steps& out)
      : reader_(reader), at_(reader.chunk_, begin, end), with_dependency_(with_dependency), out_(out) {}

  // Null, or why the tokens are none.
  const char* run() {
    for (;;) {
      if (at_.left() == 0) break;
      const std::uint8_t byte = at_.u8();
      const auto token = static_cast<Token>(byte & ~kMoreBit);
      if (token == Token::kEnd) break;
      if (const char* reason = take(token, byte)) return reason;
      if (at_.failed()) return "an event is torn";
      if (exhausted_) return "the templates of a chunk exceed the limit";
    }
    if (depth_ != 0) return "an element is not closed";
    out_.end = at_.at();
    return nullptr;
  }

 private:
  const char* take(Token token, std::uint8_t byte) {
    switch (token) {
      case Token::kFragment: at_.skip(kFragmentVersionBytes); return nullptr;
      case Token::kOpenElement: return open((byte & kElementHasAttributes) != 0);
      case Token::kCloseStart: return close_start();
      case Token::kCloseEmpty: {
        const char* reason = close_start();
        return reason != nullptr ? reason : close();
      }
      case Token::kEndElement: return close();
      case Token::kAttribute: return attribute();
      case Token::kText:
        if (at_.u8() != static_cast<std::uint8_t>(EvtxType::kString)) return "a constant is no text";
        return text(counted_text());
      case Token::kCharacterData: return text(counted_text());
      case Token::kCharacter: return character(at_.u16());
      case Token::kEntity: return entity(name());
      case Token::kInstructionTarget: name(); return nullptr;
      case Token::kInstructionText: counted_text(); return nullptr;
      case Token::kValue:
      case Token::kOptionalValue: return value(token == Token::kOptionalValue);
      case Token::kEnd:
      case Token::kTemplateInstance: break;
    }
    return "an event holds a token that has no meaning there";
  }

  const char* open(bool has_attributes) {
    if (in_start_) return "an element begins inside another one's attributes";
    if (with_dependency_) at_.skip(2);
    at_.skip(4);  // size of the element: its end is told by tokens
    const std::string_view called = name();
    if (has_attributes) at_.skip(4);
    if (++depth_ > reader_.limits_.depth_max) return "elements are nested deeper than the limit";
    add({.kind = StepKind::kOpen, .text = called});
    in_start_ = true;
    return nullptr;
  }

  const char* close_start() {
    if (!in_start_) return "attributes end where none can be";
    in_start_ = false;
    in_attribute_ = false;
    add({.kind = StepKind::kContent, .text = {}});
    return nullptr;
  }

  const char* close() {
    if (in_start_ || depth_ == 0) return "an element ends that was not begun";
    --depth_;
    add({.kind = StepKind::kClose, .text = {}});
    return nullptr;
  }

  const char* attribute() {
    if (!in_start_) return "an attribute stands outside of an element's start";
    in_attribute_ = true;
    add({.kind = StepKind::kAttribute, .text = name()});
    return nullptr;
  }

  // Texts and values stand in an attribute or between an element's start and end.
  bool may_hold_text() const { return in_start_ ? in_attribute_ : depth_ > 0; }

  const char* text(std::string_view constant) {
    if (!may_hold_text()) return "a text stands outside of an element";
    add({.kind = StepKind::kText, .text = constant});
    return nullptr;
  }

  const char* character(std::uint16_t unit) {
    const std::array<std::uint8_t, 2> bytes = {static_cast<std::uint8_t>(unit & 0xFF),
                                               static_cast<std::uint8_t>(unit >> 8)};
    return text(keep(bytes));
  }

  const char* entity(std::string_view called) {
    const auto* known = std::ranges::find(kEntities, called, &Entity::name);
    return known == std::end(kEntities) ? "an entity is none of XML's own" : text(known->text);
  }

  const char* value(bool optional) {
    if (!may_hold_text()) return "a value stands outside of an element";
    const std::uint16_t number = at_.u16();
    at_.skip(1);  // the type is told again with each event's values
    add({.kind = StepKind::kValue, .optional = optional, .value = number, .text = {}});
    return nullptr;
  }

  // A name is told where it is first used; later uses point there.
  std::string_view name() {
    const std::size_t offset = at_.u32();
    const bool told_here = offset == at_.at();
    ByteCursor there(reader_.chunk_, offset, reader_.chunk_.size());
    there.skip(6);  // next name of the same hash, hash
    const std::size_t units = there.u16();
    const std::span<const std::uint8_t> characters = there.take(2 * units);
    there.skip(2);  // NUL
    if (there.failed()) {
      at_.skip(at_.left() + 1);  // torn
      return {};
    }
    if (told_here) at_.skip(there.at() - offset);
    return keep(characters);
  }

  std::string_view counted_text() { return keep(at_.take(std::size_t{2} * at_.u16())); }

  std::string_view keep(std::span<const std::uint8_t> utf16) {
    if (utf16.size() > reader_.compile_left_.text_bytes) {
      exhausted_ = true;
      return {};
    }
    reader_.compile_left_.text_bytes -= utf16.size();
    std::string& kept = reader_.texts_.emplace_back();
    reader_.replaced_ += append_utf16(utf16, kept);
    return kept;
  }

  void add(const Step& step) {
    if (reader_.compile_left_.steps == 0) {
      exhausted_ = true;
      return;
    }
    --reader_.compile_left_.steps;
    out_.steps.push_back(step);
  }

  BinaryXmlReader& reader_;
  ByteCursor at_;
  bool with_dependency_;
  Steps& out_;
  std::size_t depth_ = 0;
  bool in_start_ = false;
  bool in_attribute_ = false;
  bool exhausted_ = false;
};

void BinaryXmlReader::enter(std::span<const std::uint8_t> chunk) {
  chunk_ = chunk;
  templates_.clear();
  texts_.clear();
  compile_left_ = {.steps = limits_.steps_max, .text_bytes = limits_.text_bytes_max};
}

const char* BinaryXmlReader::read(std::size_t begin, std::size_t end, XmlSink& sink) {
  play_left_ = {.steps = limits_.steps_max, .text_bytes = limits_.text_bytes_max};
  reason_ = nullptr;
  if (end > chunk_.size() || begin > end) return "an event lies outside of its chunk";
  return read_fragment(begin, end, 0, sink) ? nullptr : reason_;
}

bool BinaryXmlReader::read_fragment(std::size_t begin, std::size_t end, std::size_t nesting, XmlSink& sink) {
  if (nesting > limits_.nesting_max) return fail("events are values of events deeper than the limit");
  ByteCursor at(chunk_, begin, end);
  ByteCursor ahead = at;
  std::uint8_t token = ahead.u8();
  if (token == static_cast<std::uint8_t>(Token::kFragment)) {
    ahead.skip(kFragmentVersionBytes);
    at = ahead;
    token = ahead.u8();
  }
  if (ahead.failed()) return fail("an event is torn");
  if (token == static_cast<std::uint8_t>(Token::kTemplateInstance)) return read_instance(ahead, nesting, sink);
  Steps inline_steps;
  return compile(at.at(), end, false, inline_steps) && play(inline_steps, {}, nesting, sink);
}

// Behind its token: which template, then the values.
bool BinaryXmlReader::read_instance(ByteCursor& at, std::size_t nesting, XmlSink& sink) {
  at.skip(5);  // version, id
  const std::size_t definition = at.u32();
  const bool defined_here = definition == at.at();
  if (at.failed()) return fail("an event is torn");
  Steps* steps = template_at(definition);
  if (steps == nullptr) return false;
  if (defined_here) at.skip(steps->end - definition);

  const std::size_t count = at.u32();
  if (count > at.left() / kDescriptorBytes) return fail("an event tells of more values than it holds");
  const std::span<const std::uint8_t> descriptors = at.take(count * kDescriptorBytes);
  std::vector<Value>& values = values_[nesting];
  values.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint8_t* descriptor = &descriptors[i * kDescriptorBytes];  // size, type, 0
    const std::size_t size = descriptor[0] | (static_cast<std::size_t>(descriptor[1]) << 8);
    values[i] = {.type = descriptor[2], .bytes = at.take(size), .begin = at.at() - size};
  }
  if (at.failed()) return fail("an event's values are torn");
  return play(*steps, values, nesting, sink);
}

BinaryXmlReader::Steps* BinaryXmlReader::template_at(std::size_t definition) {
  if (const auto known = templates_.find(definition); known != templates_.end()) return &known->second;
  ByteCursor header(chunk_, definition, chunk_.size());
  header.skip(kTemplateSizeOffset);
  const std::size_t size = header.u32();
  if (header.failed() || size > header.left()) {
    fail("an event's template is torn");
    return nullptr;
  }
  Steps compiled;
  const std::size_t begin = definition + kTemplateHeaderBytes;
  if (!compile(begin, begin + size, true, compiled)) return nullptr;
  compiled.end = begin + size;
  find_elements(compiled);
  return &templates_.emplace(definition, std::move(compiled)).first->second;
}

bool BinaryXmlReader::compile(std::size_t begin, std::size_t end, bool with_dependency, Steps& out) {
  const char* reason = Compiler(*this, begin, end, with_dependency, out).run();
  return reason == nullptr || fail(reason);
}

void BinaryXmlReader::find_elements(Steps& compiled) {
  const std::vector<Step> plain = std::move(compiled.steps);
  compiled.steps.clear();
  compiled.steps.reserve(plain.size() + plain.size() / 4);
  const auto is = [&](std::size_t i, StepKind kind) { return i < plain.size() && plain[i].kind == kind; };
  for (std::size_t i = 0; i < plain.size(); ++i) {
    if (is(i, StepKind::kOpen) && compiled.elements.size() <= std::numeric_limits<std::uint16_t>::max()) {
      Element element{.told = {.name = plain[i].text, .attribute = {}, .attribute_value = {}}};
      std::size_t at = i + 1;
      if (is(at, StepKind::kAttribute) && is(at + 1, StepKind::kText) && !plain[at].text.empty()) {
        element.told.attribute = plain[at].text;
        element.told.attribute_value = plain[at + 1].text;
        at += 2;
      }
      if (is(at++, StepKind::kContent)) {
        if (is(at, StepKind::kText) || is(at, StepKind::kValue)) element.content = at++ - i;
        if (is(at, StepKind::kClose)) {
          element.steps = at + 1 - i;
          const auto number = static_cast<std::uint16_t>(compiled.elements.size());
          compiled.elements.push_back(element);
          compiled.steps.push_back({.kind = StepKind::kElement, .value = number, .text = {}});
        }
      }
    }
    compiled.steps.push_back(plain[i]);
  }
}

// `steps` are those of the element. `told` is false where its value is no single text: then nothing was done.
bool BinaryXmlReader::play_element(Element& element, std::span<const Step> steps, std::span<const Value> values,
                                   XmlSink& sink, bool& told) {
  const Step* content = element.content != 0 ? &steps[element.content] : nullptr;
  const Value* value = nullptr;
  if (content != nullptr && content->kind == StepKind::kValue) {
    if (content->value < values.size()) {
      const std::uint8_t type = values[content->value].type;
      told = (type & kEvtxArray) == 0 && type != static_cast<std::uint8_t>(EvtxType::kBinaryXml);
      if (!told) return true;
    }
    value = value_of(*content, values);
  }
  told = true;
  std::string* const reads = sink.begin_element(element.told);
  if (content != nullptr && content->kind == StepKind::kText) {
    if (!spend(content->text.size())) return false;
    if (reads != nullptr) reads->append(content->text);
  } else if (value != nullptr && (reads != nullptr || !is_plain(*value))) {
    if (reads == nullptr) value_text_.clear();
    std::string& text = reads != nullptr ? *reads : value_text_;
    const std::size_t before = text.size();
    if (append_value_text(static_cast<EvtxType>(value->type), value->bytes, text, replaced_) != nullptr) ++odd_values_;
    if (!spend(text.size() - before)) return false;
  }
  if (reads != nullptr) sink.end_element();
  return true;
}

bool BinaryXmlReader::play(Steps& compiled, std::span<const Value> values, std::size_t nesting, XmlSink& sink) {
  const std::span<const Step> steps = compiled.steps;
  const std::size_t count = steps.size() - compiled.elements.size();
  if (count > play_left_.steps) return fail("an event has more parts than the limit");
  play_left_.steps -= count;
  const bool takes_elements = sink.takes_elements();
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const Step& step = steps[i];
    switch (step.kind) {
      case StepKind::kOpen: sink.open(step.text); break;
      case StepKind::kAttribute: {
        const std::size_t taken = play_attribute(steps.subspan(i), values, nesting, sink);
        if (taken == 0) return false;
        i += taken - 1;
        break;
      }
      case StepKind::kContent: break;
      case StepKind::kText:
        if (!emit(step.text, nullptr, sink)) return false;
        break;
      case StepKind::kValue: {
        const Value* value = value_of(step, values);
        if (value == nullptr || (is_plain(*value) && !sink.wants_text())) break;
        if (!play_value(*value, nullptr, nesting, sink)) return false;
        break;
      }
      case StepKind::kClose: sink.close(); break;
      case StepKind::kElement: {
        if (!takes_elements) break;
        Element& element = compiled.elements[step.value];
        bool told = false;
        if (!play_element(element, steps.subspan(i + 1, element.steps), values, sink, told)) return false;
        if (told) i += element.steps;
        break;
      }
    }
  }
  return true;
}

// An attribute whose only content is an absent optional value is absent itself.
std::size_t BinaryXmlReader::play_attribute(std::span<const Step> steps, std::span<const Value> values,
                                            std::size_t nesting, XmlSink& sink) {
  const auto holds = [&](std::size_t i) {
    return i < steps.size() && (steps[i].kind == StepKind::kText || steps[i].kind == StepKind::kValue);
  };
  const std::string_view name = steps[0].text;
  if (holds(1) && steps[1].kind == StepKind::kText && !holds(2)) {
    if (!spend(steps[1].text.size())) return 0;
    sink.constant_attribute(name, steps[1].text);
    return 2;
  }
  const bool wanted = sink.wants_attribute(name);
  bool present = false;
  attribute_text_.clear();
  std::size_t i = 1;
  for (; holds(i); ++i) {
    if (steps[i].kind == StepKind::kText) {
      present = true;
      if (!emit(steps[i].text, &attribute_text_, sink)) return 0;
      continue;
    }
    const Value* value = value_of(steps[i], values);
    if (value == nullptr) continue;
    present = true;
    if (!wanted && is_plain(*value)) continue;
    if (!play_value(*value, &attribute_text_, nesting, sink)) return 0;
  }
  if (present && wanted) sink.attribute(name, attribute_text_);
  return i;
}

// Null where nothing stands for it.
const BinaryXmlReader::Value* BinaryXmlReader::value_of(const Step& step, std::span<const Value> values) {
  if (step.value >= values.size()) {
    ++odd_values_;
    return nullptr;
  }
  const Value& value = values[step.value];
  return value.type == static_cast<std::uint8_t>(EvtxType::kNull) && step.optional ? nullptr : &value;
}

// One whose text tells nothing that would be counted.
bool BinaryXmlReader::is_plain(const Value& value) {
  return (value.type & kEvtxArray) == 0 && has_fixed_size(static_cast<EvtxType>(value.type), value.bytes);
}

bool BinaryXmlReader::play_value(const Value& value, std::string* attribute, std::size_t nesting, XmlSink& sink) {
  if (value.type == static_cast<std::uint8_t>(EvtxType::kBinaryXml)) {
    if (attribute != nullptr) return fail("an event is the value of an attribute");
    return value.bytes.empty() || read_fragment(value.begin, value.begin + value.bytes.size(), nesting + 1, sink);
  }
  const auto type = static_cast<EvtxType>(value.type & ~kEvtxArray);
  if ((value.type & kEvtxArray) != 0) return play_array(type, value.bytes, attribute, sink);
  return play_scalar(type, value.bytes, attribute, sink);
}

bool BinaryXmlReader::play_scalar(EvtxType type, std::span<const std::uint8_t> bytes, std::string* attribute,
                                  XmlSink& sink) {
  value_text_.clear();
  if (append_value_text(type, bytes, value_text_, replaced_) != nullptr) ++odd_values_;
  return emit(value_text_, attribute, sink);
}

// Of values of one size; or of texts, each with a NUL behind it.
bool BinaryXmlReader::play_array(EvtxType type, std::span<const std::uint8_t> bytes, std::string* attribute,
                                 XmlSink& sink) {
  const bool texts = type == EvtxType::kString || type == EvtxType::kAnsiString;
  if (!texts && array_element_bytes(type, bytes) == 0) {
    ++odd_values_;
    return true;
  }
  const std::size_t unit = type == EvtxType::kString ? 2 : 1;
  const auto text_bytes = [&](std::span<const std::uint8_t> rest) {
    std::size_t size = 0;
    while (size + unit <= rest.size() && std::ranges::any_of(rest.subspan(size, unit), [](auto b) { return b != 0; }))
      size += unit;
    return size;
  };
  for (bool first = true; !bytes.empty(); first = false) {
    if (play_left_.steps == 0) return fail("an event has more parts than the limit");
    --play_left_.steps;
    if (!first && attribute != nullptr) attribute->push_back(',');
    if (!first && attribute == nullptr) sink.next_item();
    const std::size_t size = std::min(texts ? text_bytes(bytes) : array_element_bytes(type, bytes), bytes.size());
    if (!play_scalar(type, bytes.first(size), attribute, sink)) return false;
    bytes = bytes.subspan(std::min(size + (texts ? unit : 0), bytes.size()));
  }
  return true;
}

bool BinaryXmlReader::spend(std::size_t text_bytes) {
  if (text_bytes > play_left_.text_bytes) return fail("an event's texts exceed the limit");
  play_left_.text_bytes -= text_bytes;
  return true;
}

bool BinaryXmlReader::emit(std::string_view text, std::string* attribute, XmlSink& sink) {
  if (!spend(text.size())) return false;
  if (attribute != nullptr) {
    attribute->append(text);
  } else if (!text.empty()) {
    sink.text(text);
  }
  return true;
}

}  // namespace holdfast
