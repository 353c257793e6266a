#include "sensors/evtx/binary_xml.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "tests/sensors/evtx/kept_xml.h"
#include "tests/support/evtx_writer.h"

namespace holdfast {
namespace {

using Write = std::function<void(BinaryXmlWriter&)>;

EvtxBytes chunk_of(const Write& write) {
  EvtxBytes chunk(512);
  std::map<std::string, std::uint32_t> names;
  BinaryXmlWriter writer(chunk, names);
  write(writer);
  return chunk;
}

// The event as text, or "! " and why it is none.
std::string read(const Write& write, const BinaryXmlLimits& limits = {}) {
  const EvtxBytes chunk = chunk_of(write);
  BinaryXmlReader reader(limits);
  reader.enter(chunk);
  KeptXml kept;
  const char* reason = reader.read(512, chunk.size(), kept);
  return reason == nullptr ? kept.str() : std::string("! ") + reason;
}

// An event by a template with one element; `content` is what stands in it.
Write instance(const Write& content, const std::vector<EvtxValue>& values) {
  return [=](BinaryXmlWriter& xml) {
    EvtxBytes body(512 + 10 + 4 + 24);  // up to the template's content, so that names are told at their place
    std::map<std::string, std::uint32_t> names;
    BinaryXmlWriter inner(body, names);
    inner.fragment();
    content(inner);
    inner.end();
    body.erase(body.begin(), body.begin() + 512 + 10 + 4 + 24);
    xml.fragment().raw({0x0C, 1}).raw(little_endian(7, 4)).raw(little_endian(512 + 14, 4));
    xml.raw(little_endian(0, 4)).raw(little_endian(7, 16)).raw(little_endian(body.size(), 4)).raw(body).values(values);
  };
}

TEST(BinaryXml, ReadsAnEventWithoutATemplate) {
  EXPECT_EQ(read([](BinaryXmlWriter& xml) {
              xml.fragment().open("Event", false, true).attribute("a").text("b").close_start();
              xml.open("Id", false).close_start().text("7").close().open("Id", false).close_empty().close().end();
            }),
            "<Event a='b'><Id>7</Id><Id></Id></Event>");
}

TEST(BinaryXml, PutsValuesIntoATemplate) {
  const Write content = [](BinaryXmlWriter& xml) {
    xml.open("E", true, true).attribute("n").value(1).close_start().value(0).text("-").value(0).close();
  };
  EXPECT_EQ(read(instance(content, {evtx_u32(42), evtx_text("x")})), "<E n='x'>42-42</E>");
}

TEST(BinaryXml, LeavesOutAnAttributeWhoseOptionalValueIsNull) {
  const Write content = [](BinaryXmlWriter& xml) {
    xml.open("E", true, true).attribute("n").value(0, true).close_start().value(0, true).close();
  };
  EXPECT_EQ(read(instance(content, {{0, {}}})), "<E></E>");
}

TEST(BinaryXml, KeepsTheItemsOfAnArrayApart) {
  const Write content = [](BinaryXmlWriter& xml) { xml.open("E", true).close_start().value(0).close(); };
  EXPECT_EQ(read(instance(content, {{0x81, {'a', 0, 0, 0, 0, 0, 'b', 0, 'c', 0, 0, 0}}})), "<E>a||bc</E>");
  EXPECT_EQ(read(instance(content, {{0x86, {1, 0, 2, 0}}})), "<E>1|2</E>");
  const EvtxBytes sids = {1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1};
  EXPECT_EQ(read(instance(content, {{0x93, sids}})), "<E>S-1-5-18|S-1-1</E>");
}

// The record stays: what one value tells is no reason to lose the others.
TEST(BinaryXml, KeepsAnEventWithOddValues) {
  const Write content = [](BinaryXmlWriter& xml) { xml.open("E", true).close_start().value(0).text("!").close(); };
  const auto odd = [&](std::uint8_t type, const EvtxBytes& bytes) { return read(instance(content, {{type, bytes}})); };
  EXPECT_EQ(odd(0x86, {1, 0, 2}), "<E>1|2!</E>") << "an array that is torn";
  EXPECT_EQ(odd(0xA1, {1, 0, 2}), "<E>!</E>") << "a type that has no arrays";
  EXPECT_EQ(odd(0x93, {1, 200, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0}), "<E>!</E>") << "a torn SID";
  EXPECT_EQ(odd(0x08, {1, 0, 0, 0, 0, 0, 0, 0}), "<E>1!</E>") << "a number of another size";
  EXPECT_EQ(odd(0x07, {0xFE}), "<E>-2!</E>");
  EXPECT_EQ(odd(0x15, {0xFF, 0, 0, 0}), "<E>0xff!</E>");
  EXPECT_EQ(odd(0x0D, {1}), "<E>true!</E>");
  EXPECT_EQ(odd(0x08, {}), "<E>!</E>") << "a number of no bytes";
  EXPECT_EQ(odd(0x0F, {}), "<E>!</E>") << "a GUID of no bytes";
  EXPECT_EQ(odd(0x13, {}), "<E>!</E>") << "a SID of no bytes";
  EXPECT_EQ(odd(0x7E, {1}), "<E>!</E>") << "an unknown type";
  EXPECT_EQ(read(instance(content, {})), "<E>!</E>") << "a value that is not there";
}

// Takes elements in one, and keeps them as KeptXml does.
class KeptElements final : public XmlSink {
 public:
  void open(std::string_view element) override { kept_.open(element); }
  void attribute(std::string_view name, std::string_view value) override { kept_.attribute(name, value); }
  void text(std::string_view piece) override { kept_.text(piece); }
  void next_item() override { kept_.next_item(); }
  void close() override { kept_.close(); }
  bool takes_elements() const override { return true; }
  std::string* begin_element(XmlElement& element) override {
    met += element.mark == 7 ? 1 : 0;
    element.mark = 7;
    kept_.open(element.name);
    if (!element.attribute.empty()) kept_.attribute(element.attribute, element.attribute_value);
    text_.clear();
    return &text_;
  }
  void end_element() override {
    kept_.text(text_);
    kept_.close();
  }
  const std::string& str() const { return kept_.str(); }

  int met = 0;  // again

 private:
  KeptXml kept_;
  std::string text_;
};

TEST(BinaryXml, TellsTheSameOfElementsInOne) {
  const Write content = [](BinaryXmlWriter& xml) {
    xml.open("E", true, true).attribute("x").text("y").close_start();
    xml.open("D", true, true).attribute("Name").text("n").close_start().value(0).close();
    xml.open("D", true).close_start().value(0, true).close();
    xml.open("D", true).close_start().text("t").close();
    xml.open("D", true).close_start().text("t").value(0).close();
    xml.open("D", true, true).attribute("a").text("1").attribute("b").text("2").close_start().value(0).close();
    xml.open("D", true, true).attribute("a").value(0).close_start().value(0).close();
    xml.open("D", true).close_empty().close();
  };
  const std::vector<EvtxValue> kinds = {
      evtx_u32(7), evtx_text("x"), {0, {}}, {0x81, {'a', 0, 0, 0, 'b', 0, 0, 0}}, {0x08, {1, 0}}};
  for (std::size_t i = 0; i <= kinds.size(); ++i) {
    const std::vector<EvtxValue> values =
        i < kinds.size() ? std::vector<EvtxValue>{kinds[i]} : std::vector<EvtxValue>{};
    const EvtxBytes chunk = chunk_of(instance(content, values));
    BinaryXmlReader reader;
    reader.enter(chunk);
    KeptXml kept;
    ASSERT_EQ(reader.read(512, chunk.size(), kept), nullptr);
    const std::uint64_t odd = reader.odd_values();
    KeptElements elements;
    ASSERT_EQ(reader.read(512, chunk.size(), elements), nullptr);
    EXPECT_EQ(elements.str(), kept.str()) << i;
    EXPECT_EQ(reader.odd_values(), 2 * odd) << i;
    EXPECT_EQ(elements.met, 0);
    KeptElements again;
    ASSERT_EQ(reader.read(512, chunk.size(), again), nullptr);
    EXPECT_GE(again.met, 2) << "marks stay";
  }
}

// Reads nothing, and counts what it is told all the same.
class Unread final : public XmlSink {
 public:
  void open(std::string_view) override {}
  void attribute(std::string_view, std::string_view) override { ++told; }
  void text(std::string_view) override { ++told; }
  void next_item() override {}
  void close() override {}
  bool wants_attribute(std::string_view) const override { return false; }
  bool wants_text() const override { return false; }

  int told = 0;
};

TEST(BinaryXml, CountsWhatIsOddAboutValuesThatNobodyReads) {
  const EvtxBytes half_pair = {0x00, 0xD8};
  const std::vector<EvtxValue> values = {
      evtx_u32(7), {0x08, {1, 0}}, {0x01, half_pair}, {0x13, {1}}, {0x0F, EvtxBytes(16)}};
  const Write content = [&](BinaryXmlWriter& xml) {
    xml.open("E", true, true);
    for (std::uint16_t i = 0; i < 6; ++i) xml.attribute("a" + std::to_string(i)).value(i);
    xml.close_start();
    for (std::uint16_t i = 0; i < 6; ++i) xml.value(i);  // the last one is not there
    xml.close();
  };
  const EvtxBytes chunk = chunk_of(instance(content, values));
  BinaryXmlReader reader;
  reader.enter(chunk);
  KeptXml kept;
  ASSERT_EQ(reader.read(512, chunk.size(), kept), nullptr);
  const std::uint64_t odd = reader.odd_values();
  const std::uint64_t replaced = reader.replaced();
  EXPECT_EQ(odd, 6);
  EXPECT_EQ(replaced, 2);
  Unread unread;
  ASSERT_EQ(reader.read(512, chunk.size(), unread), nullptr);
  EXPECT_EQ(reader.odd_values(), 2 * odd);
  EXPECT_EQ(reader.replaced(), 2 * replaced);
  EXPECT_LT(unread.told, 5) << "what is as its type says is left out";
}

TEST(BinaryXml, ReadsCharactersAndEntities) {
  EXPECT_EQ(read([](BinaryXmlWriter& xml) {
              xml.open("E", false).close_start().raw({0x08, 0x41, 0}).raw({0x07, 1, 0, 'B', 0});
              xml.close().end();
            }),
            "<E>AB</E>");
}

TEST(BinaryXml, SaysWhyAnEventIsNone) {
  const auto content = [](const EvtxBytes& bytes) {
    return [=](BinaryXmlWriter& xml) { xml.open("E", false).close_start().raw(bytes).close().end(); };
  };
  EXPECT_EQ(read(content({0x05, 0x08, 1, 0, 0, 0})), "! a constant is no text");
  EXPECT_EQ(read(content({0x0C})), "! an event holds a token that has no meaning there");
  EXPECT_EQ(read(content({0x1F})), "! an event holds a token that has no meaning there");
  EXPECT_EQ(read(content({0x02})), "! attributes end where none can be");
  EXPECT_EQ(read(content({0x06, 0, 0, 0, 0})), "! an attribute stands outside of an element's start");
  EXPECT_EQ(read(content({0x05, 0x01, 0xFF, 0xFF})), "! an event is torn");
  EXPECT_EQ(read([](BinaryXmlWriter& xml) { xml.open("E", false).open("F", false); }),
            "! an element begins inside another one's attributes");
  EXPECT_EQ(read([](BinaryXmlWriter& xml) { xml.open("E", false).close_start().end(); }), "! an element is not closed");
  EXPECT_EQ(read([](BinaryXmlWriter& xml) { xml.close(); }), "! an element ends that was not begun");
  EXPECT_EQ(read([](BinaryXmlWriter& xml) { xml.text("a"); }), "! a text stands outside of an element");
  EXPECT_EQ(read([](BinaryXmlWriter& xml) { xml.value(0); }), "! a value stands outside of an element");
  EXPECT_EQ(read([](BinaryXmlWriter&) {}), "! an event is torn");
  EXPECT_EQ(read([](BinaryXmlWriter& xml) { xml.raw({0x0C, 1, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0x7F}); }),
            "! an event's template is torn");
  EXPECT_EQ(read([](BinaryXmlWriter& xml) { xml.raw({0x01, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0x7F}); }),
            "! an event is torn");
}

TEST(BinaryXml, BoundsWhatAnEventMayCost) {
  const Write deep = [](BinaryXmlWriter& xml) {
    for (int i = 0; i < 65; ++i) xml.open("E", false).close_start();
  };
  EXPECT_EQ(read(deep), "! elements are nested deeper than the limit");

  const Write repeated = [](BinaryXmlWriter& xml) {
    xml.open("E", true).close_start();
    for (int i = 0; i < 100; ++i) xml.value(0);
    xml.close();
  };
  const std::vector<EvtxValue> value = {evtx_text(std::string(100, 'a'))};
  EXPECT_EQ(read(instance(repeated, value), {.text_bytes_max = 9'999}), "! an event's texts exceed the limit");
  EXPECT_EQ(read(instance(repeated, value), {.text_bytes_max = 10'000}), "<E>" + std::string(10'000, 'a') + "</E>");
  EXPECT_EQ(read(instance(repeated, value), {.steps_max = 102}), "! the templates of a chunk exceed the limit");
  EXPECT_EQ(read(instance(repeated, {{0x84, EvtxBytes(100)}}), {.steps_max = 200}),
            "! an event has more parts than the limit");
}

// An event that is its own value, through the offset of its template, would never end.
TEST(BinaryXml, BoundsEventsThatAreValuesOfEvents) {
  const Write content = [](BinaryXmlWriter& xml) { xml.open("E", true).close_start().value(0).close(); };
  EvtxBytes value = {0x0F, 1, 1, 0, 0x01, 0, 0, 0, 0};
  EXPECT_EQ(read(instance(content, {{0x21, value}})), "! an event is torn");
  EXPECT_EQ(read(instance(content, {{0x21, {}}})), "<E></E>");
  // Each level holds the next one, all by the same template.
  EvtxBytes nested = {0x00};
  for (int level = 0; level < 10; ++level) {
    EvtxBytes next = {0x0C, 1, 7, 0, 0, 0};
    const EvtxBytes definition = little_endian(512 + 14, 4);
    next.insert(next.end(), definition.begin(), definition.end());
    const EvtxBytes head = {1, 0, 0, 0, static_cast<std::uint8_t>(nested.size()), 0, 0x21, 0};
    next.insert(next.end(), head.begin(), head.end());
    next.insert(next.end(), nested.begin(), nested.end());
    nested = next;
  }
  EXPECT_EQ(read(instance(content, {{0x21, nested}})), "! events are values of events deeper than the limit");
}

}  // namespace
}  // namespace holdfast
