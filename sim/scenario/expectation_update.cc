#include "sim/scenario/expectation_update.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <array>

namespace holdfast {
namespace {

using google::protobuf::FieldDescriptor;

struct Edit {
  TextRange range;  // of the value
  std::string value;
  std::string change;
};

// What bounds or searches is a person's wish, not a copy of what happened.
bool can_be_rewritten(const Mismatch& mismatch) {
  constexpr std::array<std::string_view, 5> kWishes = {"via", "held_at_most", "reason_contains", "waited_at_most",
                                                       "route_contains"};
  return std::find(kWishes.begin(), kWishes.end(), mismatch.field) == kWishes.end() &&
         mismatch.field.find('.') == std::string::npos && mismatch.actual != "never";
}

// From a field's whole text to its value: behind "name:", before a separating comma.
TextRange value_range(TextRange field, std::string_view text) {
  const std::size_t colon = text.find(':', field.begin);
  if (colon == std::string_view::npos || colon >= field.end) return {};
  TextRange value{colon + 1, field.end};
  while (value.begin < value.end && (text[value.begin] == ' ' || text[value.begin] == '\t')) ++value.begin;
  while (value.end > value.begin &&
         (text[value.end - 1] == ',' || text[value.end - 1] == ';' || text[value.end - 1] == ' '))
    --value.end;
  return value;
}

}  // namespace

UpdatedText update_expectations(const ScenarioFile& file, const std::vector<Failure>& failures) {
  static const google::protobuf::OneofDescriptor* const kWhat = v1::Expect::descriptor()->FindOneofByName("what");
  std::vector<Edit> edits;
  for (const Failure& failure : failures) {
    if (failure.expectation < 0) continue;
    const v1::Expect& expect = file.scenario.expect(failure.expectation);
    const FieldDescriptor* what = expect.GetReflection()->GetOneofFieldDescriptor(expect, kWhat);
    for (const Mismatch& mismatch : failure.mismatches) {
      if (what == nullptr || !can_be_rewritten(mismatch)) continue;
      const FieldPath path{{"expect", failure.expectation}, {what->name(), -1}, {mismatch.field, -1}};
      const TextRange range = value_range(file.locations.range(path, file.text), file.text);
      if (range.begin == range.end) continue;
      const std::string before = file.text.substr(range.begin, range.end - range.begin);
      edits.push_back(
          {range, mismatch.actual,
           fmt::format("{}: {}: {} -> {}", file.locations.where(path), mismatch.field, before, mismatch.actual)});
    }
  }
  std::sort(edits.begin(), edits.end(), [](const Edit& a, const Edit& b) { return a.range.begin < b.range.begin; });
  UpdatedText updated;
  std::size_t copied = 0;
  for (const Edit& edit : edits) {
    if (edit.range.begin < copied) continue;
    updated.text += file.text.substr(copied, edit.range.begin - copied) + edit.value;
    updated.changed.push_back(edit.change);
    copied = edit.range.end;
  }
  updated.text += file.text.substr(copied);
  return updated;
}

}  // namespace holdfast
