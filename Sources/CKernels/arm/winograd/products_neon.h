#pragma once
#include "arm/neon.h"

// The products of a Winograd convolution: at one frequency, some tiles by a panel of sixteen
// channels, `vmlal` on 16-bit numbers, four products an instruction. Private to CKernels.
//
//   inputs   [group of eight][tile][8]
//   weights  [input][16]
//   sums     [tile][16]
//
// Sums wrap around in 32 bits. Behind inputs and weights as much as one step takes may be read.

#if defined(__aarch64__)

// In the order in which a Cortex-A53 is to run it: what the next input's products begin with is
// loaded among this one's. Registers: v0 ... v4 eight inputs of a tile each, v8 ... v27 sums,
// v28 ... v31 two inputs' weights.

enum { CK_WINOGRAD_TILES = 5, CK_WINOGRAD_LEAST_TILES = 4 };

// clang-format off
#define CK_BEGIN(a, w, x, i)                                                          \
  "smlal  v" #a ".4s, v" #w ".4h, v" #x ".h[" #i "]\n\t"
#define CK_REST(b, c, d, w, v, x, i)                                                  \
  "smlal2 v" #b ".4s, v" #w ".8h, v" #x ".h[" #i "]\n\t"                              \
  "smlal  v" #c ".4s, v" #v ".4h, v" #x ".h[" #i "]\n\t"                              \
  "smlal2 v" #d ".4s, v" #v ".8h, v" #x ".h[" #i "]\n\t"
#define CK_TILE(a, b, c, d, w, v, x, i)                                               \
  CK_BEGIN(a, w, x, i) CK_REST(b, c, d, w, v, x, i)
#define CK_LOAD(x)                                                                    \
  "ldr q" #x ", [%[x], #16 * " #x "]\n\t"
#define CK_NONE(x)
// Input i with weights in v and w, the next one's into n and m; `load` follows a tile's products.
#define CK_STEP(i, w, v, n, m, at, below, load, last)                                 \
  CK_BEGIN(8, w, 0, i)                                                                \
  "ldr q" #n ", [%[w], #" #at "]\n\t"                                                 \
  "ldr q" #m ", [%[w], #" #below "]\n\t"                                              \
  CK_REST(9, 10, 11, w, v, 0, i) load(0)                                              \
  CK_TILE(12, 13, 14, 15, w, v, 1, i) load(1)                                         \
  CK_TILE(16, 17, 18, 19, w, v, 2, i) load(2)                                         \
  CK_TILE(20, 21, 22, 23, w, v, 3, i) load(3)                                         \
  last(w, v, i, load)
#define CK_FIFTH(w, v, i, load)                                                       \
  CK_TILE(24, 25, 26, 27, w, v, 4, i) load(4)
#define CK_NO_FIFTH(w, v, i, load)
#define CK_LOOP(first_inputs, step, last)                                             \
  first_inputs                                                                        \
  "ldp q28, q29, [%[w]]\n"                                                            \
  "1:\n\t"                                                                            \
  "add %[x], %[x], #" step "\n\t"                                                     \
  CK_STEP(0, 28, 29, 30, 31, 32, 48, CK_NONE, last)                                   \
  CK_STEP(1, 30, 31, 28, 29, 64, 80, CK_NONE, last)                                   \
  CK_STEP(2, 28, 29, 30, 31, 96, 112, CK_NONE, last)                                  \
  CK_STEP(3, 30, 31, 28, 29, 128, 144, CK_NONE, last)                                 \
  CK_STEP(4, 28, 29, 30, 31, 160, 176, CK_NONE, last)                                 \
  CK_STEP(5, 30, 31, 28, 29, 192, 208, CK_NONE, last)                                 \
  CK_STEP(6, 28, 29, 30, 31, 224, 240, CK_NONE, last)                                 \
  CK_STEP(7, 30, 31, 28, 29, 256, 272, CK_LOAD, last)                                 \
  "add %[w], %[w], #256\n\t"                                                          \
  "subs %[n], %[n], #1\n\t"                                                           \
  "b.ne 1b\n\t"
#define CK_FOUR_INPUTS CK_LOAD(0) CK_LOAD(1) CK_LOAD(2) CK_LOAD(3)
#define CK_TWO_SUMS(name, a, b, at)                                                   \
  name " q" #a ", q" #b ", [%[s], #" #at "]\n\t"
#define CK_16_SUMS(name)                                                              \
  CK_TWO_SUMS(name, 8, 9, 0) CK_TWO_SUMS(name, 10, 11, 32)                            \
  CK_TWO_SUMS(name, 12, 13, 64) CK_TWO_SUMS(name, 14, 15, 96)                         \
  CK_TWO_SUMS(name, 16, 17, 128) CK_TWO_SUMS(name, 18, 19, 160)                       \
  CK_TWO_SUMS(name, 20, 21, 192) CK_TWO_SUMS(name, 22, 23, 224)
#define CK_20_SUMS(name)                                                              \
  CK_16_SUMS(name) CK_TWO_SUMS(name, 24, 25, 256) CK_TWO_SUMS(name, 26, 27, 288)
#define CK_ZERO(a) "movi v" #a ".2d, #0\n\t"
#define CK_16_ZEROS                                                                   \
  CK_ZERO(8) CK_ZERO(9) CK_ZERO(10) CK_ZERO(11) CK_ZERO(12) CK_ZERO(13) CK_ZERO(14)   \
  CK_ZERO(15) CK_ZERO(16) CK_ZERO(17) CK_ZERO(18) CK_ZERO(19) CK_ZERO(20) CK_ZERO(21) \
  CK_ZERO(22) CK_ZERO(23)
#define CK_20_ZEROS CK_16_ZEROS CK_ZERO(24) CK_ZERO(25) CK_ZERO(26) CK_ZERO(27)
#define CK_PRODUCTS(sums_of, zeros, first_inputs, step, last)                         \
  __asm__("cbnz %w[more], 2f\n\t"                                                     \
          zeros                                                                       \
          "b 3f\n"                                                                    \
          "2:\n\t"                                                                    \
          sums_of("ldp")                                                              \
          "3:\n\t"                                                                    \
          CK_LOOP(first_inputs, step, last)                                           \
          sums_of("stp")                                                              \
          : [x] "+r"(x), [w] "+r"(w), [n] "+r"(n)                                     \
          : [s] "r"(sums), [more] "r"((int32_t)more)                                  \
          : "cc", "memory", "v0", "v1", "v2", "v3", "v4", "v8", "v9", "v10", "v11",   \
            "v12", "v13", "v14", "v15", "v16", "v17", "v18", "v19", "v20", "v21",     \
            "v22", "v23", "v24", "v25", "v26", "v27", "v28", "v29", "v30", "v31")
// clang-format on

/// `steps` > 0 groups of eight inputs of 4 or 5 tiles. With `more` they are added to the sums,
/// without they begin at zero.
CK_INLINE void ck_winograd_products(int32_t *sums, const int16_t *inputs, const int16_t *weights,
                                    int32_t tiles, int32_t steps, bool more) {
  const int16_t *x = inputs, *w = weights;
  int64_t n = steps;
  if (tiles == CK_WINOGRAD_TILES) {
    CK_PRODUCTS(CK_20_SUMS, CK_20_ZEROS, CK_FOUR_INPUTS CK_LOAD(4), "80", CK_FIFTH);
  } else {
    CK_PRODUCTS(CK_16_SUMS, CK_16_ZEROS, CK_FOUR_INPUTS, "64", CK_NO_FIFTH);
  }
}

#undef CK_BEGIN
#undef CK_REST
#undef CK_TILE
#undef CK_LOAD
#undef CK_NONE
#undef CK_STEP
#undef CK_FIFTH
#undef CK_NO_FIFTH
#undef CK_LOOP
#undef CK_FOUR_INPUTS
#undef CK_TWO_SUMS
#undef CK_16_SUMS
#undef CK_20_SUMS
#undef CK_ZERO
#undef CK_16_ZEROS
#undef CK_20_ZEROS
#undef CK_PRODUCTS

#else

// ARMv7 has sixteen registers, and a number that multiplies a vector stands in the first eight
// halves: d0 ... d3 eight inputs of a tile each, q4 ... q7 two inputs' weights, q8 ... q15 sums.
// Halves of inputs are loaded four inputs before they are used.

enum { CK_WINOGRAD_TILES = 2, CK_WINOGRAD_LEAST_TILES = 1 };

// clang-format off
#define CK_REST(b, c, d, w, x, y, input)                                               \
  "vmlal.s16 q" #b ", d" #w ", " input "\n\t"                                         \
  "vmlal.s16 q" #c ", d" #x ", " input "\n\t"                                         \
  "vmlal.s16 q" #d ", d" #y ", " input "\n\t"
// An input with weights in v ... y; `next` are the next one's registers.
#define CK_STEP(v, w, x, y, next, first, second, second_tile)                         \
  "vmlal.s16 q8, d" #v ", " first "\n\t"                                              \
  "vld1.16 {" next "}, [%[w]]!\n\t"                                                   \
  CK_REST(9, 10, 11, w, x, y, first)                                                  \
  second_tile(v, w, x, y, second)
#define CK_SECOND(v, w, x, y, input)                                                  \
  "vmlal.s16 q12, d" #v ", " input "\n\t"                                             \
  CK_REST(13, 14, 15, w, x, y, input)
#define CK_NO_SECOND(v, w, x, y, input)
#define CK_EVEN(first, second, last)                                                  \
  CK_STEP(8, 9, 10, 11, "d12-d15", first, second, last)
#define CK_ODD(first, second, last)                                                   \
  CK_STEP(12, 13, 14, 15, "d8-d11", first, second, last)
#define CK_LOOP(sums_of, first_inputs, late_inputs, next_inputs, step, last)          \
  __asm__("vldmia %[s], {" sums_of "}\n\t"                                            \
          first_inputs                                                                \
          "vld1.16 {d8-d11}, [%[w]]!\n"                                               \
          "1:\n\t"                                                                    \
          CK_EVEN("d0[0]", "d2[0]", last)                                             \
          late_inputs                                                                 \
          CK_ODD("d0[1]", "d2[1]", last)                                              \
          CK_EVEN("d0[2]", "d2[2]", last)                                             \
          CK_ODD("d0[3]", "d2[3]", last)                                              \
          CK_EVEN("d1[0]", "d3[0]", last)                                             \
          next_inputs                                                                 \
          "add %[x], %[x], #" step "\n\t"                                             \
          "subs %[n], %[n], #1\n\t"                                                   \
          CK_ODD("d1[1]", "d3[1]", last)                                              \
          CK_EVEN("d1[2]", "d3[2]", last)                                             \
          CK_ODD("d1[3]", "d3[3]", last)                                              \
          "bne 1b\n\t"                                                                \
          "vstmia %[s], {" sums_of "}\n\t"                                            \
          : [x] "+r"(x), [w] "+r"(w), [n] "+r"(n)                                     \
          : [s] "r"(sums)                                                             \
          : "cc", "memory", "d0", "d1", "d2", "d3", "q4", "q5", "q6", "q7", "q8",     \
            "q9", "q10", "q11", "q12", "q13", "q14", "q15")
// clang-format on

/// `steps` > 0 groups of eight inputs of 1 or 2 tiles. With `more` they are added to the sums,
/// without they begin at zero.
CK_INLINE void ck_winograd_products(int32_t *sums, const int16_t *inputs, const int16_t *weights,
                                    int32_t tiles, int32_t steps, bool more) {
  const int16_t *x = inputs, *w = weights;
  int32_t n = steps;
  if (!more) memset(sums, 0, (size_t)tiles * CK_PANEL_CHANNELS * sizeof *sums);
  if (tiles == CK_WINOGRAD_TILES) {
    CK_LOOP("d16-d31", "vldr d0, [%[x]]\n\tvldr d2, [%[x], #16]\n\t",
            "vldr d1, [%[x], #8]\n\tvldr d3, [%[x], #24]\n\t",
            "vldr d0, [%[x], #32]\n\tvldr d2, [%[x], #48]\n\t", "32", CK_SECOND);
  } else {
    CK_LOOP("d16-d23", "vldr d0, [%[x]]\n\t", "vldr d1, [%[x], #8]\n\t", "vldr d0, [%[x], #16]\n\t",
            "16", CK_NO_SECOND);
  }
}

#undef CK_REST
#undef CK_STEP
#undef CK_SECOND
#undef CK_NO_SECOND
#undef CK_EVEN
#undef CK_ODD
#undef CK_LOOP
#endif
