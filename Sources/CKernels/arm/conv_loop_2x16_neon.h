#pragma once
#include "neon.h"

// The inner loop of the convolution without dot products for two pixels by a panel of sixteen, for
// AArch64, in the order in which it is to run: a Cortex-A53 issues in order, one vector instruction
// a cycle at best, whose result is there six cycles later. A compiler that knows no processor
// leaves gaps and runs out of registers. tools/arm-cycles.sh shows what it comes to. Private to
// CKernels.
//
// - Eight products are begun before the first of them is needed again: eight `smull`, eight
//   `smlal`, eight `sadalp`, on eight registers of 16-bit sums.
// - Two registers of weights come with one load, without an offset, because an addition a step
//   costs less than a second load; so there are eight pointers to them.
// - Inputs pass through general registers, where `^ 0x80` costs no vector instruction.
// - What the next step begins with is loaded in this one. The last step loads its own again, since
//   behind it there may be no memory.

// clang-format off
// Registers: v16 ... v23 16-bit sums (channels in twos, pixel), v24 ... v27 weights, v28, v29 the
// first group of either pixel, v30, v31 the second. Each step takes four groups in two pairs, a
// pair's sixteen channels in two halves.
#define CK_PRODUCTS(name, w0, w1, x0, x1)                                             \
  name "  v17.8h, v" #w0 ".8b,  v" #x1 ".8b\n\t"                                      \
  name "2 v18.8h, v" #w0 ".16b, v" #x0 ".16b\n\t"                                     \
  name "2 v19.8h, v" #w0 ".16b, v" #x1 ".16b\n\t"                                     \
  name "  v20.8h, v" #w1 ".8b,  v" #x0 ".8b\n\t"                                      \
  name "  v21.8h, v" #w1 ".8b,  v" #x1 ".8b\n\t"                                      \
  name "2 v22.8h, v" #w1 ".16b, v" #x0 ".16b\n\t"                                     \
  name "2 v23.8h, v" #w1 ".16b, v" #x1 ".16b\n\t"
// The first group of a pair, and the second group's weights; the second, and the next weights.
#define CK_FIRST(second)                                                              \
  "smull v16.8h, v24.8b, v28.8b\n\t"                                                  \
  "ld1 {v26.16b, v27.16b}, [%[" #second "]]\n\t"                                      \
  CK_PRODUCTS("smull", 24, 25, 28, 29)
#define CK_SECOND(next)                                                               \
  "smlal v16.8h, v26.8b, v30.8b\n\t"                                                  \
  "ld1 {v24.16b, v25.16b}, [%[" #next "]]\n\t"                                        \
  CK_PRODUCTS("smlal", 26, 27, 30, 31)
#define CK_SUM(i, t0, t1)                                                             \
  "sadalp %[a" #i "].4s, v" #t0 ".8h\n\t"                                             \
  "sadalp %[b" #i "].4s, v" #t1 ".8h\n\t"
#define CK_SUMS(i, j, k, l)                                                           \
  CK_SUM(i, 16, 17) CK_SUM(j, 18, 19) CK_SUM(k, 20, 21) CK_SUM(l, 22, 23)
// Four groups of both pixels, as signed bytes, the second of each pair in a register of its own.
#define CK_FETCH                                                                      \
  "ldp %[p0], %[p2], [%[x]]\n\t"                                                      \
  "ldp %[q0], %[q2], [%[y]]\n\t"
#define CK_SIGN                                                                       \
  "eor %[p0], %[p0], #0x8080808080808080\n\t"                                         \
  "eor %[q0], %[q0], #0x8080808080808080\n\t"                                         \
  "eor %[p2], %[p2], #0x8080808080808080\n\t"                                         \
  "eor %[q2], %[q2], #0x8080808080808080\n\t"                                         \
  "lsr %[p1], %[p0], #32\n\t"                                                         \
  "lsr %[q1], %[q0], #32\n\t"                                                         \
  "lsr %[p3], %[p2], #32\n\t"                                                         \
  "lsr %[q3], %[q2], #32\n\t"
#define CK_SPREAD(x0, x1, p, q)                                                       \
  "dup v" #x0 ".4s, %w[" #p "]\n\t"                                                   \
  "dup v" #x1 ".4s, %w[" #q "]\n\t"
// Pointers move on in the middle of a step: those used later in it begin one step behind.
#define CK_MOVE_ON                                                                    \
  "subs %[n], %[n], #1\n\t"                                                           \
  "csel %[xs], %[xs], xzr, ne\n\t"                                                    \
  "csel %[ws], %[ws], xzr, ne\n\t"                                                    \
  "add %[w1], %[w1], #256\n\t"                                                        \
  "add %[w2], %[w2], #256\n\t"                                                        \
  "add %[w3], %[w3], #256\n\t"                                                        \
  "add %[w4], %[w4], #256\n\t"                                                        \
  "add %[x], %[x], %[xs]\n\t"                                                         \
  "add %[y], %[y], %[xs]\n\t"                                                         \
  "add %[w0], %[w0], %[ws]\n\t"                                                       \
  "add %[w5], %[w5], #256\n\t"                                                        \
  "add %[w6], %[w6], #256\n\t"                                                        \
  "add %[w7], %[w7], #256\n\t"

/// Adds the products of `steps` > 0 times four groups of the pixels at `x` and `y`. `a` and `b` are
/// the pixels' sums, two for every channel.
CK_INLINE void ck_sum_2x16(int32x4_t *a, int32x4_t *b, const uint8_t *x, const uint8_t *y,
                           const int8_t *weights, int64_t steps) {
  // Where the weights of a pair's groups stand in a step, by halves of the panel.
  uint64_t w0 = (uint64_t)weights, w1 = w0 + 64, w2 = w0 + 32, w3 = w0 + 96, w4 = w0 + 128;
  uint64_t w5 = w0 + 192 - 256, w6 = w0 + 160 - 256, w7 = w0 + 224 - 256;
  uint64_t input_step = 16, weight_step = 256, p0, p1, p2, p3, q0, q1, q2, q3;
  __asm__(
      CK_FETCH
      "ld1 {v24.16b, v25.16b}, [%[w0]]\n\t"
      CK_SIGN
      CK_SPREAD(28, 29, p0, q0)
      CK_SPREAD(30, 31, p1, q1)
      "1:\n\t"
      CK_FIRST(w1)
      CK_SECOND(w2)
      CK_SUMS(0, 1, 2, 3)
      CK_FIRST(w3)
      CK_SPREAD(28, 29, p2, q2)
      CK_SECOND(w4)
      CK_SPREAD(30, 31, p3, q3)
      CK_SUMS(4, 5, 6, 7)
      CK_MOVE_ON
      CK_FETCH
      CK_FIRST(w5)
      CK_SECOND(w6)
      CK_SUMS(0, 1, 2, 3)
      CK_SIGN
      CK_FIRST(w7)
      CK_SPREAD(28, 29, p0, q0)
      CK_SECOND(w0)
      CK_SPREAD(30, 31, p1, q1)
      CK_SUMS(4, 5, 6, 7)
      "b.ne 1b\n\t"
      : [a0] "+w"(a[0]), [a1] "+w"(a[1]), [a2] "+w"(a[2]), [a3] "+w"(a[3]), [a4] "+w"(a[4]),
        [a5] "+w"(a[5]), [a6] "+w"(a[6]), [a7] "+w"(a[7]), [b0] "+w"(b[0]), [b1] "+w"(b[1]),
        [b2] "+w"(b[2]), [b3] "+w"(b[3]), [b4] "+w"(b[4]), [b5] "+w"(b[5]), [b6] "+w"(b[6]),
        [b7] "+w"(b[7]), [x] "+r"(x), [y] "+r"(y), [n] "+r"(steps), [w0] "+r"(w0), [w1] "+r"(w1),
        [w2] "+r"(w2), [w3] "+r"(w3), [w4] "+r"(w4), [w5] "+r"(w5), [w6] "+r"(w6), [w7] "+r"(w7),
        [xs] "+r"(input_step), [ws] "+r"(weight_step), [p0] "=&r"(p0), [p1] "=&r"(p1),
        [p2] "=&r"(p2), [p3] "=&r"(p3), [q0] "=&r"(q0), [q1] "=&r"(q1), [q2] "=&r"(q2),
        [q3] "=&r"(q3)
      :
      : "cc", "memory", "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24", "v25", "v26",
        "v27", "v28", "v29", "v30", "v31");
}
// clang-format on

#undef CK_PRODUCTS
#undef CK_FIRST
#undef CK_SECOND
#undef CK_SUM
#undef CK_SUMS
#undef CK_FETCH
#undef CK_SIGN
#undef CK_SPREAD
#undef CK_MOVE_ON
