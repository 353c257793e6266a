// One text of a recording, redacted and checked; and how an output is told to people.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/schema/error.h"
#include "engine/schema/output.pb.h"
#include "sim/redaction/field_classes.h"
#include "sim/redaction/names.h"

namespace holdfast {

std::string mapped(FieldClass type, std::string_view text, const Names& names);

// Fails where a text that was told from outside still holds a name, also as UTF-16 in a body.
Expected<void> check_no_leak(FieldClass type, std::string_view text, const Names& names);

// The line of the decision log, the output itself where it has none, or "nothing".
std::string described(std::uint64_t at_ns, const std::optional<v1::Output>& output);

}  // namespace holdfast
