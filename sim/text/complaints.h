// How the parts of a scenario are found fault with: every complaint names file, line and field.
//
//   if (at.t().empty()) return complaints.at({{"at", index}}, "it has no time", "write t: \"1s\"");
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "engine/schema/error.h"
#include "sim/text/duration.h"
#include "sim/text/text_proto.h"

namespace holdfast {

class Complaints {
 public:
  explicit Complaints(const TextLocations& locations) : locations_(locations) {}

  std::unexpected<Error> at(const FieldPath& path, std::string what, std::string remedy = {}) const {
    return std::unexpected(Error{.where = locations_.where(path),
                                 .field = field_text(path),
                                 .what = std::move(what),
                                 .remedy = std::move(remedy)});
  }

  // A duration in the field `path`; `absent_ns` where it is empty.
  Expected<std::uint64_t> duration(const std::string& text, const FieldPath& path, std::uint64_t absent_ns) const {
    if (text.empty()) return absent_ns;
    Expected<std::uint64_t> parsed = parse_duration(text);
    if (!parsed) return at(path, parsed.error().what, parsed.error().remedy);
    return parsed;
  }

 private:
  const TextLocations& locations_;
};

}  // namespace holdfast
