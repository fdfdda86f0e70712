#pragma once
#include "conv_tiles.h"

// The loop over a tile's inputs, for any vector of 32-bit sums; one function for each number of
// pixels. Whoever includes this has the instruction set switched on by a pragma. Private to
// CKernels.

#define CK_INLINE static inline __attribute__((always_inline))

/// Defines `name_body(input, pixels, vectors)`: `vectors` registers of `lanes` channels a pixel,
/// panels of `width` channels. For constant numbers all sums stay in registers.
///
/// `load` reads a vector of sums, `store` writes one, `weigh` reads a vector's weights, `splat`
/// repeats four inputs, `dot` adds the products.
#define CK_TILE_SUM_BODY(name, vector, lanes, width, load, store, weigh, splat, dot) \
  CK_INLINE void name##_body(const ck_tile_input *input, const int32_t pixels,       \
                             const int32_t vectors) {                                \
    vector sums[CK_TILE_MOST_PIXELS][4];                                             \
    _Pragma("clang loop unroll(full)") for (int32_t p = 0; p < pixels; p++) {        \
      const int32_t *from = input->from[p];                                          \
      _Pragma("clang loop unroll(full)") for (int32_t v = 0; v < vectors; v++) {     \
        sums[p][v] = load(from + v * (lanes));                                       \
      }                                                                              \
    }                                                                                \
    const int8_t *weights = input->weights;                                          \
    const uint8_t *const *at = input->pixels;                                        \
    const size_t panel_bytes = input->panel_bytes, skip_bytes = input->skip_bytes;   \
    const ptrdiff_t bytes = (ptrdiff_t)input->groups * 4;                            \
    for (int32_t run = input->runs; run > 0; run--) {                                \
      const uint8_t *x[CK_TILE_MOST_PIXELS];                                         \
      _Pragma("clang loop unroll(full)") for (int32_t p = 0; p < pixels; p++) {      \
        x[p] = at[p] + bytes;                                                        \
      }                                                                              \
      at += pixels;                                                                  \
      for (ptrdiff_t i = -bytes; i != 0; i += 4, weights += (width)*4) {             \
        __typeof__(weigh(weights)) w[4];                                             \
        _Pragma("clang loop unroll(full)") for (int32_t v = 0; v < vectors; v++) {   \
          w[v] = weigh(weights + (v * (lanes) / (width)) * panel_bytes +             \
                       (v * (lanes) % (width)) * 4);                                 \
        }                                                                            \
        _Pragma("clang loop unroll(full)") for (int32_t p = 0; p < pixels; p++) {    \
          const __typeof__(splat(x[p])) four = splat(x[p] + i);                      \
          _Pragma("clang loop unroll(full)") for (int32_t v = 0; v < vectors; v++) { \
            sums[p][v] = dot(sums[p][v], four, w[v]);                                \
          }                                                                          \
        }                                                                            \
      }                                                                              \
      weights += skip_bytes;                                                         \
    }                                                                                \
    _Pragma("clang loop unroll(full)") for (int32_t p = 0; p < pixels; p++) {        \
      int32_t *to = input->to[p];                                                    \
      _Pragma("clang loop unroll(full)") for (int32_t v = 0; v < vectors; v++) {     \
        store(to + v * (lanes), sums[p][v]);                                         \
      }                                                                              \
    }                                                                                \
  }

/// Defines the function for one number of pixels.
#define CK_TILE_SUM(name, count, vectors)                              \
  static void name##_##count##x##vectors(const ck_tile_input *input) { \
    name##_body(input, count, vectors);                                \
  }

/// Define the functions for up to so many pixels, and list them.
#define CK_TILE_SUMS_6(name, vectors) \
  CK_TILE_SUM(name, 1, vectors)       \
  CK_TILE_SUM(name, 2, vectors)       \
  CK_TILE_SUM(name, 3, vectors)       \
  CK_TILE_SUM(name, 4, vectors) CK_TILE_SUM(name, 5, vectors) CK_TILE_SUM(name, 6, vectors)
#define CK_TILE_SUMS_12(name, vectors) \
  CK_TILE_SUMS_6(name, vectors)        \
  CK_TILE_SUM(name, 7, vectors)        \
  CK_TILE_SUM(name, 8, vectors)        \
  CK_TILE_SUM(name, 9, vectors)        \
  CK_TILE_SUM(name, 10, vectors) CK_TILE_SUM(name, 11, vectors) CK_TILE_SUM(name, 12, vectors)
#define CK_TILE_SUMS_24(name, vectors) \
  CK_TILE_SUMS_12(name, vectors)       \
  CK_TILE_SUM(name, 13, vectors)       \
  CK_TILE_SUM(name, 14, vectors)       \
  CK_TILE_SUM(name, 15, vectors)       \
  CK_TILE_SUM(name, 16, vectors)       \
  CK_TILE_SUM(name, 17, vectors)       \
  CK_TILE_SUM(name, 18, vectors)       \
  CK_TILE_SUM(name, 19, vectors)       \
  CK_TILE_SUM(name, 20, vectors)       \
  CK_TILE_SUM(name, 21, vectors)       \
  CK_TILE_SUM(name, 22, vectors) CK_TILE_SUM(name, 23, vectors) CK_TILE_SUM(name, 24, vectors)
#define CK_TILE_LIST_6(name, v) \
  name##_1x##v, name##_2x##v, name##_3x##v, name##_4x##v, name##_5x##v, name##_6x##v
#define CK_TILE_LIST_12(name, v)                                                                   \
  CK_TILE_LIST_6(name, v), name##_7x##v, name##_8x##v, name##_9x##v, name##_10x##v, name##_11x##v, \
      name##_12x##v
#define CK_TILE_LIST_24(name, v)                                                                \
  CK_TILE_LIST_12(name, v), name##_13x##v, name##_14x##v, name##_15x##v, name##_16x##v,         \
      name##_17x##v, name##_18x##v, name##_19x##v, name##_20x##v, name##_21x##v, name##_22x##v, \
      name##_23x##v, name##_24x##v
