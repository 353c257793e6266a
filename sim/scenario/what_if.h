// A scenario with one thing different: "what if the service took five seconds?"
//
//   apply_what_if("service.latency=5s", scenario);
//   apply_what_if("proxy[1].behaviour=PROXY_REFUSES", scenario);
//   apply_what_if("settings.certified_safe_software.attempts_max=1", scenario);
#pragma once

#include <string_view>

#include "engine/schema/error.h"
#include "engine/schema/scenario.pb.h"

namespace holdfast {

// Sets the field that `change` ("KEY=VALUE") names. KEY is a path of fields of Scenario; "world." may be left out, and
// user.after, user.kind and user.under_way_for mean those of user.answers. Of a list of messages all are meant, or one
// by its index from 0. VALUE is a number, true or false, the name of an enum's value, or text, without quotes. Fails,
// leaving `scenario` as it was, where there is no such field, list or value, and where the engine would refuse the
// settings; whether the changed scenario makes sense otherwise is for its checks to say.
Expected<void> apply_what_if(std::string_view change, v1::Scenario& scenario);

}  // namespace holdfast
