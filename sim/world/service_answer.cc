#include "sim/world/service_answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "engine/schema/cloud.pb.h"
#include "engine/text/hex.h"

namespace holdfast {
namespace {

constexpr std::string_view kSafePath = "/v1/safe/";
constexpr std::string_view kPrevalencePath = "/v1/prevalence/";
constexpr std::size_t kSha256Digits = 64;

// The SHA-256 in lower-case digits that ends a URL of this kind; nothing if the URL is of another kind.
std::optional<std::string> asked_for(std::string_view url, std::string_view path) {
  if (url.size() < path.size() + kSha256Digits) return std::nullopt;
  if (!url.substr(0, url.size() - kSha256Digits).ends_with(path)) return std::nullopt;
  const auto asked = bytes_of_hex(url.substr(url.size() - kSha256Digits));
  return asked ? std::optional(hex_of(*asked)) : std::nullopt;
}

std::string other_hash(std::string digits) {
  digits.front() = digits.front() == '0' ? '1' : '0';
  return digits;
}

Response json(std::string body) { return {.status = 200, .content_type = "application/json", .body = std::move(body)}; }

// protobuf's JSON mapping: enums by name, 64-bit numbers in quotes.
Response safe_software(const std::string& sha256, const v1::KnownProgram* known) {
  const bool says_nothing = known == nullptr || known->verdict() == v1::SafeSoftwareAnswer::VERDICT_UNSPECIFIED;
  const v1::SafeSoftwareAnswer::Verdict verdict = says_nothing ? v1::SafeSoftwareAnswer::UNKNOWN : known->verdict();
  return json(
      fmt::format(R"({{"sha256":"{}","verdict":"{}"}})", sha256, v1::SafeSoftwareAnswer::Verdict_Name(verdict)));
}

Response prevalence(const std::string& sha256, const v1::KnownProgram* known) {
  const std::uint64_t detections = known == nullptr ? 0 : known->detections();
  std::string body = fmt::format(R"({{"sha256":"{}","detections":"{}")", sha256, detections);
  if (known != nullptr && known->has_age_days()) body += fmt::format(R"(,"ageDays":{})", known->age_days());
  return json(body + '}');
}

}  // namespace

Response html_page(std::uint32_t status, std::string_view title) {
  return {.status = status,
          .content_type = "text/html",
          .body = fmt::format("<html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>\n", title)};
}

ServiceAnswers::ServiceAnswers(const v1::ServiceModel& service) {
  for (const v1::KnownProgram& program : service.knows()) known_.emplace(hex_of(program.sha256()), &program);
}

Response ServiceAnswers::to(std::string_view url) const { return answer(url, false); }

Response ServiceAnswers::about_another_program(std::string_view url) const { return answer(url, true); }

Response ServiceAnswers::answer(std::string_view url, bool about_another) const {
  const std::optional<std::string> safe = asked_for(url, kSafePath);
  const std::optional<std::string> asked = safe ? safe : asked_for(url, kPrevalencePath);
  if (!asked) return html_page(404, "404 Not Found");
  const auto found = known_.find(*asked);
  const v1::KnownProgram* known = found == known_.end() ? nullptr : found->second;
  const std::string sha256 = about_another ? other_hash(*asked) : *asked;
  return safe ? safe_software(sha256, known) : prevalence(sha256, known);
}

}  // namespace holdfast
