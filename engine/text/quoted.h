// Text from outside as it may stand in a message.
#pragma once

#include <string>
#include <string_view>

namespace holdfast::engine {

// In quotation marks; control characters and what is not UTF-8 as \xNN; cut after 120 characters.
std::string in_quotes(std::string_view text);

}  // namespace holdfast::engine
