// In which fields two messages of a type differ, by their names in the schema: "verdict.reason[2].code".
#pragma once

#include <google/protobuf/message.h>

#include <cstddef>
#include <string>
#include <vector>

namespace holdfast {

// In the schema's order, at most `most`; one more, "…", says that there are further ones.
std::vector<std::string> differing_fields(const google::protobuf::Message& recorded,
                                          const google::protobuf::Message& now, std::size_t most);

}  // namespace holdfast
