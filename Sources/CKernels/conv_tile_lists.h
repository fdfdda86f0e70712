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
#define CK_TILE_SUMS_24(sum, v) \
  CK_TILE_SUMS_12(sum, v)       \
  CK_TILE_SUM(sum, 13, v)       \
  CK_TILE_SUM(sum, 14, v)       \
  CK_TILE_SUM(sum, 15, v)       \
  CK_TILE_SUM(sum, 16, v)       \
  CK_TILE_SUM(sum, 17, v)       \
  CK_TILE_SUM(sum, 18, v)       \
  CK_TILE_SUM(sum, 19, v)       \
  CK_TILE_SUM(sum, 20, v)       \
  CK_TILE_SUM(sum, 21, v)       \
  CK_TILE_SUM(sum, 22, v)       \
  CK_TILE_SUM(sum, 23, v)       \
  CK_TILE_SUM(sum, 24, v)

/// List them.
#define CK_TILE_LIST_3(sum, v) sum##_1x##v, sum##_2x##v, sum##_3x##v
#define CK_TILE_LIST_6(sum, v) CK_TILE_LIST_3(sum, v), sum##_4x##v, sum##_5x##v, sum##_6x##v
#define CK_TILE_LIST_12(sum, v)                                                              \
  CK_TILE_LIST_6(sum, v), sum##_7x##v, sum##_8x##v, sum##_9x##v, sum##_10x##v, sum##_11x##v, \
      sum##_12x##v
#define CK_TILE_LIST_24(sum, v)                                                                  \
  CK_TILE_LIST_12(sum, v), sum##_13x##v, sum##_14x##v, sum##_15x##v, sum##_16x##v, sum##_17x##v, \
      sum##_18x##v, sum##_19x##v, sum##_20x##v, sum##_21x##v, sum##_22x##v, sum##_23x##v,        \
      sum##_24x##v
