// An entry of a scenario repeats the kinds of operations of the schema, so that people write them without a level
// between: what the one has, the other must have, with the same number and type, since one is copied into the other by
// number.
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include "sim/story/timeline.h"

namespace holdfast {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::OneofDescriptor;

constexpr int kFirstInputField = 60;  // of At: what is no operation begins here

const OneofDescriptor& operation_kinds() { return *v1::Operation::descriptor()->FindOneofByName("what"); }
const OneofDescriptor& entry_kinds() { return *v1::At::descriptor()->FindOneofByName("what"); }

TEST(EntryOfAScenario, HasEveryKindOfOperationUnderTheSameNumber) {
  for (int i = 0; i < operation_kinds().field_count(); ++i) {
    const FieldDescriptor& kind = *operation_kinds().field(i);
    const FieldDescriptor* entry = v1::At::descriptor()->FindFieldByName(kind.name());
    ASSERT_NE(entry, nullptr) << "At lacks " << kind.full_name();
    EXPECT_EQ(entry->containing_oneof(), &entry_kinds()) << kind.name();
    EXPECT_EQ(entry->number(), kind.number()) << kind.name();
    EXPECT_EQ(entry->message_type(), kind.message_type()) << kind.name();
    EXPECT_LT(kind.number(), kFirstInputField) << kind.name();
  }
}

TEST(EntryOfAScenario, HasNoOtherKindOfOperation) {
  for (int i = 0; i < entry_kinds().field_count(); ++i) {
    const FieldDescriptor& entry = *entry_kinds().field(i);
    const FieldDescriptor* kind = v1::Operation::descriptor()->FindFieldByNumber(entry.number());
    EXPECT_EQ(entry.number() < kFirstInputField, kind != nullptr) << entry.full_name();
  }
}

TEST(EntryOfAScenario, BecomesTheInputOfItsKind) {
  for (int i = 0; i < entry_kinds().field_count(); ++i) {
    const FieldDescriptor& kind = *entry_kinds().field(i);
    v1::Scenario scenario;
    v1::At& at = *scenario.add_at();
    at.set_t("1s");
    at.GetReflection()->MutableMessage(&at, &kind);
    if (at.has_process_start()) {
      at.mutable_process_start()->set_pid(7);
      at.mutable_process_start()->set_image("C:\\a.exe");
    }
    const TextLocations nowhere("test");
    const auto timeline = Timeline::compile(scenario, nowhere);
    ASSERT_TRUE(timeline.has_value()) << kind.name() << ": " << timeline.error().text();
    const v1::Input& input = timeline->prototype(0);
    if (kind.number() < kFirstInputField) {
      EXPECT_EQ(static_cast<int>(input.operation().what_case()), kind.number()) << kind.name();
    } else {
      EXPECT_NE(input.kind_case(), v1::Input::KIND_NOT_SET) << kind.name();
      EXPECT_FALSE(input.has_operation()) << kind.name();
    }
  }
}

}  // namespace
}  // namespace holdfast
