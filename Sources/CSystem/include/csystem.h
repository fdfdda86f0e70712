// The few things of libc that Swift cannot import on every target. Nothing here uses the heap.
#pragma once

#include "csys_args.h"
#include "csys_clock.h"
#include "csys_crc.h"
#include "csys_directory.h"
#include "csys_error.h"
#include "csys_file.h"
#include "csys_map.h"
#include "csys_durable.h"
#include "csys_process.h"
#include "csys_sandbox.h"
#include "csys_service.h"
#include "csys_status.h"
#include "csys_watch.h"
