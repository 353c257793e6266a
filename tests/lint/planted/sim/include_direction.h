#pragma once
#include "agent/host.h"
#include "agent/service.h"  // planted: include_direction
