// What the service of a simulated world sends back: the JSON of cloud.proto's messages, and what else a host may send
// in its place.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "engine/schema/scenario.pb.h"

namespace holdfast {

struct Response {
  std::uint32_t status = 0;
  std::string content_type;
  std::string body;
  std::uint64_t retry_after_ns = 0;  // 0: it does not say
};

// A page for people, as proxies and captive portals send it: "503 Service Unavailable".
Response html_page(std::uint32_t status, std::string_view title);

class ServiceAnswers {
 public:
  // `service` must outlive this.
  explicit ServiceAnswers(const v1::ServiceModel& service);

  // To GET <anything>/v1/safe/<sha256> and <anything>/v1/prevalence/<sha256>; 404 to everything else.
  Response to(std::string_view url) const;
  // The same, but about another program.
  Response about_another_program(std::string_view url) const;

 private:
  Response answer(std::string_view url, bool about_another) const;

  std::map<std::string, const v1::KnownProgram*> known_;  // by SHA-256 in lower-case digits
};

}  // namespace holdfast
