#pragma once  // planted: include_direction
