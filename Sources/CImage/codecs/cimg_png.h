#pragma once
#include "cimg_internal.h"

// One PNG picture; frame->error says how it went. Nothing stays from one picture to the next.
void cimg_png_decode(cimg_frame *frame);
