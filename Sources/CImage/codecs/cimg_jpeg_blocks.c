// Coefficients before the inverse transform. libjpeg-turbo's transforms agree to the bit on what an
// encoder can have made of samples; beyond that some wrap around at 16 bits, some saturate, some
// wrap at the end of a table: so that damage that is still valid code would give other pixels on
// other machines. Blocks of that kind are refused.
#include <stdlib.h>

#include "cimg_jpeg.h"

enum {
  // Eight times a sample, below which no transform leaves its range: the tables' range ends 511
  // away from the middle, and a transform rounds.
  SAFE = 8 * 509,
  // Of one coefficient: the transforms add two of them in 16 bits.
  MOST_COEFFICIENT = 16000,
  // Of a value between the two passes, four times a sample's scale: likewise.
  MOST_BETWEEN = 16000,
  MOST_SAMPLE = 510,
  SAMPLE_BITS = 3,   // the transform's own scale
  BASIS_BITS = 13,   // of the table below
  BETWEEN_BITS = 2,  // kept between the passes
};

// cos((2 n + 1) k pi / 16) * sqrt(2) for k = 1...7, and 1 for k = 0, times 2^13: [n][k], n = 0...3.
// For 7 - n the odd ones change their sign.
static const int16_t basis[4][8] = {
    {8192, 11363, 10703, 9633, 8192, 6437, 4433, 2260},
    {8192, 9633, 4433, -2260, -8192, -11363, -10703, -6437},
    {8192, 6437, -4433, -11363, -8192, 2260, 10703, 9633},
    {8192, 2260, -10703, -6437, 8192, 9633, -4433, -11363},
};

// Eight transforms of eight values beside each other; true where all results, shifted, are within
// the limit. Sums stay below 8 * 16000 * 11585 < 2^31.
static bool transform(const int16_t from[8][8], int32_t to[8][8], int shift, int32_t limit) {
  int32_t largest = 0;
  for (int n = 0; n < 4; n++) {
    int32_t even[8], odd[8];
    for (int i = 0; i < 8; i++) {
      even[i] = basis[n][0] * from[0][i] + basis[n][2] * from[2][i] + basis[n][4] * from[4][i] +
                basis[n][6] * from[6][i];
      odd[i] = basis[n][1] * from[1][i] + basis[n][3] * from[3][i] + basis[n][5] * from[5][i] +
               basis[n][7] * from[7][i];
    }
    for (int i = 0; i < 8; i++) {
      int32_t first = (even[i] + odd[i]) >> shift;
      int32_t last = (even[i] - odd[i]) >> shift;
      to[n][i] = first;
      to[7 - n][i] = last;
      first = first < 0 ? -first : first;
      last = last < 0 ? -last : last;
      largest = first > largest ? first : largest;
      largest = last > largest ? last : largest;
    }
  }
  return largest <= limit;
}

static bool is_possible(const JCOEF *block, const UINT16 *steps) {
  int16_t values[8][8];
  int32_t between[8][8], samples[8][8];
  for (int i = 0; i < DCTSIZE2; i++) {
    int64_t value = (int64_t)block[i] * steps[i];
    if (value < -MOST_COEFFICIENT || value > MOST_COEFFICIENT) return false;
    values[i / 8][i % 8] = (int16_t)value;
  }
  if (!transform(values, between, BASIS_BITS - BETWEEN_BITS, MOST_BETWEEN)) return false;
  for (int i = 0; i < DCTSIZE2; i++) values[i % 8][i / 8] = (int16_t)between[i / 8][i % 8];
  return transform(values, samples, BASIS_BITS + BETWEEN_BITS + SAMPLE_BITS, MOST_SAMPLE);
}

// The most that a coefficient of each frequency along one axis adds to a sample, rounded up, times
// 2^12.
static const uint16_t most_of[8] = {1449, 2009, 1893, 2009, 1449, 2009, 1893, 2009};

// Eight times the most that a coefficient of 1 adds to a sample, rounded up and at most SAFE.
static void weigh(const UINT16 *steps, int16_t *weights) {
  for (int i = 0; i < DCTSIZE2; i++) {
    uint64_t weight = (uint64_t)most_of[i / 8] * most_of[i % 8] * steps[i];
    weight = (weight + (1 << 21) - 1) >> 21;
    weights[i] = (int16_t)(weight < SAFE ? weight : SAFE);
  }
}

// Eight times the most that a sample of the block can be, or SAFE and more where that is it: no
// coefficient is taken for more than SAFE.
static int32_t most_sample(const JCOEF *block, const int16_t *weights) {
  int32_t sum = 0;
  for (int i = 0; i < DCTSIZE2; i++) {
    int16_t value = block[i];
    value = value > SAFE ? SAFE : value;
    value = value < -SAFE ? -SAFE : value;
    value = (int16_t)(value < 0 ? -value : value);
    sum += value * weights[i];
  }
  return sum;
}

const char *cimg_jpeg_check_blocks(const jpeg_component_info *component, JBLOCKARRAY rows,
                                   JDIMENSION row_count, JDIMENSION blocks_per_row) {
  if (!component->quant_table) return "no scan has one of the components";
  const UINT16 *steps = component->quant_table->quantval;
  for (int i = 0; i < DCTSIZE2; i++)
    if (steps[i] == 0) return "a quantisation step is 0";
  int16_t weights[DCTSIZE2];
  weigh(steps, weights);
  for (JDIMENSION y = 0; y < row_count; y++) {
    for (JDIMENSION x = 0; x < blocks_per_row; x++) {
      const JCOEF *block = rows[y][x];
      bool possible;
      if (component->DCT_scaled_size == 1) {
        // Only the mean is decoded, and only it is used.
        possible = abs(block[0]) * (int64_t)steps[0] <= MOST_SAMPLE << SAMPLE_BITS;
      } else {
        possible = most_sample(block, weights) < SAFE || is_possible(block, steps);
      }
      if (!possible) return "a block that no samples of 8 bits have";
    }
  }
  return NULL;
}
