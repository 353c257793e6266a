#pragma once
#include "engine/core/engine.h"
#include "sim/virtual_clock.h"  // planted: include_direction
