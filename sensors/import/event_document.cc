#include "sensors/import/event_document.h"

#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <utility>

#include "engine/text/ascii.h"
#include "sensors/import/document_splitter.h"
#include "sensors/import/moved_fields.h"
#include "sensors/import/text_bytes.h"
#include "sensors/import/xml_events.h"

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
    const bool of_the_frame =
        field < Field::kProcessGuid;  // what the event is, where and when: the frame says it first
    if (!data_ || origins_[at].data || of_the_frame) return;
  }
  if (value.null) return;
  present_.set(at);
  values_[at] = value;
  origins_[at] = {object, spelling, data_};
}

void EventDocument::add_unknown(std::string_view name, const RawValue& value) {
  if (unknown_.size() < kUnknownMax && !is_blank(value)) unknown_.push_back(name);
}

void EventDocument::set_named(std::string_view name, std::uint32_t object, const RawValue& value) {
  std::uint16_t spelling = 0;
  const Field field = find_field(name, spelling);
  set_named(name, field, spelling, object, value);
}

void EventDocument::set_named(std::string_view name, Field field, std::uint16_t spelling, std::uint32_t object,
                              const RawValue& value) {
  if (field < Field::kCount) {
    set(field, spelling, object, value);
  } else if (takes(field)) {
    add_unknown(name, value);
  }
}

namespace {

using simdjson::ondemand::object;
using simdjson::ondemand::value;

// What the members of an object are.
enum class Context : std::uint8_t {
  kRoot,      // the document's own: fields and containers
  kFrame,     // the same, in what the log's writer wrote
  kCommon,    // the Elastic Common Schema
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
  simdjson::ondemand::parser& text_parser;  // of the event's own fields where they stand as a text
  std::string& text;                        // which lives as long as the event; empty: there was none yet
  EventXmlFeed& xml;                        // of the text, where it is XML
  MovedFields& moved;
  std::string path;  // of the Common Schema's object that is walked
  const char* reason = nullptr;
};

struct Item {  // of EventData's Data
  RawValue name;
  RawValue text;
};

bool walk_object(object members, Context context, int depth, Walk& walk, Item* item);
bool walk_common_member(value& member, int depth, Walk& walk);

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

// The only element of a list, which some collectors make of every value; nothing where it holds another number of them,
// or something nested.
std::string_view only_scalar(std::string_view list) {
  const auto trimmed = [](std::string_view text) {
    while (!text.empty() && ascii::is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && ascii::is_blank(text.back())) text.remove_suffix(1);
    return text;
  };
  list = trimmed(list);
  if (list.size() < 2) return {};
  list = trimmed(list.substr(1, list.size() - 2));
  if (!list.starts_with('"')) return list.find_first_of(",[{") == std::string_view::npos ? list : std::string_view();
  bool escaped = false;
  return key_length(list.data() + 1, escaped) + 2 == list.size() ? list : std::string_view();
}

// A list with its brackets, known to be JSON.
bool read_list(value& nested, std::string_view& list, Walk& walk) {
  simdjson::ondemand::array items;
  if (const auto error = nested.get_array().get(items); error != simdjson::SUCCESS) return fail(walk, error);
  if (const auto error = items.raw_json().get(list); error != simdjson::SUCCESS) return fail(walk, error);
  NestingScanner scanner(walk.depth_max);
  return scanner.scan(list) == NestingScanner::Result::kComplete || fail(walk, scanner.reason());
}

// A list as the value of a member that stands for `field`: that of one element counts as the element. Of keywords and
// of changes to what is audited all count: they are a set of words.
bool walk_list(value& nested, Field field, std::uint16_t spelling, std::uint32_t number, Walk& walk) {
  std::string_view list;
  if (!read_list(nested, list, walk)) return false;
  RawValue raw;
  if (field == Field::kKeywords || field == Field::kAuditPolicyChanges) {
    raw = {.data = list.data(), .size = static_cast<std::uint32_t>(list.size())};
  } else if (const std::string_view only = only_scalar(list); only.empty()) {
    walk.event.set_not_scalar(field);
    return true;
  } else if (!read_scalar(only, raw, walk)) {
    return false;
  }
  walk.event.set(field, spelling, number, raw);
  return true;
}

// An object or array as the value of a member that stands for `field`.
bool walk_nested(value& nested, bool is_object, Field field, std::uint16_t spelling, std::uint32_t number,
                 Context context, int depth, Walk& walk) {
  if (depth >= kContextDepthMax) return skip_nested(nested, walk);
  if (!is_object) {
    if (field == Field::kDataItems && context == Context::kData) return walk_data_items(nested, depth + 1, walk);
    if (static_cast<std::size_t>(field) < kFields) return walk_list(nested, field, spelling, number, walk);
    return skip_nested(nested, walk);
  }
  Context inner = Context::kRoot;
  switch (field) {
    case Field::kRoot: inner = Context::kRoot; break;
    case Field::kFrame: inner = Context::kFrame; break;
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

// The event's XML, or its data's alone, inside of a text.
bool walk_xml(Walk& walk) {
  TextBytes bytes(walk.text);
  XmlReader reader(bytes, walk.depth_max, walk.text.size());
  walk.xml.begin();
  for (bool began = false; !began || !walk.xml.complete();) {
    const Expected<XmlReader::Token> token = reader.next();
    if (!token) return fail(walk, "the text cannot be read");
    const bool around = !began && *token == XmlReader::Token::kText;
    if (!around && !walk.xml.take(*token, reader)) return fail(walk, walk.xml.reason());
    began = !around;
  }
  if (!walk.xml.finish()) return fail(walk, walk.xml.reason());
  walk.xml.event().add_to(walk.event);
  return true;
}

bool walk_json(Context context, int depth, Walk& walk) {
  const std::size_t size = walk.text.size();
  NestingScanner scanner(walk.depth_max);
  if (scanner.scan(walk.text) != NestingScanner::Result::kComplete) {
    return fail(walk, "the event's fields stand in a text that is no JSON");
  }
  walk.text.resize(size + DocumentSplitter::kPadding);
  simdjson::ondemand::document document;
  const simdjson::padded_string_view padded(walk.text.data(), size, walk.text.size());
  if (const auto error = walk.text_parser.iterate(padded).get(document); error != simdjson::SUCCESS) {
    return fail(walk, error);
  }
  object members;
  if (const auto error = document.get_object().get(members); error != simdjson::SUCCESS) return fail(walk, error);
  return walk_object(members, context, depth + 1, walk, nullptr);
}

// The event or its own fields inside of a text, as JSON or XML. Another text of the kind in the same event says nothing
// new.
bool walk_text(const RawValue& raw, Context context, int depth, Walk& walk) {
  if (!walk.text.empty() || depth >= kContextDepthMax) return true;
  std::uint64_t surrogates = 0;
  if (!raw.quoted) {
    walk.text = raw.view();
  } else if (!unescape_json(raw.view(), walk.text, surrogates)) {
    return fail(walk, "a text has an escape that JSON does not know");
  }
  if (walk.text.starts_with('<')) return walk_xml(walk);
  return walk_json(context, depth, walk);
}

bool begins_text(const RawValue& raw, std::string_view beginning) {
  constexpr std::string_view kTag = R"(\u003c)";  // as writers escape it who fear for a page
  if (raw.null) return false;
  std::string_view text = raw.view();
  if (raw.quoted && beginning.front() == '<' && ascii::equal_without_case(text.substr(0, kTag.size()), kTag)) {
    text.remove_prefix(kTag.size());
    beginning.remove_prefix(1);
  }
  return text.starts_with(beginning);
}

// A value of a member or a column that stands for `field`.
bool take_scalar(std::string_view name, const RawValue& raw, Field field, std::uint16_t spelling, std::uint32_t number,
                 Context context, int depth, Walk& walk) {
  if (static_cast<std::size_t>(field) < kFields) {
    walk.event.set(field, spelling, number, raw);
    return true;
  }
  switch (field) {
    case Field::kUnknown: walk.event.add_unknown(name, raw); break;
    case Field::kProviderNode:  // "Provider": "Microsoft-Windows-Sysmon"
      if (!raw.null) walk.event.set(Field::kProvider, spelling, number, raw);
      break;
    case Field::kData:
      if (begins_text(raw, "{") || begins_text(raw, "<")) return walk_text(raw, Context::kData, depth, walk);
      break;
    case Field::kRoot:  // {"_source": "{...}"}, as Kibana has it in tables
    case Field::kWhole:
      if (field == Field::kRoot && name != "_source") break;
      if (begins_text(raw, "{") || begins_text(raw, "<Event")) return walk_text(raw, Context::kRoot, depth, walk);
      break;
    case Field::kMessage:
      if (context == Context::kData || raw.null) break;
      if (begins_text(raw, "<Event")) return walk_text(raw, Context::kRoot, depth, walk);
      walk.moved.keep_message(raw);
      break;
    case Field::kPlainId:
      if (context == Context::kData) {
        walk.event.add_unknown(name, raw);
      } else if (!raw.null) {
        walk.moved.keep_plain_id(raw);
      }
      break;
    case Field::kCommon:
      if (context != Context::kCommon) break;
      if (name == "event.original" && begins_text(raw, "<Event")) return walk_text(raw, Context::kRoot, depth, walk);
      walk.moved.keep_common(name, raw);
      break;
    default: break;
  }
  return true;
}

// What a member stands for. Names with dots are those of containers, one in the other: "winlog.event_data.Image".
Field meaning(std::string_view name, Context& context, std::uint16_t& spelling) {
  if (context != Context::kRoot && context != Context::kFrame && context != Context::kData) {
    return member_meaning(context, name);
  }
  Field field = find_field(name, spelling);
  if (field == Field::kUnknown) {
    for (std::size_t dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.')) {
      switch (find_field(name.substr(0, dot), spelling)) {
        case Field::kRoot: context = Context::kRoot; break;
        case Field::kFrame: context = Context::kFrame; break;
        case Field::kData: context = Context::kData; break;
        case Field::kSource:
        case Field::kHost:
        case Field::kCommon:
          if (context != Context::kRoot) return Field::kEnvelope;
          context = Context::kCommon;
          return Field::kCommon;
        default: return Field::kUnknown;
      }
      name.remove_prefix(dot + 1);
      field = find_field(name, spelling);
    }
  }
  if (context == Context::kData && (field == Field::kUnknown || field == Field::kEnvelope || field == Field::kCommon)) {
    const Field folded = find_field_without_case(name);
    if (folded != Field::kUnknown) return folded;
  }
  return field;
}

// The member at walk.path, which begins with the name of an object of the Common Schema. Lists of one are their
// element.
bool walk_common_member(value& member, int depth, Walk& walk) {
  const std::string_view token = member.raw_json_token();
  const char first = token.empty() ? '\0' : token.front();
  if (first == '{' && depth < kContextDepthMax) {
    object members;
    if (const auto error = member.get_object().get(members); error != simdjson::SUCCESS) return fail(walk, error);
    return walk_object(members, Context::kCommon, depth + 1, walk, nullptr);
  }
  if (first == '{') return skip_nested(member, walk);
  RawValue raw;
  if (first == '[') {
    std::string_view list;
    if (!read_list(member, list, walk)) return false;
    const std::string_view only = only_scalar(list);
    if (only.empty()) return true;
    if (!read_scalar(only, raw, walk)) return false;
  } else if (!read_scalar(token, raw, walk)) {
    return false;
  }
  return take_scalar(walk.path, raw, Field::kCommon, 0, 0, Context::kCommon, depth, walk);
}

// {"@Name": "Image", "#text": "..."} and {"#attributes": {"Name": "Image"}, "#text": "..."}.
bool walk_item_member(std::string_view name, value& member, bool nested, bool is_object, int depth, Walk& walk,
                      Item& item) {
  if (!nested) {
    RawValue raw;
    if (!read_scalar(member.raw_json_token(), raw, walk)) return false;
    static constexpr std::string_view kNames[] = {"@Name", "Name", "_Name", "-Name", "@name", "name"};
    static constexpr std::string_view kTexts[] = {"#text", "Value", "content", "$",    "__text",
                                                  "_",     "text",  "$t",      "value"};
    if (std::ranges::find(kNames, name) != std::end(kNames)) item.name = raw;
    if (std::ranges::find(kTexts, name) != std::end(kTexts)) item.text = raw;
    return true;
  }
  const bool attributes = name == "#attributes" || name == "$" || name == "@attributes" || name == "_attributes";
  if (is_object && attributes && depth < kContextDepthMax) {
    object members;
    if (const auto error = member.get_object().get(members); error != simdjson::SUCCESS) return fail(walk, error);
    return walk_object(members, Context::kDataItem, depth + 1, walk, &item);
  }
  return skip_nested(member, walk);
}

// Splunk has "source" and "host" as texts.
bool is_common(Field field, Context context, bool is_object) {
  if (context == Context::kCommon) return true;
  const bool common = field == Field::kCommon || field == Field::kSource || field == Field::kHost;
  return context == Context::kRoot && is_object && common;
}

// Members of an object of the Common Schema, which lies at walk.path.
bool walk_common(object members, int depth, Walk& walk) {
  const std::size_t outer = walk.path.size();
  for (auto entry : members) {
    simdjson::ondemand::field pair;
    if (const auto error = std::move(entry).get(pair); error != simdjson::SUCCESS) return fail(walk, error);
    const char* key = pair.key().raw();
    bool escaped = false;
    walk.path += '.';
    walk.path.append(key, key_length(key, escaped));
    value member = pair.value();
    if (!walk_common_member(member, depth, walk)) return false;
    walk.path.resize(outer);
  }
  return true;
}

bool walk_object(object members, Context context, int depth, Walk& walk, Item* item) {
  if (context == Context::kCommon) return walk_common(members, depth, walk);
  const std::uint32_t number = walk.event.enter_object();
  const bool outer_data = walk.event.in_data();
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
    Context inner = context;
    const Field field = meaning(name, inner, spelling);
    if (is_common(field, inner, is_object)) {
      walk.path = name;
      if (!walk_common_member(member, depth, walk)) return false;
      walk.path.clear();
      continue;
    }
    walk.event.begin_data(outer_data || inner == Context::kData);
    if (nested) {
      if (!walk_nested(member, is_object, field, spelling, number, inner, depth, walk)) return false;
      continue;
    }
    RawValue raw;
    if (!read_scalar(token, raw, walk)) return false;
    if (!take_scalar(name, raw, field, spelling, number, inner, depth, walk)) return false;
  }
  walk.event.begin_data(outer_data);
  return true;
}

}  // namespace

struct EventDocumentReader::Parser {
  explicit Parser(std::uint32_t depth) : depth_max(depth) {}

  Walk begin(EventDocument& event) {
    event.clear();
    text.clear();
    moved.clear();
    return {event, depth_max, text_parser, text, xml, moved, {}};
  }

  simdjson::ondemand::parser parser;
  simdjson::ondemand::parser text_parser;
  std::string text;
  EventXmlFeed xml;
  MovedFields moved;
  std::uint32_t depth_max;
};

EventDocumentReader::EventDocumentReader(std::uint32_t depth_max) : parser_(std::make_unique<Parser>(depth_max)) {}
EventDocumentReader::~EventDocumentReader() = default;

std::string EventDocumentReader::read(std::string_view json, EventDocument& event) {
  Walk walk = parser_->begin(event);
  simdjson::ondemand::document document;
  const simdjson::padded_string_view padded(json.data(), json.size(), json.size() + DocumentSplitter::kPadding);
  if (const auto error = parser_->parser.iterate(padded).get(document); error != simdjson::SUCCESS) {
    return simdjson::error_message(error);
  }
  object root;
  if (const auto error = document.get_object().get(root); error != simdjson::SUCCESS)
    return simdjson::error_message(error);
  if (!walk_object(root, Context::kRoot, 0, walk, nullptr)) return walk.reason;
  if (document.current_location().error() != simdjson::OUT_OF_BOUNDS) return "something follows the object on its line";
  walk.moved.add_to(event);
  return "";
}

std::string EventDocumentReader::read_row(std::span<const NamedText> row, EventDocument& event) {
  Walk walk = parser_->begin(event);
  const std::uint32_t number = event.enter_object();
  for (const NamedText& cell : row) {
    std::uint16_t spelling = 0;
    Context context = Context::kRoot;
    const Field field = meaning(cell.name, context, spelling);
    event.begin_data(context == Context::kData);
    const RawValue raw{.data = cell.text.data(), .size = static_cast<std::uint32_t>(cell.text.size())};
    if (!take_scalar(cell.name, raw, field, spelling, number, context, 0, walk)) return walk.reason;
  }
  event.begin_data(false);
  walk.moved.add_to(event);
  return "";
}

Field field_at_top(std::string_view name) {
  std::uint16_t spelling = 0;
  Context context = Context::kRoot;
  return meaning(name, context, spelling);
}

}  // namespace holdfast
