// States that a bad disk, an older build or an attacker could bring: a snapshot with some of its fields altered.
#pragma once

#include <google/protobuf/message.h>

#include "sim/explore/choices.h"

namespace holdfast {

// Alters one to four places: counts, flags, numbers, texts; leaves out, doubles or swaps rows.
void damage(google::protobuf::Message& state, Choices& choices);

}  // namespace holdfast
