#pragma once
#include "engine/schema/output.pb.h"
#include "sim/world.h"  // planted: include_direction
