#include "sensors/import/xml_reader.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "tests/sensors/memory_bytes.h"
#include "tests/support/random.h"

namespace holdfast {
namespace {

// Tokens as a text: <a b=c>, pieces of text joined, </>, !reason, and behind a ! what follows from the next element
// "e".
std::string tokens_of(std::string_view xml, std::size_t piece = 1000, std::size_t block = 64) {
  MemoryBytes bytes(xml, piece);
  XmlReader reader(bytes, 8, block);
  std::string told;
  for (;;) {
    const Expected<XmlReader::Token> token = reader.next();
    if (!token) return told + "(failed)";
    switch (*token) {
      case XmlReader::Token::kOpen:
        told += "<" + reader.name();
        for (const auto& [name, value] : reader.attributes()) told.append(" ").append(name).append("=").append(value);
        told += ">";
        break;
      case XmlReader::Token::kText: told += reader.text(); break;
      case XmlReader::Token::kClose: told += "</>"; break;
      case XmlReader::Token::kBad:
        told += "!" + std::to_string(reader.line()) + " " + reader.reason() + ";";
        if (!reader.skip_to("e")) return told + "(failed)";
        break;
      case XmlReader::Token::kEnd: return told;
    }
  }
}

TEST(XmlReader, ReadsWhatEventsAreMadeOf) {
  EXPECT_EQ(tokens_of("<?xml version='1.0'?><e a='1' b = \"x>'y\"><!-- <no> --><n:f/>t</e>\n<e/>"),
            "<e a=1 b=x>'y><f></>t</>\n<e></>");
  EXPECT_EQ(tokens_of("<e a='&lt;&#65;&#x1F600;'>&amp;&quot;&apos;&gt;&#10;</e>"), "<e a=<A\U0001F600>&\"'>\n</>");
  EXPECT_EQ(tokens_of("<e><![CDATA[<a>&amp;]]]]><![CDATA[>]]></e>"), "<e><a>&amp;]]></>");
  EXPECT_EQ(tokens_of("<e>&#0;&#xD800;&#x110000;&#99999999;</e>"), "<e>\uFFFD\uFFFD\uFFFD\uFFFD</>");
  EXPECT_EQ(tokens_of(""), "");
}

TEST(XmlReader, NamesWhatIsWrongAndReadsOnAtTheNextElement) {
  const std::pair<const char*, const char*> cases[] = {
      {"<e>\n&nbsp;</e><e>1</e>", "<e>\n!2 an ampersand begins no character that XML knows;<e>1</>"},
      {"<e>a & b</e><e>1</e>", "<e>a !1 an ampersand begins no character that XML knows;<e>1</>"},
      {"<e></f></e><e>1</e>", "<e>!1 an element is closed that is not open;<e>1</>"},
      {"</e><e>1</e>", "!1 an element is closed that is not open;<e>1</>"},
      {"<!DOCTYPE e [<!ENTITY a 'b'>]><e>1</e>", "!1 it declares a document type, which is not read;<e>1</>"},
      {"<e a=1/><e>1</e>", "!1 an attribute's value stands in no quotes;<e>1</>"},
      {"<e a/><e>1</e>", "!1 an attribute has no value;<e>1</>"},
      {"<e a='1'b='2'/><e>1</e>", "!1 an attribute has no name;<e>1</>"},
      {"<e a='&x;'/><e>1</e>", "!1 an ampersand begins no character that XML knows;<e>1</>"},
      {"<><e>1</e>", "!1 a tag has no name;<e>1</>"},
      {"<e <e>1</e>", "!1 a tag does not end;<e>1</>"},
      {"<a><e><f></a>x<es/><e>1</e></a>", "<a><e><f>!1 an element is closed that is not open;<e>1</>"},
      {"<a><a><a><a><a><a><a><a><a><e>1</e>", "<a><a><a><a><a><a><a><a>!1 elements are nested too deeply;<e>1</>"},
      {"<e>1", "<e>1!1 the file ends inside an element;"},
      {"<e a='1", "!1 a tag does not end;"},
      {"<e><![CDATA[1]]", "<e>1!1 the file ends inside a text;"},
      {"<e><!--", "<e>!1 the file ends inside a comment or an instruction;"},
  };
  for (const auto& [xml, told] : cases) EXPECT_EQ(tokens_of(xml), told) << xml;
}

TEST(XmlReader, ATagIsBounded) {
  const std::string value(XmlReader::kTagBytesMax, 'x');
  EXPECT_EQ(tokens_of("<e a='" + value + "'/><e>1</e>", 100'000, 100'000), "!1 a tag does not end;<e>1</>");
}

// Whatever the pieces and blocks, and wherever the text is cut: the same tokens, and an end.
TEST(XmlReader, TellsTheSameInAnyPieces) {
  const std::string whole =
      "<?xml version='1.0'?><Es><e a='1&amp;2'><d N='x'>C:\\a &lt; b</d><![CDATA[c]]d]]><!--x--></e>\r\n<e>&#x41;</e>"
      "<e><f></e><e a='>'/></Es>";
  Random random(7);
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const std::string cut = whole.substr(0, size);
    const std::string told = tokens_of(cut);
    EXPECT_EQ(tokens_of(cut, 1, 16), told) << cut;
    EXPECT_EQ(tokens_of(cut, 1 + random.below(9), 16 + random.below(20)), told) << cut;
  }
}

}  // namespace
}  // namespace holdfast
