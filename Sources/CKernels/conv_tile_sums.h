// The loop over a tile's inputs, for any vector of sums: included once for each vector of an
// instruction set, which then provides
//   ck_v                      a vector type of sums
//   CK_V_LANES                channels of a vector
//   CK_V_PANEL                channels of a panel, 16 or 8
//   CK_V_AT_ONCE              vectors of a pixel that are summed in one pass over the inputs
//   ck_v_load(p), ck_v_store  a vector of sums from and to [channel]
//   ck_v_weigh(p)             the weights of a vector's channels for four inputs
//   ck_v_splat(p)             four inputs of a pixel, repeated
//   ck_v_dot(sums, x, w)      sums + their products
//   CK_V_NAME(name)           the name with the vector's suffix
// Private to CKernels.

/// `vectors` vectors of `pixels` pixels. For constant numbers all sums stay in registers.
CK_INLINE void CK_V_NAME(sum_part)(const ck_tile_input *input, const int32_t pixels,
                                   const int32_t vectors, const int32_t first) {
  ck_v sums[CK_TILE_MOST_PIXELS][4];
#pragma clang loop unroll(full)
  for (int32_t p = 0; p < pixels; p++) {
    const int32_t *from = input->from[p] + first * CK_V_LANES;
#pragma clang loop unroll(full)
    for (int32_t v = 0; v < vectors; v++) sums[p][v] = ck_v_load(from + v * CK_V_LANES);
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
#pragma clang loop unroll(full)
  for (int32_t p = 0; p < pixels; p++) {
    int32_t *to = input->to[p] + first * CK_V_LANES;
#pragma clang loop unroll(full)
    for (int32_t v = 0; v < vectors; v++) ck_v_store(to + v * CK_V_LANES, sums[p][v]);
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
#undef CK_V_NAME
