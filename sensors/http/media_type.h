// The media type of a Content-Type header, as HttpOutcome.content_type carries it.
#pragma once

#include <string>
#include <string_view>

namespace holdfast {

// "Application/JSON; charset=utf-8" -> "application/json". Empty where the value is no media type (RFC 9110, 8.3.1) or
// longer than 255 bytes.
std::string media_type(std::string_view content_type);

}  // namespace holdfast
