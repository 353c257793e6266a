// The error of everything that comes from outside: what a person reads when a file, a field or the system is bad.
//
//   return std::unexpected(Error{.where = "exceptions.txtpb:12", .field = "path",
//                                .what = "a wildcard cannot stand in the host of a network path (DOMAIN 6)",
//                                .remedy = "name the host"});
#pragma once

#include <expected>
#include <string>
#include <utility>

namespace holdfast {

struct Error {
  std::string where;   // file and line or offset: "a.txtpb:12", "b.hfr:offset 4096"; empty if there is none
  std::string field;   // path in the schema: "exceptions.approved[3].path"; empty if there is none
  std::string what;    // what is wrong and which rule it breaks
  std::string remedy;  // what to do; empty if it is obvious

  // One line: "where: field: what; remedy".
  std::string text() const {
    std::string line;
    if (!where.empty()) line += where + ": ";
    if (!field.empty()) line += field + ": ";
    line += what;
    if (!remedy.empty()) line += "; " + remedy;
    return line;
  }

  bool operator==(const Error&) const = default;
};

template <typename T>
using Expected = std::expected<T, Error>;

// What is wrong with no single field, as a function returns it.
inline std::unexpected<Error> failure(std::string where, std::string what, std::string remedy = {}) {
  return std::unexpected(
      Error{.where = std::move(where), .field = {}, .what = std::move(what), .remedy = std::move(remedy)});
}

}  // namespace holdfast

// Hands an error on: the calling function ends with the error of `expression` (an Expected), or goes on with its value.
//
//   HOLDFAST_TRY(reader, RecordingReader::open(path));   // declares `reader`
//   HOLDFAST_TRY_DO(writer.write(input));                // nothing to declare
#define HOLDFAST_TRY(name, ...)                                                     \
  auto name##_or_error = (__VA_ARGS__);                                             \
  if (!name##_or_error) return std::unexpected(std::move(name##_or_error).error()); \
  auto& name = *name##_or_error

#define HOLDFAST_TRY_DO(...)                                    \
  do {                                                          \
    if (auto done_or_error = (__VA_ARGS__); !done_or_error) {   \
      return std::unexpected(std::move(done_or_error).error()); \
    }                                                           \
  } while (false)
