// clang-format off
//
// The loop over a tile's inputs, and the way its sums leave, for any vector: included once for each
// vector of an instruction set, which then provides
//   ck_v                        the type of a vector of sums
//   CK_V_LANES                  channels of a vector
//   CK_V_PANEL                  channels of a panel, 16 or 8
//   CK_V_AT_ONCE                vectors of a pixel summed in one pass over the inputs: 1, 2 or 4
//   ck_v_load(p), ck_v_store(p, v)   a vector of sums from and to [channel]
//   ck_v_weigh(p)               the weights of a vector's channels for four inputs
//   ck_v_splat(p)               four inputs of a pixel, repeated
//   ck_v_dot(sums, x, w)        sums + their products
//   ck_v_limit(op)              an operation's bounds and zero point, repeated
//   ck_v_round(sums, p, limits) sums times the multipliers at p, as integers
//   ck_v_pack(rounded, limits)  four such vectors as bytes in order
//   ck_v_put(p, bytes, part, n, count)   `count` of the n bytes from n * part; n is at most 64
//   CK_V_NAME(name)             the name with the vector's suffix
// Private to CKernels.
// clang-format on

/// Stores `vectors` vectors of `pixels` pixels from vector `first` as bytes.
CK_INLINE void CK_V_NAME(finish)(const ck_tile_output *output, ck_v sums[][4], const int32_t pixels,
                                 const int32_t vectors, const int32_t first) {
  const __typeof__(ck_v_limit(output->op)) limits = ck_v_limit(output->op);
  const float *factors = output->multiplier + first * CK_V_LANES;
  uint8_t *out = output->bytes + first * CK_V_LANES;
  const ptrdiff_t stride = output->op->output.pixel_stride;
  const int32_t bytes = vectors * CK_V_LANES, rest = output->channels - first * CK_V_LANES;
  const int32_t count = rest > bytes ? bytes : rest;
  const int32_t pixels_at_once = 4 / vectors;
  if (count <= 0) return;
#pragma clang loop unroll(full)
  for (int32_t p = 0; p < pixels; p += pixels_at_once) {
    __typeof__(ck_v_round(sums[0][0], factors, limits)) rounded[4];
#pragma clang loop unroll(full)
    for (int32_t i = 0; i < 4; i++) {
      const int32_t pixel = p + i / vectors, v = i % vectors;
      rounded[i] = pixel < pixels ? ck_v_round(sums[pixel][v], factors + v * CK_V_LANES, limits)
                                  : rounded[0];
    }
    const __typeof__(ck_v_pack(rounded, limits)) packed = ck_v_pack(rounded, limits);
#pragma clang loop unroll(full)
    for (int32_t i = 0; i < pixels_at_once; i++) {
      if (p + i < pixels) ck_v_put(out + (p + i) * stride, packed, i, bytes, count);
    }
  }
}

/// `vectors` vectors of `pixels` pixels from vector `first`. For constant numbers all sums stay in
/// registers.
CK_INLINE void CK_V_NAME(sum_part)(const ck_tile_input *input, const int32_t pixels,
                                   const int32_t vectors, const int32_t first) {
  ck_v sums[CK_TILE_MOST_PIXELS][4];
  if (input->bias) {
#pragma clang loop unroll(full)
    for (int32_t v = 0; v < vectors; v++) {
      const ck_v bias = ck_v_load(input->bias + (first + v) * CK_V_LANES);
#pragma clang loop unroll(full)
      for (int32_t p = 0; p < pixels; p++) sums[p][v] = bias;
    }
  } else {
#pragma clang loop unroll(full)
    for (int32_t p = 0; p < pixels; p++) {
#pragma clang loop unroll(full)
      for (int32_t v = 0; v < vectors; v++) {
        sums[p][v] = ck_v_load(input->sums[p] + (first + v) * CK_V_LANES);
      }
    }
  }
  const int8_t *weights = input->weights;
  const uint8_t *const *at = input->pixels;
  const size_t panel_bytes = input->panel_bytes;
  const ptrdiff_t bytes = (ptrdiff_t)input->groups * 4;
  for (int32_t run = input->runs; run > 0; run--, at += pixels, weights += input->skip_bytes) {
    // Pointers to the end, and an index that comes up to zero: one addition a group.
    const uint8_t *x[CK_TILE_MOST_PIXELS];
#pragma clang loop unroll(full)
    for (int32_t p = 0; p < pixels; p++) x[p] = at[p] + bytes;
    for (ptrdiff_t i = -bytes; i != 0; i += 4, weights += CK_V_PANEL * 4) {
      __typeof__(ck_v_weigh(weights)) w[4];
#pragma clang loop unroll(full)
      for (int32_t v = 0; v < vectors; v++) {
        const int32_t channel = (first + v) * CK_V_LANES;
        w[v] = ck_v_weigh(weights + channel / CK_V_PANEL * panel_bytes + channel % CK_V_PANEL * 4);
      }
#pragma clang loop unroll(full)
      for (int32_t p = 0; p < pixels; p++) {
        const __typeof__(ck_v_splat(x[p])) four = ck_v_splat(x[p] + i);
#pragma clang loop unroll(full)
        for (int32_t v = 0; v < vectors; v++) sums[p][v] = ck_v_dot(sums[p][v], four, w[v]);
      }
    }
  }
  if (input->output) {
    CK_V_NAME(finish)(input->output, sums, pixels, vectors, first);
    return;
  }
#pragma clang loop unroll(full)
  for (int32_t p = 0; p < pixels; p++) {
#pragma clang loop unroll(full)
    for (int32_t v = 0; v < vectors; v++) {
      ck_v_store(input->sums[p] + (first + v) * CK_V_LANES, sums[p][v]);
    }
  }
}

CK_INLINE void CK_V_NAME(sum)(const ck_tile_input *input, const int32_t pixels,
                              const int32_t vectors) {
#pragma clang loop unroll(full)
  for (int32_t first = 0; first < vectors; first += CK_V_AT_ONCE) {
    const int32_t rest = vectors - first;
    CK_V_NAME(sum_part)(input, pixels, rest < CK_V_AT_ONCE ? rest : CK_V_AT_ONCE, first);
  }
}

#undef ck_v
#undef CK_V_LANES
#undef CK_V_PANEL
#undef CK_V_AT_ONCE
#undef ck_v_load
#undef ck_v_store
#undef ck_v_weigh
#undef ck_v_splat
#undef ck_v_dot
#undef ck_v_limit
#undef ck_v_round
#undef ck_v_pack
#undef ck_v_put
#undef CK_V_NAME
