// One text of a recording, redacted and checked.
#pragma once

#include <string>
#include <string_view>

#include "engine/schema/error.h"
#include "sim/redaction/field_classes.h"
#include "sim/redaction/names.h"

namespace holdfast {

std::string mapped(FieldClass type, std::string_view text, const Names& names);

// Fails where a text that was told from outside still holds a name, also as UTF-16 in a body.
Expected<void> check_no_leak(FieldClass type, std::string_view text, const Names& names);

}  // namespace holdfast
