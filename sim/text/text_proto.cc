#include "sim/text/text_proto.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/tokenizer.h>

#include <algorithm>
#include <array>
#include <set>

#include "engine/text/utf8.h"
#include "sim/text/text_file.h"

namespace holdfast {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::TextFormat;

constexpr int kNestingMax = 32;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";  // editors on Windows put it first

// Keeps the first complaint: the others follow from it.
class FirstComplaint final : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, google::protobuf::io::ColumnNumber /*column*/, const std::string& message) override {
    if (!message_.empty()) return;
    line_ = line + 1;
    message_ = message;
  }
  void AddWarning(int /*line*/, google::protobuf::io::ColumnNumber /*column*/, const std::string& /*text*/) override {}

  int line() const { return line_; }
  const std::string& message() const { return message_; }

 private:
  int line_ = 0;
  std::string message_;
};

// Edit distance of two short names, for "did you mean".
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

constexpr std::size_t kNameLengthMax = 100;  // longer ones are no misspelling

std::string nearest(std::string_view wanted, const std::vector<std::string>& names) {
  if (wanted.size() > kNameLengthMax) return {};
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(2, wanted.size() / 3) + 1;
  for (const std::string& name : names) {
    std::size_t steps = distance(wanted, name);
    // "PRE_EXECUTION" for "HOLD_CAPABILITY_PRE_EXECUTION": the prefix is what people leave out.
    if (wanted.size() >= 4 && name.ends_with(wanted)) steps = 0;
    if (steps < best_distance) {
      best = name;
      best_distance = steps;
    }
  }
  return best;
}

// Every message type that can occur below `root`, in an order that depends on the schema only.
void collect_types(const Descriptor* root, std::vector<const Descriptor*>& types) {
  if (std::find(types.begin(), types.end(), root) != types.end()) return;
  types.push_back(root);
  for (int i = 0; i < root->field_count(); ++i) {
    if (root->field(i)->message_type() != nullptr) collect_types(root->field(i)->message_type(), types);
  }
}

std::vector<std::string> quoted_parts(std::string_view message) {
  std::vector<std::string> parts;
  std::size_t at = 0;
  while (true) {
    const std::size_t open = message.find('"', at);
    if (open == std::string_view::npos) return parts;
    const std::size_t close = message.find('"', open + 1);
    if (close == std::string_view::npos) return parts;
    parts.emplace_back(message.substr(open + 1, close - open - 1));
    at = close + 1;
  }
}

std::string did_you_mean(const std::string& name) {
  return name.empty() ? std::string() : fmt::format("did you mean {}?", name);
}

Error unknown_field(const std::vector<std::string>& parts, const std::vector<const Descriptor*>& types) {
  const std::string& type_name = parts[0];
  const std::string& field = parts[1];
  std::vector<std::string> names;
  std::string short_name = type_name;
  for (const Descriptor* type : types) {
    if (type->full_name() != type_name) continue;
    short_name = type->name();
    for (int i = 0; i < type->field_count(); ++i) names.push_back(type->field(i)->name());
  }
  return {.where = {},
          .field = field,
          .what = fmt::format("{} has no such field", short_name),
          .remedy = did_you_mean(nearest(field, names))};
}

Error unknown_value(const std::vector<std::string>& parts, const std::vector<const Descriptor*>& types) {
  const std::string& value = parts[0];
  const std::string& field_name = parts[1];
  std::vector<std::string> names;
  std::set<const EnumDescriptor*> seen;
  for (const Descriptor* type : types) {
    const FieldDescriptor* field = type->FindFieldByName(field_name);
    if (field == nullptr || field->enum_type() == nullptr || !seen.insert(field->enum_type()).second) continue;
    for (int i = 0; i < field->enum_type()->value_count(); ++i) names.push_back(field->enum_type()->value(i)->name());
  }
  constexpr std::size_t kListedMax = 12;
  std::string remedy = did_you_mean(nearest(value, names));
  if (remedy.empty() && seen.size() == 1 && names.size() <= kListedMax) {
    remedy = "one of";
    for (std::size_t i = 1; i < names.size(); ++i) remedy += (i == 1 ? " " : ", ") + names[i];
  }
  return {.where = {}, .field = field_name, .what = fmt::format("there is no value {}", value), .remedy = remedy};
}

// Says in our words what the parser said in its own.
Error readable(const std::string& message, const Descriptor* root) {
  std::vector<const Descriptor*> types;
  collect_types(root, types);
  const std::vector<std::string> parts = quoted_parts(message);
  if (parts.size() >= 2 && message.starts_with("Message type ")) return unknown_field(parts, types);
  if (parts.size() >= 2 && message.starts_with("Unknown enumeration value")) return unknown_value(parts, types);
  if (!parts.empty() && message.starts_with("Non-repeated field")) {
    return {.where = {}, .field = parts[0], .what = "this field is given twice", .remedy = "keep one"};
  }
  if (parts.size() >= 3 && message.ends_with(fmt::format("another member of oneof \"{}\".", parts[2]))) {
    return {.where = {},
            .field = parts[0],
            .what = fmt::format("it stands beside {}, which excludes it", parts[1]),
            .remedy = "keep one"};
  }
  constexpr std::string_view kBackslash = R"(write a backslash twice: "C:\\Users\\new.exe")";
  const bool of_escape = message.contains("escape sequence");
  std::string text = message.empty() ? "this is no protobuf text" : message;
  if (text.back() == '.') text.pop_back();
  if (text.front() >= 'A' && text.front() <= 'Z') text.front() = static_cast<char>(text.front() - 'A' + 'a');
  return {.where = {}, .field = {}, .what = text, .remedy = std::string(of_escape ? kBackslash : "")};
}

// Path of the first string field that is not UTF-8 (escapes can write any byte); false if there is none.
bool find_bad_string(const Message& message, FieldPath& path) {
  const Reflection* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  std::string scratch;
  for (const FieldDescriptor* field : fields) {
    const bool nested = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (!nested && field->type() != FieldDescriptor::TYPE_STRING) continue;
    const int count = field->is_repeated() ? reflection->FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      path.push_back({field->name(), field->is_repeated() ? i : -1});
      if (nested) {
        const Message& below = field->is_repeated() ? reflection->GetRepeatedMessage(message, field, i)
                                                    : reflection->GetMessage(message, field);
        if (find_bad_string(below, path)) return true;
      } else {
        const std::string& text = field->is_repeated()
                                      ? reflection->GetRepeatedStringReference(message, field, i, &scratch)
                                      : reflection->GetStringReference(message, field, &scratch);
        if (!is_utf8(text)) return true;
      }
      path.pop_back();
    }
  }
  return false;
}

// Where a line of the text begins and how far a column of the tokenizer (tabs reach to the next multiple of eight) is
// from there, in bytes.
std::size_t byte_offset(std::string_view text, int line, int column) {
  constexpr int kTabWidth = 8;
  std::size_t at = 0;
  for (int i = 0; i < line; ++i) {
    const std::size_t end = text.find('\n', at);
    if (end == std::string_view::npos) return text.size();
    at = end + 1;
  }
  for (int reached = 0; reached < column && at < text.size(); ++at) {
    reached += text[at] == '\t' ? kTabWidth - reached % kTabWidth : 1;
  }
  return at;
}

struct Place {
  TextFormat::ParseLocationRange range;
  bool exact = false;  // of the whole path, not of something that encloses it
};

Place find_place(const Descriptor* type, const TextFormat::ParseInfoTree* tree, const FieldPath& path) {
  Place place;
  for (std::size_t i = 0; i < path.size() && type != nullptr && tree != nullptr; ++i) {
    const FieldDescriptor* field = type->FindFieldByName(std::string(path[i].name));
    if (field == nullptr || field->is_repeated() != (path[i].index >= 0)) return place;
    const TextFormat::ParseLocationRange range = tree->GetLocationRange(field, path[i].index);
    if (range.start.line < 0) return place;
    place = {range, i + 1 == path.size()};
    type = field->message_type();
    tree = type == nullptr ? nullptr : tree->GetTreeForNested(field, path[i].index);
  }
  return place;
}

// Files that people name by mistake, by how they begin. No protobuf text begins so.
struct OtherKind {
  std::string_view begins;
  std::string_view what;
  std::string_view remedy;
};
constexpr std::string_view kRecording = "is a recording, not text";
constexpr std::string_view kReadRecording = "`holdfast replay`, `show` and `explain` read it";
constexpr std::string_view kImport = "`holdfast import` makes a recording of it";
constexpr auto kOtherKinds = std::to_array<OtherKind>({
    {"\x89HFR", kRecording, kReadRecording},
    {"ElfFile", "is an event log, not text", kImport},
    {"PK\x03\x04", "is a zip archive, not text", kImport},
    {"\x1f\x8b", "is a gzip archive, not text", kImport},
    {"7z\xbc\xaf", "is a 7z archive, not text", kImport},
    {"{", "is JSON, as event logs are exported", kImport},
    {"[{", "is JSON, as event logs are exported", kImport},
    {"<?xml", "is XML, as event logs are exported", kImport},
    {"<Event", "is XML, as event logs are exported", kImport},
});

const OtherKind* other_kind_of_file(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  const auto* const row =
      std::ranges::find_if(kOtherKinds, [&](const OtherKind& kind) { return text.starts_with(kind.begins); });
  return row == kOtherKinds.end() ? nullptr : row;
}

}  // namespace

std::string field_text(const FieldPath& path) {
  std::string text;
  for (const FieldStep& step : path) {
    if (!text.empty()) text += '.';
    text += step.name;
    if (step.index >= 0) text += fmt::format("[{}]", step.index);
  }
  return text;
}

int TextLocations::line(const FieldPath& path) const {
  return tree_ == nullptr ? 0 : find_place(root_, tree_.get(), path).range.start.line + 1;
}

std::string TextLocations::where(const FieldPath& path) const {
  const int at = line(path);
  return at == 0 ? name_ : fmt::format("{}:{}", name_, at);
}

TextRange TextLocations::range(const FieldPath& path, std::string_view text) const {
  if (tree_ == nullptr) return {};
  const Place place = find_place(root_, tree_.get(), path);
  if (!place.exact) return {};
  const std::size_t mark = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  text.remove_prefix(mark);
  return {mark + byte_offset(text, place.range.start.line, place.range.start.column),
          mark + byte_offset(text, place.range.end.line, place.range.end.column)};
}

Expected<TextLocations> parse_text_proto(const std::string& name, std::string_view text, Message& message) {
  message.Clear();
  if (const auto other = other_kind_of_file(text)) {
    return std::unexpected(
        Error{.where = name, .field = {}, .what = std::string(other->what), .remedy = std::string(other->remedy)});
  }
  if (const int bad = first_line_not_utf8(text); bad != 0) {
    return std::unexpected(Error{.where = fmt::format("{}:{}", name, bad),
                                 .field = {},
                                 .what = "this line is not UTF-8",
                                 .remedy = "save the file as UTF-8"});
  }
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());

  TextLocations locations(name);
  locations.root_ = message.GetDescriptor();
  locations.tree_ = std::make_shared<TextFormat::ParseInfoTree>();
  FirstComplaint complaint;
  TextFormat::Parser parser;
  parser.RecordErrorsTo(&complaint);
  parser.WriteLocationsTo(locations.tree_.get());
  parser.SetRecursionLimit(kNestingMax);
  if (!parser.ParseFromString(std::string(text), &message)) {
    Error error = readable(complaint.message(), message.GetDescriptor());
    error.where = complaint.line() > 0 ? fmt::format("{}:{}", name, complaint.line()) : name;
    return std::unexpected(std::move(error));
  }
  FieldPath path;
  if (find_bad_string(message, path)) {
    return std::unexpected(Error{.where = locations.where(path),
                                 .field = field_text(path),
                                 .what = "the text is not UTF-8",
                                 .remedy = "write \\\\ for a backslash"});
  }
  return locations;
}

}  // namespace holdfast
