#include "portable.h"

// Sums over a panel of packed weights, with whatever vectors the compiler has: 16 weights, four
// channels, at a time, as pairs of neighbours in 16 bits. The pairs of 64 groups fit: their
// magnitudes add up to at most 64 * 256.

#define CK_INLINE static inline __attribute__((always_inline))

typedef int16_t ck_pairs __attribute__((vector_size(16), aligned(1)));
typedef int32_t ck_words __attribute__((vector_size(16)));
// What is shifted to the left.
typedef uint16_t ck_bits16 __attribute__((vector_size(16)));
typedef uint32_t ck_bits32 __attribute__((vector_size(16)));

enum { GROUPS_AT_ONCE = 64 };

CK_INLINE ck_pairs larger(ck_pairs a, ck_pairs b) {
  const ck_pairs mask = a > b;
  return (a & mask) | (b & ~mask);
}

CK_INLINE ck_pairs magnitude(ck_pairs a) {
  const ck_pairs sign = a >> 15;
  return (a ^ sign) - sign;
}

/// Adds each channel's two pairs.
CK_INLINE void add_pairs(int64_t *sums, ck_pairs pairs) {
  const ck_words low = (ck_words)((ck_bits32)pairs << 16);
  const ck_words both = (low >> 16) + ((ck_words)pairs >> 16);
  for (int32_t i = 0; i < 4; i++) sums[i] += both[i];
}

CK_INLINE int32_t largest(ck_pairs a) {
  int32_t most = 0;
  for (int32_t i = 0; i < 8; i++) most = a[i] > most ? a[i] : most;
  return most;
}

CK_INLINE void sum_panel(const int8_t *weights, size_t groups, ck_panel_sums *out,
                         const int32_t vectors) {
  const ck_pairs nothing = {0};
  ck_pairs most = nothing, most_in_pair = nothing;
  for (size_t done = 0; done < groups; done += GROUPS_AT_ONCE) {
    const size_t rest = groups - done;
    const size_t count = rest < GROUPS_AT_ONCE ? rest : GROUPS_AT_ONCE;
    ck_pairs sums[4] = {nothing, nothing, nothing, nothing};
    ck_pairs magnitudes[4] = {nothing, nothing, nothing, nothing};
    for (size_t g = 0; g < count; g++) {
#pragma clang loop unroll(full)
      for (int32_t v = 0; v < vectors; v++, weights += 16) {
        const ck_pairs bytes = *(const ck_pairs *)(const void *)weights;
        const ck_pairs even = (ck_pairs)((ck_bits16)bytes << 8) >> 8, odd = bytes >> 8;
        const ck_pairs even_size = magnitude(even), odd_size = magnitude(odd);
        const ck_pairs sum = even + odd, size = even_size + odd_size;
        sums[v] += sum;
        magnitudes[v] += size;
        most = larger(most, larger(even_size, odd_size));
        // Twice the sum of the weights of one sign is size + sum, or size - sum.
        most_in_pair = larger(most_in_pair, size + magnitude(sum));
      }
    }
    for (int32_t v = 0; v < vectors; v++) {
      add_pairs(out->sums + 4 * v, sums[v]);
      add_pairs(out->magnitudes + 4 * v, magnitudes[v]);
    }
  }
  out->most = largest(most);
  out->most_in_pair = largest(most_in_pair) / 2;
}

void ck_i8_panel_sums(const int8_t *weights, size_t groups, int32_t channels, ck_panel_sums *out) {
  const ck_panel_sums nothing = {{0}, {0}, 0, 0};
  *out = nothing;
  if (channels == CK_PANEL_CHANNELS) {
    sum_panel(weights, groups, out, 4);
  } else {
    sum_panel(weights, groups, out, 2);
  }
}
