#pragma once

#include "csys_clock.h"
#include "csys_map.h"
