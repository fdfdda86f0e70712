#pragma once
#include "conv_tiles.h"

// Functions for each number of pixels from `sum(input, pixels, vectors)` of conv_tile_sums.h, and
// their lists. Private to CKernels.

/// Defines the function for one number of pixels.
#define CK_TILE_SUM(sum, pixels, vectors)                              \
  static void sum##_##pixels##x##vectors(const ck_tile_input *input) { \
    sum(input, pixels, vectors);                                       \
  }

/// Define the functions for up to so many pixels.
#define CK_TILE_SUMS_3(sum, v) \
  CK_TILE_SUM(sum, 1, v)       \
  CK_TILE_SUM(sum, 2, v)       \
  CK_TILE_SUM(sum, 3, v)
#define CK_TILE_SUMS_6(sum, v) \
  CK_TILE_SUMS_3(sum, v)       \
  CK_TILE_SUM(sum, 4, v)       \
  CK_TILE_SUM(sum, 5, v)       \
  CK_TILE_SUM(sum, 6, v)
#define CK_TILE_SUMS_12(sum, v) \
  CK_TILE_SUMS_6(sum, v)        \
  CK_TILE_SUM(sum, 7, v)        \
  CK_TILE_SUM(sum, 8, v)        \
  CK_TILE_SUM(sum, 9, v)        \
  CK_TILE_SUM(sum, 10, v)       \
  CK_TILE_SUM(sum, 11, v)       \
  CK_TILE_SUM(sum, 12, v)

/// List them.
#define CK_TILE_LIST_3(sum, v) sum##_1x##v, sum##_2x##v, sum##_3x##v
#define CK_TILE_LIST_6(sum, v) CK_TILE_LIST_3(sum, v), sum##_4x##v, sum##_5x##v, sum##_6x##v
#define CK_TILE_LIST_12(sum, v)                                                              \
  CK_TILE_LIST_6(sum, v), sum##_7x##v, sum##_8x##v, sum##_9x##v, sum##_10x##v, sum##_11x##v, \
      sum##_12x##v
