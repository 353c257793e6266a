// Binary XML, in which Windows keeps the events of a log: [MS-EVEN6] 2.2.12 and 2.2.17 describe the tokens; what a
// chunk of a log adds (names and templates found by their offset) was learnt from logs.
//
// A chunk tells each kind of event once, as a template with places for values; its events are values only. A template
// is compiled into steps when it is first met, and each event plays the steps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sensors/evtx/byte_cursor.h"
#include "sensors/evtx/value_text.h"

namespace holdfast {

// An element that holds one text or none, and no attribute but a constant one: nearly all of an event are so. Names as
// in XmlSink.
struct XmlElement {
  std::string_view name;
  std::string_view attribute;  // empty: none
  std::string_view attribute_value;
  std::uint64_t mark = 0;  // the sink's own, which finds there what it left when it met the element last
};

// Takes an event's XML as it is read: open, attributes, then texts and elements in their order, close. Names are valid
// until the next event is read, values and texts during the call only.
class XmlSink {
 public:
  virtual ~XmlSink() = default;
  virtual void open(std::string_view element) = 0;
  virtual void attribute(std::string_view name, std::string_view value) = 0;
  // An attribute of all events of its kind: `value` is valid as long as a name.
  virtual void constant_attribute(std::string_view name, std::string_view value) { attribute(name, value); }
  // A piece of the innermost open element's text.
  virtual void text(std::string_view piece) = 0;
  // Between the items of an array, which stands as one value in its element.
  virtual void next_item() = 0;
  virtual void close() = 0;

  // False where nobody reads the attribute of this name of the element whose start it is in, or the innermost open
  // element's text: it may be left out then.
  virtual bool wants_attribute(std::string_view /*name*/) const { return true; }
  virtual bool wants_text() const { return true; }

  // Whether such an element is told in one: where its text is to be appended, or null where nobody reads it; and then,
  // if that was done, that it ended.
  virtual bool takes_elements() const { return false; }
  virtual std::string* begin_element(XmlElement& /*element*/) { return nullptr; }
  virtual void end_element() {}
};

// Bounds of one event, and the same again of all templates of a chunk. Real ones stay far below: a chunk has 64 KiB.
struct BinaryXmlLimits {
  std::size_t text_bytes_max = 1024 * 1024;  // all texts together
  std::size_t steps_max = 65'536;            // elements, attributes, texts and values
  std::size_t depth_max = 64;                // elements inside elements
  std::size_t nesting_max = 8;               // events as values of events
};

class BinaryXmlReader {
 public:
  explicit BinaryXmlReader(const BinaryXmlLimits& limits = {}) : limits_(limits), values_(limits.nesting_max + 1) {}

  // The events that follow lie in `chunk`, which must stay as it is until the next call.
  void enter(std::span<const std::uint8_t> chunk);

  // Reads the event at chunk[begin] up to chunk[end - 1] into `sink`. Null, or why it is none; what `sink` took is then
  // only its beginning.
  const char* read(std::size_t begin, std::size_t end, XmlSink& sink);

  // Characters of all events so far that had no meaning in UTF-16 and became U+FFFD.
  std::uint64_t replaced() const { return replaced_; }
  // Values of all events so far that are not as their types say, or that a template names and the event lacks: they
  // stand there as far as they tell anything.
  std::uint64_t odd_values() const { return odd_values_; }

 private:
  enum class StepKind : std::uint8_t { kOpen, kAttribute, kContent, kText, kValue, kClose, kElement };

  struct Step {
    StepKind kind;
    bool optional = false;    // of a value: nothing stands for it where it is null
    std::uint16_t value = 0;  // its number; of an element told in one, that of its row in `elements`
    std::string_view text;    // name of an element or attribute, or a constant text
  };

  struct Element {
    XmlElement told;
    std::size_t content = 0;  // the step of its text or value, from the one that opens it; 0: none
    std::size_t steps = 0;    // that it takes
  };

  struct Steps {
    std::vector<Step> steps;        // before those of an element that may be told in one stands one that says so
    std::vector<Element> elements;  // these
    std::size_t end = 0;            // offset behind them in the chunk
  };

  struct Value {
    std::uint8_t type = 0;
    std::span<const std::uint8_t> bytes;
    std::size_t begin = 0;  // of them in the chunk
  };

  class Compiler;

  // Keeps the reason and is false.
  bool fail(const char* reason) {
    reason_ = reason;
    return false;
  }
  bool read_fragment(std::size_t begin, std::size_t end, std::size_t nesting, XmlSink& sink);
  bool read_instance(ByteCursor& at, std::size_t nesting, XmlSink& sink);
  Steps* template_at(std::size_t definition);
  bool compile(std::size_t begin, std::size_t end, bool with_dependency, Steps& out);
  static void find_elements(Steps& compiled);
  bool play(Steps& compiled, std::span<const Value> values, std::size_t nesting, XmlSink& sink);
  bool play_element(Element& element, std::span<const Step> steps, std::span<const Value> values, XmlSink& sink,
                    bool& told);
  // The attribute that steps[0] names, and what it holds: as many steps as it takes, or 0 where they fail.
  std::size_t play_attribute(std::span<const Step> steps, std::span<const Value> values, std::size_t nesting,
                             XmlSink& sink);
  const Value* value_of(const Step& step, std::span<const Value> values);
  static bool is_plain(const Value& value);
  bool play_value(const Value& value, std::string* attribute, std::size_t nesting, XmlSink& sink);
  bool play_scalar(EvtxType type, std::span<const std::uint8_t> bytes, std::string* attribute, XmlSink& sink);
  bool play_array(EvtxType type, std::span<const std::uint8_t> bytes, std::string* attribute, XmlSink& sink);
  // Texts and values go to the attribute that is open, or else to the element.
  bool emit(std::string_view text, std::string* attribute, XmlSink& sink);
  bool spend(std::size_t text_bytes);

  BinaryXmlLimits limits_;
  std::span<const std::uint8_t> chunk_;
  std::unordered_map<std::size_t, Steps> templates_;  // by the offset of their definition; never iterated
  std::deque<std::string> texts_;                     // that steps of this chunk point to
  struct Budget {
    std::size_t steps = 0;
    std::size_t text_bytes = 0;
  };
  Budget compile_left_;  // for the chunk
  Budget play_left_;     // for the event
  const char* reason_ = nullptr;
  std::uint64_t replaced_ = 0;
  std::uint64_t odd_values_ = 0;
  std::vector<std::vector<Value>> values_;  // of the event, of the event inside it ...
  std::string attribute_text_;
  std::string value_text_;
};

}  // namespace holdfast
