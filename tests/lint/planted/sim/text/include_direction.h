#pragma once
#include "engine/schema/input.pb.h"
#include "sim/world/world.h"  // planted: include_direction
