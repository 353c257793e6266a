#include "sensors/import/event_document.h"

#include <simdjson.h>

#include <cstring>
#include <utility>

#include "sensors/import/document_splitter.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace holdfast {

static_assert(DocumentSplitter::kPadding >= simdjson::SIMDJSON_PADDING);

void EventDocument::set(Field field, std::uint16_t spelling, std::uint32_t object, const RawValue& value) {
  const std::size_t at = index(field);
  if (present_[at]) {
    // An event's own data and what collectors wrote about it may share a name: only twice in one object is a mistake.
    if (origins_[at].object == object && origins_[at].spelling == spelling) ++duplicate_keys_;
    return;
  }
  if (value.null) return;
  present_.set(at);
  values_[at] = value;
  origins_[at] = {object, spelling};
}

void EventDocument::add_unknown(std::string_view name, const RawValue& value) {
  if (unknown_.size() < kUnknownMax && !is_blank(value)) unknown_.push_back(name);
}

void EventDocument::set_named(std::string_view name, std::uint32_t object, const RawValue& value) {
  std::uint16_t spelling = 0;
  const Field field = find_field(name, spelling);
  if (static_cast<std::size_t>(field) < kFields) {
    set(field, spelling, object, value);
  } else if (field == Field::kUnknown) {
    add_unknown(name, value);
  }
}

namespace {

using simdjson::ondemand::object;
using simdjson::ondemand::value;

// What the members of an object are.
enum class Context : std::uint8_t {
  kRoot,      // the document's own: fields and containers
  kData,      // the event's own fields
  kDataItem,  // one {"@Name": ..., "#text": ...}
  kProvider,  // name of the provider
  kTime,      // time of creation
  kId,        // {"#text": 4688}
};

constexpr int kContextDepthMax = 8;  // of objects that are looked into; deeper ones only count as nesting

struct Walk {
  EventDocument& event;
  std::uint32_t depth_max;
  const char* reason = nullptr;
};

struct Item {  // of EventData's Data
  RawValue name;
  RawValue text;
};

bool walk_object(object members, Context context, int depth, Walk& walk, Item* item);

// Length of a key that begins at `key`: up to the quote that ends it. The caller's document is known to have one.
std::size_t key_length(const char* key, bool& escaped) {
  std::size_t length = 0;
#if defined(__SSE2__)
  const __m128i head = _mm_loadu_si128(reinterpret_cast<const __m128i*>(key));
  const auto quotes = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(head, _mm_set1_epi8('"'))));
  const auto escapes = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(head, _mm_set1_epi8('\\'))));
  if (escapes == 0) {
    if (quotes != 0) return static_cast<std::size_t>(__builtin_ctz(quotes));
    length = 16;
  }
#endif
  for (; key[length] != '"'; ++length) {
    if (key[length] == '\\') {
      escaped = true;
      ++length;
    }
  }
  return length;
}

bool fail(Walk& walk, const char* reason) {
  walk.reason = reason;
  return false;
}

bool fail(Walk& walk, simdjson::error_code error) { return fail(walk, simdjson::error_message(error)); }

// A string or a bare word: the token up to the next structural character, without its quotes and the space behind it.
bool read_scalar(std::string_view token, RawValue& raw, Walk& walk) {
  while (!token.empty() &&
         (token.back() == ' ' || token.back() == '\n' || token.back() == '\r' || token.back() == '\t')) {
    token.remove_suffix(1);
  }
  raw.quoted = !token.empty() && token.front() == '"';
  if (raw.quoted) {
    if (token.size() < 2 || token.back() != '"') return fail(walk, "a string does not end");
    token.remove_prefix(1);
    token.remove_suffix(1);
  } else if (!is_json_scalar(token)) {
    return fail(walk, "a value is neither a string, a number, true, false nor null");
  }
  raw.data = token.data();
  raw.size = static_cast<std::uint32_t>(token.size());
  raw.null = !raw.quoted && token == "null";
  return true;
}

// Something nested that has no meaning: only checked.
bool skip_nested(value& nested, Walk& walk) {
  std::string_view text;
  simdjson::error_code error = simdjson::SUCCESS;
  if (const auto type = nested.type(); type.error() != simdjson::SUCCESS) {
    return fail(walk, type.error());
  } else if (type.value_unsafe() == simdjson::ondemand::json_type::object) {
    object members;
    error = nested.get_object().get(members);
    if (error == simdjson::SUCCESS) error = members.raw_json().get(text);
  } else {
    simdjson::ondemand::array items;
    error = nested.get_array().get(items);
    if (error == simdjson::SUCCESS) error = items.raw_json().get(text);
  }
  if (error != simdjson::SUCCESS) return fail(walk, error);
  NestingScanner scanner(walk.depth_max);
  const NestingScanner::Result result = scanner.scan(text);
  if (result == NestingScanner::Result::kBad) return fail(walk, scanner.reason());
  return result == NestingScanner::Result::kComplete || fail(walk, "a bracket is not closed");
}

// The member of a container object, or kUnknown/kEnvelope for one without meaning there.
Field member_meaning(Context context, std::string_view name) {
  switch (context) {
    case Context::kProvider:
      if (name == "Name" || name == "@Name") return Field::kProvider;
      return name == "#attributes" ? Field::kProviderNode : Field::kEnvelope;
    case Context::kTime:
      if (name == "SystemTime" || name == "@SystemTime") return Field::kSystemTime;
      return name == "#attributes" ? Field::kTimeNode : Field::kEnvelope;
    case Context::kId:
      return name == "#text" || name == "Value" || name == "value" ? Field::kEventId : Field::kEnvelope;
    default: return Field::kEnvelope;
  }
}

bool walk_data_item(object members, int depth, Walk& walk) {
  Item item;
  if (!walk_object(members, Context::kDataItem, depth, walk, &item)) return false;
  if (item.name.data == nullptr || item.text.data == nullptr) return true;
  walk.event.set_named(item.name.view(), 0, item.text);
  return true;
}

bool walk_data_items(value& nested, int depth, Walk& walk) {
  simdjson::ondemand::array items;
  if (const auto error = nested.get_array().get(items); error != simdjson::SUCCESS) return fail(walk, error);
  for (auto element : items) {
    value item;
    if (const auto error = std::move(element).get(item); error != simdjson::SUCCESS) return fail(walk, error);
    object members;
    const auto token = item.raw_json_token();
    if (!token.empty() && token.front() == '{') {
      if (const auto error = item.get_object().get(members); error != simdjson::SUCCESS) return fail(walk, error);
      if (!walk_data_item(members, depth, walk)) return false;
    } else if (!token.empty() && token.front() == '[') {
      if (!skip_nested(item, walk)) return false;
    } else {
      RawValue unnamed;
      if (!read_scalar(token, unnamed, walk)) return false;
    }
  }
  return true;
}

// An object or array as the value of a member that stands for `field`.
bool walk_nested(value& nested, bool is_object, Field field, Context context, int depth, Walk& walk) {
  if (depth >= kContextDepthMax) return skip_nested(nested, walk);
  if (!is_object) {
    if (field == Field::kDataItems && context == Context::kData) return walk_data_items(nested, depth + 1, walk);
    if (static_cast<std::size_t>(field) < kFields) walk.event.set_not_scalar(field);
    return skip_nested(nested, walk);
  }
  Context inner = Context::kRoot;
  switch (field) {
    case Field::kRoot: inner = Context::kRoot; break;
    case Field::kData: inner = Context::kData; break;
    case Field::kProvider:
    case Field::kProviderNode: inner = Context::kProvider; break;
    case Field::kTimeCreated:
    case Field::kTimeNode: inner = Context::kTime; break;
    case Field::kEventId: inner = Context::kId; break;
    case Field::kDataItems: inner = context == Context::kData ? Context::kDataItem : Context::kRoot; break;
    case Field::kUnknown: inner = context == Context::kData ? Context::kData : Context::kRoot; break;
    default: inner = Context::kRoot; break;
  }
  const bool looked_into = inner != Context::kRoot || field == Field::kRoot;
  if (!looked_into) {
    if (static_cast<std::size_t>(field) < kFields) walk.event.set_not_scalar(field);
    return skip_nested(nested, walk);
  }
  object members;
  if (const auto error = nested.get_object().get(members); error != simdjson::SUCCESS) return fail(walk, error);
  if (inner == Context::kDataItem) return walk_data_item(members, depth + 1, walk);
  return walk_object(members, inner, depth + 1, walk, nullptr);
}

// {"@Name": "Image", "#text": "..."} and {"#attributes": {"Name": "Image"}, "#text": "..."}.
bool walk_item_member(std::string_view name, value& member, bool nested, bool is_object, int depth, Walk& walk,
                      Item& item) {
  if (!nested) {
    RawValue raw;
    if (!read_scalar(member.raw_json_token(), raw, walk)) return false;
    if (name == "@Name" || name == "Name") item.name = raw;
    if (name == "#text" || name == "Value" || name == "content") item.text = raw;
    return true;
  }
  if (is_object && name == "#attributes" && depth < kContextDepthMax) {
    object members;
    if (const auto error = member.get_object().get(members); error != simdjson::SUCCESS) return fail(walk, error);
    return walk_object(members, Context::kDataItem, depth + 1, walk, &item);
  }
  return skip_nested(member, walk);
}

bool walk_object(object members, Context context, int depth, Walk& walk, Item* item) {
  const std::uint32_t number = walk.event.enter_object();
  for (auto entry : members) {
    simdjson::ondemand::field pair;
    if (const auto error = std::move(entry).get(pair); error != simdjson::SUCCESS) return fail(walk, error);
    const char* key = pair.key().raw();
    bool escaped = false;
    const std::string_view name(key, key_length(key, escaped));
    value member = pair.value();
    const std::string_view token = member.raw_json_token();
    const bool is_object = !token.empty() && token.front() == '{';
    const bool nested = is_object || (!token.empty() && token.front() == '[');
    if (item != nullptr) {
      if (!walk_item_member(name, member, nested, is_object, depth, walk, *item)) return false;
      continue;
    }
    std::uint16_t spelling = 0;
    const bool plain = context == Context::kRoot || context == Context::kData;
    const Field field = plain ? find_field(name, spelling) : member_meaning(context, name);
    if (nested) {
      if (!walk_nested(member, is_object, field, context, depth, walk)) return false;
      continue;
    }
    RawValue raw;
    if (!read_scalar(token, raw, walk)) return false;
    if (static_cast<std::size_t>(field) < kFields) {
      walk.event.set(field, spelling, number, raw);
    } else if (field == Field::kUnknown) {
      walk.event.add_unknown(name, raw);
    } else if (field == Field::kProviderNode && !raw.null) {
      walk.event.set(Field::kProvider, spelling, number, raw);  // "Provider": "Microsoft-Windows-Sysmon"
    }
  }
  return true;
}

}  // namespace

struct EventDocumentReader::Parser {
  explicit Parser(std::uint32_t depth) : depth_max(depth) {}

  simdjson::ondemand::parser parser;
  std::uint32_t depth_max;
};

EventDocumentReader::EventDocumentReader(std::uint32_t depth_max) : parser_(std::make_unique<Parser>(depth_max)) {}
EventDocumentReader::~EventDocumentReader() = default;

std::string EventDocumentReader::read(std::string_view json, EventDocument& event) {
  event.clear();
  simdjson::ondemand::document document;
  const simdjson::padded_string_view padded(json.data(), json.size(), json.size() + DocumentSplitter::kPadding);
  if (const auto error = parser_->parser.iterate(padded).get(document); error != simdjson::SUCCESS) {
    return simdjson::error_message(error);
  }
  object root;
  if (const auto error = document.get_object().get(root); error != simdjson::SUCCESS)
    return simdjson::error_message(error);
  Walk walk{event, parser_->depth_max};
  if (!walk_object(root, Context::kRoot, 0, walk, nullptr)) return walk.reason;
  const bool at_end = document.current_location().error() == simdjson::OUT_OF_BOUNDS;
  return at_end ? "" : "something follows the object on its line";
}

}  // namespace holdfast
