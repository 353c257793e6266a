// One entry of either list, checked and compiled.
#pragma once

#include <optional>
#include <string>

#include "engine/exceptions/path_pattern.h"
#include "engine/schema/error.h"
#include "engine/schema/settings.pb.h"

namespace holdfast::engine {

struct CompiledEntry {
  std::string written;              // for people: as it stands in the list, a hash as hex
  std::optional<PathPattern> path;  // exactly one of these three
  std::string sha256;               // 32 bytes
  std::string signer;               // folded
};

// `field` is the entry's place, "exceptions.approved[3]": Error.field is that and the member at fault.
Expected<CompiledEntry> compile_entry(const v1::ExceptionEntry& entry, PathPattern::Folders folders,
                                      const std::string& field, const PathNormaliser& paths);

// "exceptions.approved[3]"
std::string entry_field(bool blocked, int index);

}  // namespace holdfast::engine
