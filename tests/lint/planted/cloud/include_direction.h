#pragma once
#include "agent/host.h"  // planted: include_direction
