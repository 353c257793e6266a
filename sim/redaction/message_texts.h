// Steps through every text of a message, whatever it is nested in.
#pragma once

#include <google/protobuf/message.h>

#include <functional>
#include <string>
#include <string_view>

#include "engine/schema/error.h"
#include "sim/redaction/field_classes.h"

namespace holdfast {

// Calls `take(type, text)` with every string and bytes field that is set, in the schema's order. Stops at the first
// error and names the field in it: "operation.process_start.image".
using TakeText = std::function<Expected<void>(FieldClass type, std::string_view text)>;
Expected<void> for_each_text(const google::protobuf::Message& message, const TakeText& take);

// The same, and `change` may write another text.
using ChangeText = std::function<Expected<void>(FieldClass type, std::string& text)>;
Expected<void> change_each_text(google::protobuf::Message& message, const ChangeText& change);

}  // namespace holdfast
