#include "engine/text/computer_name.h"

#include "engine/text/ascii.h"
#include "engine/text/bounded_text.h"

namespace holdfast {

std::string kept_endpoint(std::string_view endpoint) { return bounded_text(endpoint, kEndpointBytesMax); }

std::uint64_t fingerprint_of_endpoint(std::string_view endpoint) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : kept_endpoint(endpoint)) {
    hash = (hash ^ static_cast<unsigned char>(ascii::lower(c))) * 0x100000001b3ULL;
  }
  return hash;
}

}  // namespace holdfast
