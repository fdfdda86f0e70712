#pragma once
#include "cimg_internal.h"

// One PNG picture; frame->error says how it went. Nothing stays from one picture to the next.
void cimg_png_decode(cimg_frame *frame);
// Behind the image data: goes on to the end of the picture, which is IEND, the source's end, or
// anything that is no whole chunk.
void cimg_png_find_end(cimg_source *source);
