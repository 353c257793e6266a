// Every field of every event of SigmaHQ's logs, whether the importer knows it or not, against the JSON that lies beside
// the log. Another program wrote that JSON; kPresentations names each way in which it writes values differently.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sensors/evtx/evtx_reader.h"
#include "tests/corpus/corpus_files.h"
#include "tests/sensors/memory_bytes.h"

namespace holdfast {
namespace {

namespace fs = std::filesystem;

// Values by the path of their element or attribute: /Event/System/Provider/@Name. Elements without anything are "".
using Fields = std::map<std::string, std::vector<std::string>>;

class FieldsOfXml final : public XmlSink {
 public:
  void open(std::string_view element) override {
    const std::string parent = open_.empty() ? "" : open_.back().path;
    if (!open_.empty()) open_.back().bare = false;
    open_.push_back({.parent = parent, .path = parent + "/" + std::string(element), .text = {}});
  }
  void attribute(std::string_view name, std::string_view value) override {
    Element& element = open_.back();
    if (element.path.ends_with("/Data") && name == "Name") {
      element.path = element.parent + "/" + std::string(value);
    } else {
      element.bare = false;
      fields[element.path + "/@" + std::string(name)].emplace_back(value);
    }
  }
  void text(std::string_view piece) override { open_.back().text += piece; }
  void next_item() override { text(", "); }
  void close() override {
    const Element& element = open_.back();
    if (element.bare || !element.text.empty()) fields[element.path].push_back(element.text);
    open_.pop_back();
  }

  Fields fields;

 private:
  struct Element {
    std::string parent;
    std::string path;
    std::string text;
    bool bare = true;  // holds neither attributes nor elements
  };
  std::vector<Element> open_;
};

std::string text_of(const simdjson::dom::element& scalar) {
  if (scalar.is_null()) return "";
  if (scalar.is_string()) return std::string(std::string_view(scalar));
  return simdjson::minify(scalar);
}

void add_fields(const simdjson::dom::element& value, const std::string& path, Fields& fields) {
  if (value.is_object()) {
    for (const auto& [key, member] : simdjson::dom::object(value)) {
      if (key == "#attributes") {
        for (const auto& [name, attribute] : simdjson::dom::object(member))
          fields[path + "/@" + std::string(name)].push_back(text_of(attribute));
      } else {
        add_fields(member, key == "#text" ? path : path + "/" + std::string(key), fields);
      }
    }
  } else if (value.is_array()) {
    for (const simdjson::dom::element item : simdjson::dom::array(value)) add_fields(item, path, fields);
  } else {
    fields[path].push_back(text_of(value));
  }
}

std::vector<Fields> events_of_log(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  const std::string log{std::istreambuf_iterator<char>(stream), {}};
  MemoryBytes bytes(log, log.size());
  EvtxReader reader(bytes);
  std::vector<Fields> events;
  for (;;) {
    FieldsOfXml xml;
    const auto next = reader.next(xml);
    if (!next || *next == EvtxReader::Next::kEnd) return events;
    if (*next == EvtxReader::Next::kRecord) events.push_back(xml.fields);
  }
}

std::vector<Fields> events_of_json(const std::string& path) {
  const simdjson::padded_string json = simdjson::padded_string::load(path);
  simdjson::dom::parser parser;
  std::vector<Fields> events;
  for (const simdjson::dom::element event : parser.parse_many(json, json.size() + 1)) {
    Fields fields;
    add_fields(event, "", fields);
    events.push_back(fields);
  }
  return events;
}

std::string without_spaces_around(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

std::string cut_to_microseconds(const std::string& time) {
  constexpr std::size_t kSize = std::string_view("2026-04-17T05:24:53.0920510Z").size();
  return time.size() == kSize && time.back() == 'Z' ? time.substr(0, kSize - 2) + "Z" : time;
}

struct Presentation {
  const char* what;
  bool (*is)(const std::string& log, const std::string& json);
};

constexpr Presentation kPresentations[] = {
    {"equal", [](const std::string& log, const std::string& json) { return log == json; }},
    {"a GUID without its braces",
     [](const std::string& log, const std::string& json) { return log == "{" + json + "}"; }},
    {"a time cut to microseconds",
     [](const std::string& log, const std::string& json) { return cut_to_microseconds(log) == json; }},
    {"a text without the spaces around it",
     [](const std::string& log, const std::string& json) { return without_spaces_around(log) == json; }},
};

class FieldComparison {
 public:
  void compare(const Fields& log, const Fields& json) {
    for (const auto& [path, values] : log) {
      const auto twin = json.find(path);
      if (twin == json.end() || twin->second.size() != values.size()) {
        ADD_FAILURE() << path << ": in the log only, or not as often in the JSON";
        continue;
      }
      for (std::size_t i = 0; i < values.size(); ++i) compare_values(path, values[i], twin->second[i]);
    }
    for (const auto& [path, values] : json) EXPECT_TRUE(log.contains(path)) << path << ": in the JSON only";
  }

  void tell() const {
    for (std::size_t i = 0; i < counts.size(); ++i)
      std::printf("  %8llu fields: %s\n", static_cast<unsigned long long>(counts[i]), kPresentations[i].what);
  }

  std::array<std::uint64_t, std::size(kPresentations)> counts{};

 private:
  void compare_values(const std::string& path, const std::string& log, const std::string& json) {
    for (std::size_t i = 0; i < counts.size(); ++i) {
      if (!kPresentations[i].is(log, json)) continue;
      ++counts[i];
      return;
    }
    ADD_FAILURE() << path << "\n  log:  " << log << "\n  JSON: " << json;
  }
};

TEST(EvtxFields, EqualThoseOfTheJsonTwins) {
  FieldComparison comparison;
  std::uint64_t events = 0;
  for (const std::string& path : files_with(corpus_folder() / "SigmaHQ+sigma", {".evtx"})) {
    const std::string json_path = fs::path(path).replace_extension(".json").string();
    if (!fs::exists(json_path)) continue;
    SCOPED_TRACE(path);
    const std::vector<Fields> log = events_of_log(path);
    const std::vector<Fields> json = events_of_json(json_path);
    ASSERT_EQ(log.size(), json.size());
    for (std::size_t i = 0; i < log.size(); ++i) comparison.compare(log[i], json[i]);
    events += log.size();
  }
  std::printf("  %llu events\n", static_cast<unsigned long long>(events));
  comparison.tell();
  EXPECT_GE(events, 130U);
  for (std::size_t i = 0; i < comparison.counts.size(); ++i)
    EXPECT_GT(comparison.counts[i], 0U) << "no field shows: " << kPresentations[i].what;
}

}  // namespace
}  // namespace holdfast
