#include "engine/lookups/answer_reader.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "engine/text/hex.h"

namespace holdfast::engine {
namespace {

struct FailureRule {
  v1::LookupFailure failure;
  v1::HttpResult result;  // of the attempt; unspecified where a response came
  bool worth_another_attempt;
};

// What an attempt's end means. A failure of settings or of trust does not go away within seconds.
constexpr std::array kFailures = {
    FailureRule{v1::LOOKUP_DNS_FAILURE, v1::HTTP_DNS_FAILURE, true},
    FailureRule{v1::LOOKUP_NO_ROUTE, v1::HTTP_NO_ROUTE, true},
    FailureRule{v1::LOOKUP_REFUSED, v1::HTTP_REFUSED, true},
    FailureRule{v1::LOOKUP_CONNECT_TIMEOUT, v1::HTTP_CONNECT_TIMEOUT, true},
    FailureRule{v1::LOOKUP_TLS_FAILURE, v1::HTTP_TLS_FAILURE, false},
    FailureRule{v1::LOOKUP_PROXY_UNREACHABLE, v1::HTTP_PROXY_UNREACHABLE, true},
    FailureRule{v1::LOOKUP_PROXY_NEEDS_CREDENTIALS, v1::HTTP_PROXY_NEEDS_CREDENTIALS, false},
    FailureRule{v1::LOOKUP_PROXY_REJECTED, v1::HTTP_PROXY_REJECTED, false},
    FailureRule{v1::LOOKUP_RESPONSE_TIMEOUT, v1::HTTP_RESPONSE_TIMEOUT, true},
    FailureRule{v1::LOOKUP_SHORT_BODY, v1::HTTP_SHORT_BODY, true},
    FailureRule{v1::LOOKUP_EMPTY_REPLY, v1::HTTP_EMPTY_REPLY, true},
    FailureRule{v1::LOOKUP_MALFORMED, v1::HTTP_MALFORMED, true},
    FailureRule{v1::LOOKUP_TOO_LARGE, v1::HTTP_TOO_LARGE, false},
    FailureRule{v1::LOOKUP_CANCELLED, v1::HTTP_CANCELLED, true},
    FailureRule{v1::LOOKUP_NO_OUTCOME, v1::HTTP_RESULT_UNSPECIFIED, true},
    FailureRule{v1::LOOKUP_HTTP_STATUS, v1::HTTP_RESULT_UNSPECIFIED, true},
    FailureRule{v1::LOOKUP_WRONG_CONTENT_TYPE, v1::HTTP_RESULT_UNSPECIFIED, false},
    FailureRule{v1::LOOKUP_WRONG_SCHEMA, v1::HTTP_RESULT_UNSPECIFIED, false},
    FailureRule{v1::LOOKUP_OTHER_HASH, v1::HTTP_RESULT_UNSPECIFIED, false},
};

bool is_hex_of(std::string_view hex, std::string_view bytes) {
  constexpr std::string_view kLower = "0123456789abcdef";
  constexpr std::string_view kUpper = "0123456789ABCDEF";
  if (hex.size() != 2 * bytes.size()) return false;
  for (std::size_t i = 0; i < hex.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i / 2]);
    const std::size_t digit = i % 2 == 0 ? byte >> 4U : byte & 15U;
    if (hex[i] != kLower[digit] && hex[i] != kUpper[digit]) return false;
  }
  return true;
}

bool is_hash(std::string_view hex) {
  return hex.size() == 64 && std::ranges::all_of(hex, [](char c) { return hex_value(c) >= 0; });
}

// A whole number, plain or (as protobuf writes 64 bits) in quotes.
std::optional<std::uint64_t> number(const simdjson::dom::element& value) {
  std::uint64_t plain = 0;
  if (value.get_uint64().get(plain) == simdjson::SUCCESS) return plain;
  std::string_view text;
  if (value.get_string().get(text) != simdjson::SUCCESS) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), plain);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return plain;
}

// The fields that an answer has; each at most once, none beside them.
struct Fields {
  std::optional<std::string_view> sha256;
  std::optional<v1::SafeSoftwareAnswer::Verdict> verdict;
  std::optional<std::uint64_t> detections;
  std::optional<std::uint32_t> age_days;
};

bool take(std::string_view name, const simdjson::dom::element& value, v1::HttpRequest::Purpose purpose,
          Fields& fields) {
  const bool prevalence = purpose == v1::HttpRequest::PREVALENCE;
  if (name == "sha256" && !fields.sha256) {
    std::string_view text;
    if (value.get_string().get(text) != simdjson::SUCCESS || !is_hash(text)) return false;
    fields.sha256 = text;
    return true;
  }
  if (name == "verdict" && !prevalence && !fields.verdict) {
    std::string_view text;
    v1::SafeSoftwareAnswer::Verdict verdict{};
    if (value.get_string().get(text) != simdjson::SUCCESS) return false;
    if (!v1::SafeSoftwareAnswer::Verdict_Parse(std::string(text), &verdict)) return false;
    if (verdict == v1::SafeSoftwareAnswer::VERDICT_UNSPECIFIED) return false;
    fields.verdict = verdict;
    return true;
  }
  if (name == "detections" && prevalence && !fields.detections) {
    fields.detections = number(value);
    return fields.detections.has_value();
  }
  if ((name == "ageDays" || name == "age_days") && prevalence && !fields.age_days) {
    const auto days = number(value);
    if (!days || *days > 0xffffffff) return false;
    fields.age_days = static_cast<std::uint32_t>(*days);
    return true;
  }
  return false;
}

}  // namespace

struct AnswerReader::Memory {
  simdjson::dom::parser parser{kAnswerBytesMax};
  std::string body;  // with the bytes behind it that the parser may look at
};

AnswerReader::AnswerReader() : memory_(std::make_unique<Memory>()) {}
AnswerReader::~AnswerReader() = default;
AnswerReader::AnswerReader(AnswerReader&&) noexcept = default;
AnswerReader& AnswerReader::operator=(AnswerReader&&) noexcept = default;

std::expected<Answer, v1::LookupFailure> AnswerReader::read(const v1::HttpOutcome& outcome,
                                                            v1::HttpRequest::Purpose purpose, std::string_view sha256) {
  if (outcome.result() != v1::HTTP_RESPONSE) {
    const auto rule = std::ranges::find(kFailures, outcome.result(), &FailureRule::result);
    return std::unexpected(rule == kFailures.end() ? v1::LOOKUP_NO_OUTCOME : rule->failure);
  }
  if (outcome.status() != 200) return std::unexpected(v1::LOOKUP_HTTP_STATUS);
  if (outcome.content_type() != "application/json") return std::unexpected(v1::LOOKUP_WRONG_CONTENT_TYPE);
  if (outcome.body().size() > kAnswerBytesMax) return std::unexpected(v1::LOOKUP_TOO_LARGE);

  const auto wrong = [] { return std::unexpected(v1::LOOKUP_WRONG_SCHEMA); };
  std::string& body = memory_->body;
  body.assign(outcome.body());
  body.resize(outcome.body().size() + simdjson::SIMDJSON_PADDING);
  simdjson::dom::object object;
  const auto parsed = memory_->parser.parse(body.data(), outcome.body().size(), false);
  if (parsed.get_object().get(object) != simdjson::SUCCESS) return wrong();
  Fields fields;
  for (const simdjson::dom::key_value_pair field : object) {
    if (!take(field.key, field.value, purpose, fields)) return wrong();
  }
  if (!fields.sha256) return wrong();
  if (purpose == v1::HttpRequest::PREVALENCE ? !fields.detections : !fields.verdict) return wrong();
  if (!is_hex_of(*fields.sha256, sha256)) return std::unexpected(v1::LOOKUP_OTHER_HASH);
  return Answer{.verdict = fields.verdict.value_or(v1::SafeSoftwareAnswer::VERDICT_UNSPECIFIED),
                .detections = fields.detections.value_or(0),
                .age_days = fields.age_days};
}

bool worth_another_attempt(v1::LookupFailure failure) {
  const auto rule = std::ranges::find(kFailures, failure, &FailureRule::failure);
  return rule != kFailures.end() && rule->worth_another_attempt;
}

}  // namespace holdfast::engine
