#include "engine/exceptions/exception_entry.h"

#include <cstddef>
#include <utility>

#include "engine/exceptions/exception_list.h"
#include "engine/path/case_folding.h"
#include "engine/text/hex.h"
#include "engine/text/quoted.h"
#include "engine/text/utf8.h"

namespace holdfast::engine {
namespace {

constexpr std::size_t kSha256Bytes = 32;

std::unexpected<Error> refuse(std::string field, std::string what, std::string remedy) {
  return std::unexpected(
      Error{.where = "", .field = std::move(field), .what = std::move(what), .remedy = std::move(remedy)});
}

// Why `signer` can be no subject of a certificate; empty if it can.
std::string fault_of_signer(std::string_view signer) {
  for (std::size_t at = 0; at < signer.size();) {
    const CodePoint point = code_point_at(signer, at);
    if (!point.valid) return "is not UTF-8";
    if (point.value < ' ' || point.value == 0x7F) return "a control character stands in it";
    at += point.bytes;
  }
  if (signer.front() == ' ' || signer.back() == ' ') return "a space stands around it";
  if (utf16_units(signer) > ExceptionList::kSignerLengthMax) {
    return "is longer than " + std::to_string(ExceptionList::kSignerLengthMax) + " characters";
  }
  return "";
}

}  // namespace

std::string entry_field(bool blocked, int index) {
  return (blocked ? "exceptions.blocked[" : "exceptions.approved[") + std::to_string(index) + "]";
}

Expected<CompiledEntry> compile_entry(const v1::ExceptionEntry& entry, PathPattern::Folders folders,
                                      const std::string& field, const PathNormaliser& paths) {
  const int given = static_cast<int>(!entry.path().empty()) + static_cast<int>(!entry.sha256().empty()) +
                    static_cast<int>(!entry.signer().empty());
  if (given != 1) {
    return refuse(field, given == 0 ? "names no program" : "names a program in more than one way",
                  "give exactly one of path, sha256 and signer");
  }
  CompiledEntry compiled;
  if (!entry.path().empty()) {
    Expected<PathPattern> path = PathPattern::parse(entry.path(), folders, paths);
    if (!path) {
      path.error().field = field + ".path";
      return std::unexpected(std::move(path.error()));
    }
    compiled.written = entry.path();
    compiled.path = std::move(*path);
  } else if (!entry.sha256().empty()) {
    if (entry.sha256().size() != kSha256Bytes) {
      return refuse(field + ".sha256", "has " + std::to_string(entry.sha256().size()) + " bytes; a SHA-256 has 32",
                    "give the hash as bytes, not as hex digits");
    }
    compiled.written = hex_of(entry.sha256());
    compiled.sha256 = entry.sha256();
  } else {
    const std::string fault = fault_of_signer(entry.signer());
    if (!fault.empty()) return refuse(field + ".signer", in_quotes(entry.signer()) + ": " + fault, "");
    compiled.written = entry.signer();
    compiled.signer = folded(entry.signer());
  }
  return compiled;
}

}  // namespace holdfast::engine
