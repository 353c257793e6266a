#include <boost/asio.hpp>  // planted: socket
#include <zstd.h>          // planted: include_direction
#include <re2/re2.h>
#include <vector>

#include "agent/host/host.h"  // planted: include_direction
#include "engine/core/engine.h"  // planted: include_direction
#include "event_rule.h"       // planted: include_direction
#include "sensors/sensor.h"  // planted: include_direction
