// Text from outside, made valid: what a sensor tells must be UTF-8 everywhere, or no recording could hold it.
#pragma once

#include <google/protobuf/message.h>

namespace holdfast {

// Puts U+FFFD for each invalid sequence in the strings of `message`, at any depth. True where there was one.
bool make_text_valid(google::protobuf::Message& message);

}  // namespace holdfast
