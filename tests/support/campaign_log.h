// The campaign of fixtures/events as Windows keeps events: campaign.evtx of campaign.json, which
// tests/support/campaign.py writes. A collector's log of forwarded events, so that one file holds events of several
// channels.
//
//   const Expected<std::string> log = campaign_log(json);   // the bytes of the .evtx
#pragma once

#include <string>
#include <string_view>

#include "engine/schema/error.h"

namespace holdfast {

// Of newline-delimited JSON with flat fields, in its order; values get the types that Sysmon gives them. Fails where a
// line is no such event.
Expected<std::string> campaign_log(std::string_view json);

}  // namespace holdfast
