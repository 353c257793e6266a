// Nothing leaks because somebody forgot: every text that a recording can hold has a declared class.
#include "sim/redaction/field_classes.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "engine/schema/recording.pb.h"
#include "sim/redaction/message_texts.h"

namespace holdfast {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using ::testing::UnorderedElementsAreArray;

void add_texts_of(const Descriptor& type, std::set<const Descriptor*>& seen, std::vector<std::string>& texts) {
  if (!seen.insert(&type).second) return;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      texts.push_back(field.full_name().substr(type.file()->package().size() + 1));
    }
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) add_texts_of(*field.message_type(), seen, texts);
  }
}

TEST(FieldClasses, HaveARowForEveryTextOfARecordingAndNoOther) {
  std::set<const Descriptor*> seen;
  std::vector<std::string> texts;
  add_texts_of(*v1::RecordingHeader::descriptor(), seen, texts);
  add_texts_of(*v1::Record::descriptor(), seen, texts);
  add_texts_of(*v1::RecordingTrailer::descriptor(), seen, texts);
  std::vector<std::string> rows;
  for (const FieldRow& row : field_classes()) rows.emplace_back(row.field);
  EXPECT_THAT(rows, UnorderedElementsAreArray(texts));
  EXPECT_GT(texts.size(), 100U);
}

#if GTEST_HAS_DEATH_TEST
TEST(FieldClasses, KnowNoOtherField) { EXPECT_DEATH(class_of("Process.password"), "Process.password"); }
#endif

TEST(FieldClasses, OfReasonsFollowTheCode) {
  EXPECT_EQ(class_of_reason(v1::MONITORED_EVENT_SEEN), FieldClass::kKept);
  EXPECT_EQ(class_of_reason(v1::ON_APPROVED_LIST), FieldClass::kText);
}

TEST(MessageTexts, AreNamedByTheirPlaceWhenTheyAreRefused) {
  v1::Input input;
  auto& settings = *input.mutable_agent_started()->mutable_settings();
  settings.mutable_exceptions()->add_approved()->set_path("a");
  settings.mutable_exceptions()->add_approved()->set_path("b");
  const auto taken = for_each_text(input, [](FieldClass type, std::string_view text) -> Expected<void> {
    if (type != FieldClass::kEntry || text != "b") return {};
    return std::unexpected(Error{.where = {}, .field = {}, .what = "no", .remedy = {}});
  });
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().field, "agent_started.settings.exceptions.approved[1].path");
}

TEST(MessageTexts, CanBeChanged) {
  v1::Output output;
  output.mutable_verdict()->set_program("a");
  output.mutable_verdict()->add_reason()->set_text("b");
  const auto changed = change_each_text(output, [](FieldClass, std::string& text) -> Expected<void> {
    text += '!';
    return {};
  });
  ASSERT_TRUE(changed);
  EXPECT_EQ(output.verdict().program(), "a!");
  EXPECT_EQ(output.verdict().reason(0).text(), "b!");
  EXPECT_TRUE(output.verdict().target().empty());
}

}  // namespace
}  // namespace holdfast
