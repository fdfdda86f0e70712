#pragma once
#include "ckernels.h"

// The part of a pooling window that lies inside the image. Private to CKernels.

typedef struct ck_extent {
  int32_t y_begin, y_end, x_begin, x_end;
} ck_extent;

/// Half-open ranges of input rows and columns that output (oy, ox) sees; empty ranges where the
/// window lies outside.
static inline ck_extent ck_window_extent(const ck_window *window, const ck_view *input, int32_t oy,
                                         int32_t ox) {
  const int32_t y = oy * window->stride_height - window->pad_top;
  const int32_t x = ox * window->stride_width - window->pad_left;
  const int32_t bottom = y + window->kernel_height, right = x + window->kernel_width;
  const ck_extent extent = {
      y < 0 ? 0 : y,
      bottom > input->height ? input->height : bottom,
      x < 0 ? 0 : x,
      right > input->width ? input->width : right,
  };
  return extent;
}

/// Bytes of pixel (y, x).
static inline uint8_t *ck_view_pixel(const ck_view *view, int32_t y, int32_t x) {
  return view->bytes + ((size_t)y * view->width + x) * view->pixel_stride;
}
