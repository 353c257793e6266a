#include "sensors/recording/utf8_fields.h"

#include <google/protobuf/stubs/logging.h>
#include <gtest/gtest.h>

#include "engine/schema/recording.pb.h"
#include "tests/sensors/recording/random_message.h"

namespace holdfast {
namespace {

recording_format::Bytes bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::optional<std::string> bad_field(const google::protobuf::Message& message) {
  const google::protobuf::LogSilencer quiet;
  return field_that_is_not_utf8(*message.GetDescriptor(), bytes_of(message.SerializePartialAsString()));
}

// Decodes code points by their definition, one at a time: the naive reference.
bool is_utf8_by_definition(const std::string& text) {
  std::size_t i = 0;
  while (i < text.size()) {
    const auto lead = static_cast<unsigned char>(text[i++]);
    if (lead < 0x80) continue;
    const int more = lead >> 5 == 6 ? 1 : lead >> 4 == 14 ? 2 : lead >> 3 == 30 ? 3 : -1;
    if (more < 0) return false;
    std::uint32_t point = lead & (0x3Fu >> more);
    for (int k = 0; k < more; ++k) {
      if (i == text.size() || (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) return false;
      point = point << 6 | (static_cast<unsigned char>(text[i++]) & 0x3Fu);
    }
    const std::uint32_t least = more == 1 ? 0x80 : more == 2 ? 0x800 : 0x10000;
    if (point < least || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return false;
  }
  return true;
}

TEST(Utf8, AgreesWithTheDefinitionOnEverySequenceOfTwoBytesAndOnRandomOnes) {
  std::string text(2, '\0');
  for (unsigned pair = 0; pair < 0x10000; ++pair) {
    text[0] = static_cast<char>(pair >> 8);
    text[1] = static_cast<char>(pair);
    ASSERT_EQ(is_utf8(bytes_of(text)), is_utf8_by_definition(text)) << pair;
  }
  RandomMessages random(1);
  int valid = 0;
  for (int i = 0; i < 200'000; ++i) {
    text = std::string(random.below(17), 'x') + random.text();
    if (random.below(2) == 0 && !text.empty()) text[random.below(text.size())] = static_cast<char>(random.below(256));
    const bool expected = is_utf8_by_definition(text);
    valid += expected ? 1 : 0;
    ASSERT_EQ(is_utf8(bytes_of(text)), expected) << testing::PrintToString(text);
  }
  EXPECT_GT(valid, 1000);
  EXPECT_LT(valid, 199'000);
}

TEST(Utf8, AgreesWithTheDefinitionOnEveryLeadOfThreeAndFourBytes) {
  for (unsigned lead = 0xE0; lead <= 0xFF; ++lead) {
    for (unsigned second = 0; second <= 0xFF; ++second) {
      for (const char* tail : {"", "\x80", "\xBF", "\x80\x80", "\x80\xC0", "\xBF\xBF", "a\x80"}) {
        const std::string text = {static_cast<char>(lead), static_cast<char>(second)};
        ASSERT_EQ(is_utf8(bytes_of(text + tail)), is_utf8_by_definition(text + tail)) << lead << " " << second;
      }
    }
  }
}

TEST(Utf8Fields, NamesTheFieldByItsPath) {
  v1::Record record;
  record.mutable_input()->mutable_operation()->mutable_registry_set()->set_data("caf\xE9");
  EXPECT_EQ(bad_field(record), "input.operation.registry_set.data");
}

TEST(Utf8Fields, LooksIntoRepeatedFields) {
  v1::RecordingHeader header;
  header.mutable_import()->add_unmapped_event()->add_field("good");
  header.mutable_import()->add_unmapped_event()->add_field("\xC0\x80");
  EXPECT_EQ(bad_field(header), "import.unmapped_event.field");
}

TEST(Utf8Fields, LeavesBytesFieldsAlone) {
  v1::Record record;
  record.mutable_input()->mutable_operation()->mutable_file_create()->set_sha256(std::string(32, '\xFF'));
  EXPECT_EQ(bad_field(record), std::nullopt);
}

// The reference is protobuf itself: what it refuses to parse is what must be found.
TEST(Utf8Fields, FindsExactlyWhatProtobufRefusesToRead) {
  const google::protobuf::LogSilencer quiet;
  int refused = 0;
  for (std::uint32_t seed = 1; seed <= 3000; ++seed) {
    RandomMessages random(seed);
    v1::Record record;
    random.fill(record);
    std::string bytes = record.SerializeAsString();
    // One spoilt byte inside one of the pieces that RandomMessages puts into text.
    if (const std::size_t at = bytes.find("C:\\"); at != std::string::npos && seed % 2 == 0) {
      bytes[at] = '\xFE';
    }
    v1::Record read;
    const bool parses = read.ParseFromString(bytes);
    refused += parses ? 0 : 1;
    ASSERT_EQ(!field_that_is_not_utf8(*v1::Record::descriptor(), bytes_of(bytes)), parses) << "seed " << seed;
  }
  EXPECT_GT(refused, 100);
}

}  // namespace
}  // namespace holdfast
