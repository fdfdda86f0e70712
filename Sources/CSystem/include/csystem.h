#pragma once

#include "csys_crc.h"
