// Settings and profiles that somebody might bring an agent: every field, mostly sensible, at its edges, and now and
// then refused.
#pragma once

#include "engine/schema/input.pb.h"
#include "engine/schema/settings.pb.h"
#include "sim/explore/choices.h"
#include "sim/explore/material.h"
#include "sim/explore/mix.h"

namespace holdfast {

v1::Settings draw_settings(const Material& material, const Menu& menu, Choices& choices);
// One part of them is drawn anew, the others stay: who waits is often not concerned.
void change_settings(const Menu& menu, Choices& choices, v1::Settings& settings);
v1::AgentProfile draw_profile(Choices& choices);
v1::NetworkState draw_network(Choices& choices);

}  // namespace holdfast
