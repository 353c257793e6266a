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
