// One event as its log has it: fields by number, values still raw.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sensors/import/event_fields.h"
#include "sensors/import/json_text.h"

namespace holdfast {

// Views into the event's text: valid while that is.
class EventDocument {
 public:
  void clear() {
    present_.reset();
    unknown_.clear();
    other_.clear();
    data_ = false;
    lost_names_ = false;
    objects_ = 0;
    duplicate_keys_ = 0;
  }

  // Null where the document lacks the field or holds null. "" and "-" are given as they are.
  const RawValue* find(Field field) const { return present_[index(field)] ? &values_[index(field)] : nullptr; }
  const FieldSet& present() const { return present_; }
  // Names of fields that the importer does not know, and the fields that hold something else than one value.
  const std::vector<std::string_view>& unknown() const { return unknown_; }
  const std::vector<Field>& not_scalar() const { return other_; }
  std::uint64_t duplicate_keys() const { return duplicate_keys_; }
  // The event's own values stand in a list without names, as PowerShell exports them, and its message tells none
  // either.
  bool lost_names() const { return lost_names_; }

  // For the reader.
  std::uint32_t enter_object() { return ++objects_; }
  // What follows are the event's own fields: they count more than what collectors wrote of the same name.
  void begin_data(bool data) { data_ = data; }
  bool in_data() const { return data_; }
  void set(Field field, std::uint16_t spelling, std::uint32_t object, const RawValue& value);
  void add_unknown(std::string_view name, const RawValue& value);
  // A field of the event's own data by its name in the manifests: known, unknown, or a collector's and left out.
  void set_named(std::string_view name, std::uint32_t object, const RawValue& value);
  // The same for a name of which find_field() was asked.
  void set_named(std::string_view name, Field field, std::uint16_t spelling, std::uint32_t object,
                 const RawValue& value);
  // False for a name of which set_named() leaves everything out.
  static bool takes(Field field) {
    return field < Field::kCount || field == Field::kUnknown || field == Field::kCommon || field == Field::kPlainId;
  }
  void set_not_scalar(Field field) { other_.push_back(field); }
  void set_lost_names() { lost_names_ = true; }
  // Forgets what stood beside the event's own data.
  void forget_beside_data(Field field) {
    if (!origins_[index(field)].data) present_.reset(index(field));
  }

  static constexpr std::size_t kUnknownMax = 256;  // names kept per event; further ones are not told

 private:
  static std::size_t index(Field field) { return static_cast<std::size_t>(field); }

  struct Origin {
    std::uint32_t object = 0;
    std::uint16_t spelling = 0;
    bool data = false;
  };

  std::array<RawValue, kFields> values_{};
  std::array<Origin, kFields> origins_{};
  FieldSet present_;
  std::vector<std::string_view> unknown_;
  std::vector<Field> other_;
  bool data_ = false;
  bool lost_names_ = false;
  std::uint32_t objects_ = 0;
  std::uint64_t duplicate_keys_ = 0;
};

// True where a value tells nothing: "", or "-", which Windows writes for "none".
inline bool is_blank(const RawValue& value) {
  return value.null || value.size == 0 || (value.size == 1 && value.data[0] == '-');
}

struct NamedText {
  std::string_view name;
  std::string_view text;
};

// What a member or column called `name` stands for at the top of a document, names of containers and dots before it:
// "winlog.event_id".
Field field_at_top(std::string_view name);

class EventDocumentReader {
 public:
  explicit EventDocumentReader(std::uint32_t depth_max);
  ~EventDocumentReader();

  // Reads `json`, behind which DocumentSplitter::kPadding bytes may be read, into `event`. The empty text is success;
  // anything else the reason why it is no JSON object.
  std::string read(std::string_view json, EventDocument& event);
  // The same of fields that stand beside one another, as in a row of a table: names as in JSON, values without escapes.
  // Both must live as long as the event.
  std::string read_row(std::span<const NamedText> row, EventDocument& event);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace holdfast
