#include "agent/playback/differing_fields.h"

#include <google/protobuf/util/message_differencer.h>

namespace holdfast {
namespace {

using google::protobuf::Message;
using google::protobuf::util::MessageDifferencer;

std::string name_of(const std::vector<MessageDifferencer::SpecificField>& path) {
  std::string name;
  for (const MessageDifferencer::SpecificField& step : path) {
    if (!name.empty()) name += '.';
    name += step.field != nullptr ? step.field->name() : std::to_string(step.unknown_field_number);
    // An element that only the second has is named by its place there.
    const int index = step.index >= 0 ? step.index : step.new_index;
    if (index >= 0) name += '[' + std::to_string(index) + ']';
  }
  return name;
}

class Names final : public MessageDifferencer::Reporter {
 public:
  explicit Names(std::size_t most) : most_(most) {}

  using Path = std::vector<MessageDifferencer::SpecificField>;
  void ReportAdded(const Message& /*one*/, const Message& /*other*/, const Path& path) override { add(path); }
  void ReportDeleted(const Message& /*one*/, const Message& /*other*/, const Path& path) override { add(path); }
  // A message that differs is reported behind its fields.
  void ReportModified(const Message& /*one*/, const Message& /*other*/, const Path& path) override {
    const auto* const field = path.back().field;
    if (field == nullptr || field->message_type() == nullptr) add(path);
  }

  std::vector<std::string> take() { return std::move(names_); }

 private:
  void add(const Path& path) {
    if (names_.size() < most_) {
      names_.push_back(name_of(path));
    } else if (names_.size() == most_) {
      names_.emplace_back("…");
    }
  }

  std::size_t most_;
  std::vector<std::string> names_;
};

}  // namespace

std::vector<std::string> differing_fields(const Message& recorded, const Message& now, std::size_t most) {
  Names names(most);
  MessageDifferencer differencer;
  differencer.ReportDifferencesTo(&names);
  differencer.Compare(recorded, now);
  return names.take();
}

}  // namespace holdfast
