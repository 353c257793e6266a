// What is written as an expectation, before anything is played: can it be judged at all?
#include <fmt/format.h>
#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "sim/expect/expectations.h"
#include "sim/text/duration.h"
#include "sim/world/address.h"

namespace holdfast {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr int kFirstInputField = 60;  // of At: what is no operation begins here

std::unexpected<Error> complain(const TextLocations& locations, const FieldPath& path, std::string what,
                                std::string remedy = {}) {
  return std::unexpected(Error{
      .where = locations.where(path), .field = field_text(path), .what = std::move(what), .remedy = std::move(remedy)});
}

// Some names that `of` could mean, for the remedy.
std::string names_of(const Timeline& timeline) {
  constexpr std::size_t kListedMax = 8;
  std::string text;
  const std::size_t count = timeline.entries().size();
  for (std::size_t i = 0; i < std::min(count, kListedMax); ++i) text += (i == 0 ? "" : ", ") + timeline.name(i);
  if (count == 0) return "the timeline is empty";
  return (count > kListedMax ? "the timeline begins with " : "the timeline has ") + text;
}

Expected<void> check_name(const Timeline& timeline, const TextLocations& locations, const std::string& name,
                          const FieldPath& path, bool one_only) {
  const std::vector<std::size_t> found = timeline.find(name);
  if (found.empty())
    return complain(locations, path, fmt::format("nothing in the timeline is called \"{}\"", name), names_of(timeline));
  if (one_only && found.size() > 1) {
    return complain(locations, path, fmt::format("{} entries are called \"{}\"", found.size(), name),
                    fmt::format("say which: \"{}#1\", or give the one you mean a label", name));
  }
  const v1::At& at = timeline.scenario().at(static_cast<int>(timeline.entries()[found.front()].at));
  if (static_cast<int>(at.what_case()) >= kFirstInputField) {
    return complain(locations, path, fmt::format("\"{}\" is a {}, which no verdict decides", name, kind_name(at)),
                    "name an operation");
  }
  return {};
}

// The fields of expectations that hold a duration.
bool is_duration(const std::string& field) {
  static constexpr std::string_view kNames[] = {"at",        "held",     "held_at_most",  "shown_at",
                                                "closed_at", "retry_at", "waited_at_most"};
  return std::find(std::begin(kNames), std::end(kNames), field) != std::end(kNames);
}

// What an expectation about a request cannot mean.
Expected<void> check_request(const TextLocations& locations, const v1::ExpectRequest& wish_for, FieldPath path) {
  const auto wrong = [&](std::string_view field, std::string what, std::string remedy) {
    path.push_back({field, -1});
    return complain(locations, path, std::move(what), std::move(remedy));
  };
  if (!wish_for.proxy().empty()) {
    if (const std::string fault = fault_of_address(wish_for.proxy()); !fault.empty()) {
      return wrong("proxy", fault, std::string(kAddressExample));
    }
    if (wish_for.direct()) return wrong("direct", "a request through a proxy is not direct", "leave one of them out");
  }
  const bool is_response = wish_for.result() == v1::HTTP_RESULT_UNSPECIFIED || wish_for.result() == v1::HTTP_RESPONSE;
  if (wish_for.status() != 0 && !is_response) {
    return wrong("status", fmt::format("{} comes without a status", v1::HttpResult_Name(wish_for.result())),
                 "leave one of them out");
  }
  return {};
}

Expected<void> check_cloud_status(const TextLocations& locations, const v1::ExpectCloudStatus& wish_for,
                                  FieldPath path) {
  const bool may_be_open =
      wish_for.health() == v1::CloudStatus::HEALTH_UNSPECIFIED || wish_for.health() == v1::CloudStatus::CIRCUIT_OPEN;
  if (wish_for.retry_at().empty() || may_be_open) return {};
  path.push_back({"retry_at", -1});
  return complain(locations, path, "only an open circuit waits for a time", "write health: CIRCUIT_OPEN");
}

Expected<void> check_detection(const Timeline& timeline, const TextLocations& locations,
                               const v1::ExpectDetection& wish_for, FieldPath path) {
  const std::uint64_t id = wish_for.detection_id();
  if (id == 0) return {};
  for (const v1::At& at : timeline.scenario().at()) {
    if (at.has_detection() && at.detection().detection_id() == id) return {};
  }
  path.push_back({"detection_id", -1});
  return complain(locations, path, fmt::format("no detection of the timeline has the detection_id {}", id));
}

// What single fields cannot tell.
Expected<void> check_sense(const Timeline& timeline, const TextLocations& locations, const v1::Expect& expect,
                           const FieldPath& path) {
  switch (expect.what_case()) {
    case v1::Expect::kRequest: return check_request(locations, expect.request(), path);
    case v1::Expect::kNoRequest: return check_request(locations, expect.no_request(), path);
    case v1::Expect::kCloudStatus: return check_cloud_status(locations, expect.cloud_status(), path);
    case v1::Expect::kDetectionAnswer: return check_detection(timeline, locations, expect.detection_answer(), path);
    default: return {};
  }
}

Expected<void> check_expectation(const Timeline& timeline, const TextLocations& locations, int index) {
  const v1::Expect& expect = timeline.scenario().expect(index);
  const Reflection* reflection = expect.GetReflection();
  static const google::protobuf::OneofDescriptor* const kWhat = v1::Expect::descriptor()->FindOneofByName("what");
  const FieldDescriptor* what = reflection->GetOneofFieldDescriptor(expect, kWhat);
  const FieldStep self{"expect", index};
  if (what == nullptr)
    return complain(locations, {self}, "it expects nothing", "add one: verdict, prompt, no_prompt, count, ...");
  const FieldPath path{self, {what->name(), -1}};
  if (what->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    const std::string text = reflection->GetString(expect, what);
    if (text.empty()) return complain(locations, path, "the text is empty: it would say nothing");
    if (expect.what_case() != v1::Expect::kNeverHappens) return {};
    return check_name(timeline, locations, text, path, true);
  }
  const Message& wishes = reflection->GetMessage(expect, what);
  std::vector<const FieldDescriptor*> fields;
  wishes.GetReflection()->ListFields(wishes, &fields);
  const bool negative = what->name().starts_with("no_");
  if (expect.has_count() && fields.empty())
    return complain(locations, path, "it counts nothing", "add one: prompts: 1");
  if (expect.has_status() && expect.status().has_field() && expect.status().field().field().empty()) {
    return complain(locations, path, "the field has no name", "add field: \"event_monitoring.enabled\"");
  }
  for (const FieldDescriptor* field : fields) {
    FieldPath below = path;
    below.push_back({field->name(), -1});
    if (field->name() == "of") {
      const std::string name = wishes.GetReflection()->GetString(wishes, field);
      HOLDFAST_TRY_DO(check_name(timeline, locations, name, below, !negative));
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING && is_duration(field->name())) {
      const Expected<std::uint64_t> ns = parse_duration(wishes.GetReflection()->GetString(wishes, field));
      if (!ns) return complain(locations, below, ns.error().what, ns.error().remedy);
    }
  }
  return check_sense(timeline, locations, expect, path);
}

}  // namespace

Expected<void> check_expectations(const Timeline& timeline, const TextLocations& locations) {
  if (timeline.scenario().expect_size() > kExpectationsMax) {
    return complain(locations, {{"expect", kExpectationsMax}},
                    fmt::format("there are more than {} expectations", kExpectationsMax),
                    "split the story, or say it with count");
  }
  for (int i = 0; i < timeline.scenario().expect_size(); ++i) {
    HOLDFAST_TRY_DO(check_expectation(timeline, locations, i));
  }
  return {};
}

}  // namespace holdfast
