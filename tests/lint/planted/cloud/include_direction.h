#pragma once
#include "agent/host/host.h"  // planted: include_direction
