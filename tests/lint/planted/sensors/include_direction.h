#pragma once
#include "engine/core/engine.h"  // planted: include_direction
#include "engine/schema/input.pb.h"
