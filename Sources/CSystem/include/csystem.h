#pragma once

#include "csys_clock.h"
#include "csys_map.h"
#include "csys_crc.h"
