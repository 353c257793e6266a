#pragma once
#include "commands/frame/terminal.h"
#include "sim/text/duration.h"  // planted: include_direction
