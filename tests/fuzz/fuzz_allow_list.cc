// Reads allow-lists and request paths that somebody made up. Promises: each line of a list is a program or a named
// error with its line; a path leads to one end or to none, and never to another program than it names.
//
// Links: holdfast_reputation
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "cloud/answers.h"
#include "cloud/csv.h"
#include "cloud/sha256_text.h"
#include "engine/text/hex.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

namespace holdfast::cloud {
namespace {

void require(bool holds, const char* promise) {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %s\n", promise);
  std::abort();
}

void read_list(std::string_view text) {
  CsvReader reader("fuzz.csv", 20'000);
  std::uint64_t taken = 0;
  const auto take = [&](std::string_view sha256, const Known& known) -> Expected<void> {
    ++taken;
    require(sha256.size() == kSha256Bytes, "a program has its SHA-256");
    require(!known.verdict || v1::SafeSoftwareAnswer::Verdict_IsValid(*known.verdict), "a verdict is one");
    return {};
  };
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const auto read = reader.line(text.substr(at, end - at), take);
    if (!read) {
      require(read.error().where.starts_with("fuzz.csv:"), "an error says where");
      require(!read.error().field.empty() && !read.error().what.empty(), "an error says what");
      return;
    }
    at = end + 1;
  }
  require(reader.programs() == taken, "every program is counted");
}

void read_path(std::string_view path) {
  const Endpoint endpoint = endpoint_of(path);
  if (endpoint != Endpoint::kSafe && endpoint != Endpoint::kPrevalence) return;
  const std::string_view hash = path.substr(path.rfind('/') + 1);
  const auto sha256 = sha256_of_text(hash);
  if (sha256) require(sha256_of_text(hex_of(*sha256)) == sha256, "a hash is read as it is written");
}

}  // namespace
}  // namespace holdfast::cloud

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  holdfast::cloud::read_list(text);
  holdfast::cloud::read_path(text);
  return 0;
}
