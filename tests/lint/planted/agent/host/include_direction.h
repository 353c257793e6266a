#pragma once
#include "engine/core/engine.h"
#include "agent/flight/flight_recorder.h"  // planted: include_direction
