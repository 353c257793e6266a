// A row of DOMAIN 4's actions: what an action does, and of what the administrator and the user learn.
#pragma once

#include "engine/schema/output.pb.h"
#include "engine/schema/settings.pb.h"

namespace holdfast::engine {

struct ActionRule {
  v1::MonitoredEventPolicy::Action action;
  v1::ReasonCode reason;
  bool asks;    // a prompt decides
  bool allows;  // without asking
  bool logs_when_allowed;
  bool logs_when_denied;
  bool warns_when_denied;
};

}  // namespace holdfast::engine
