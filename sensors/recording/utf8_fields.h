// Whether the text in a serialised message is UTF-8. Protobuf writes any bytes but refuses to read text that is not
// UTF-8: without this look, one odd string would make a recording that nobody can read.
#pragma once

#include <optional>
#include <string>

#include "sensors/recording/format.h"

namespace google::protobuf {
class Descriptor;
}

namespace holdfast {

// Path of the first string field that is not UTF-8 ("input.operation.registry_set.data"), or nothing. `message` is what
// protobuf itself serialised as `type`, one of Record, RecordingHeader and RecordingTrailer.
std::optional<std::string> field_that_is_not_utf8(const google::protobuf::Descriptor& type,
                                                  recording_format::Bytes message);

}  // namespace holdfast
