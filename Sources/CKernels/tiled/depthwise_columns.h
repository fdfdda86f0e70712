// clang-format off
//
// Depthwise convolution by columns, for any vector: included once for each vector of an instruction
// set, which then provides
//   ck_v                                a vector type of CK_V_BYTES bytes
//   CK_V_ROWS                           rows whose bytes one multiplication takes together
//   ck_v_get(p, n), ck_v_put(p, n, v)   n bytes from p and to p, and none behind them
//   ck_v_set(p)                         a repetition of the 4 bytes at p
//   ck_v_weave(rows, out)               CK_V_ROWS vectors of unsigned bytes, woven: out[j] holds
//                                       the channels 4 j ... 4 j + 3 of every 16
//   ck_v_weave_weights(rows, out)       the same for signed bytes
//   ck_v_dot(sums, x, w)                sums + products of woven vectors
//   ck_v_finish(sums, factors, ...)     four woven vectors of sums as bytes in order
//   CK_V_NAME(name)                     the name with the vector's suffix
// Private to CKernels.
//
// A column is the window's rows at one x, woven so that a multiplication takes the rows of a
// channel at once. The columns of a stretch of outputs are woven into a buffer first, what lies
// outside the image as well; each then serves all outputs that see it. Four outputs are summed at a
// time.
// clang-format on

/// Columns of one stretch, in vectors; a window's weights, in vectors.
enum {
  CK_V_NAME(most_columns) = 16384 / CK_V_BYTES,
  CK_V_NAME(most_weights) = 128,
  CK_V_NAME(most_rows) = CK_V_NAME(most_weights) / 4 * CK_V_ROWS,
};

/// CK_V_BYTES channels (or the last `count`) of one operation.
typedef struct CK_V_NAME(block) {
  const ck_conv *op;
  int32_t first;
  int32_t count;
  /// Vectors of four a column: the window's rows by CK_V_ROWS.
  int32_t weaves;
  /// [kx][weave][4]
  ck_v weights[CK_V_NAME(most_weights)];
  /// [4]
  ck_v bias[4];
  ck_v multiplier[4];
  ck_v padding;
  ck_v woven_padding[4];
} CK_V_NAME(block);
#define ck_v_block CK_V_NAME(block)

static void CK_V_NAME(prepare)(ck_v_block *b, const ck_conv *op, int32_t first, int32_t count) {
  const int32_t kernel_height = op->window.kernel_height, kernel_width = op->window.kernel_width;
  const int32_t row =
      (op->output.channels + CK_PANEL_CHANNELS - 1) / CK_PANEL_CHANNELS * CK_PANEL_CHANNELS;
  b->op = op;
  b->first = first;
  b->count = count;
  b->weaves = (kernel_height + CK_V_ROWS - 1) / CK_V_ROWS;
  ck_v *woven = b->weights;
  const uint8_t nothing[4] = {0};
  for (int32_t kx = 0; kx < kernel_width; kx++) {
    for (int32_t ky = 0; ky < kernel_height; ky += CK_V_ROWS, woven += 4) {
      ck_v rows[CK_V_ROWS];
      for (int32_t r = 0; r < CK_V_ROWS; r++) {
        const int8_t *weights = op->weights + ((ptrdiff_t)(ky + r) * kernel_width + kx) * row;
        rows[r] = ky + r < kernel_height
                      ? ck_v_get((const uint8_t *)(const void *)(weights + first), count)
                      : ck_v_set(nothing);
      }
      ck_v_weave_weights(rows, woven);
    }
  }
  uint8_t pad[4];
  for (int32_t i = 0; i < 4; i++) pad[i] = op->pad[(first + i) % 4];
  b->padding = ck_v_set(pad);
  ck_v padding[CK_V_ROWS];
  for (int32_t r = 0; r < CK_V_ROWS; r++) padding[r] = b->padding;
  ck_v_weave(padding, b->woven_padding);
  int32_t bias[CK_V_BYTES] = {0};
  float multiplier[CK_V_BYTES] = {0};
  memcpy(bias, op->bias + first, (size_t)count * sizeof *bias);
  memcpy(multiplier, op->multiplier + first, (size_t)count * sizeof *multiplier);
  for (int32_t lane = 0; lane < CK_V_BYTES / 16; lane++) {
    for (int32_t j = 0; j < 4; j++) {
      memcpy((int32_t *)(void *)&b->bias[j] + lane * 4, bias + lane * 16 + j * 4, 16);
      memcpy((float *)(void *)&b->multiplier[j] + lane * 4, multiplier + lane * 16 + j * 4, 16);
    }
  }
}

/// Weaves the columns that outputs (oy, ox ...) see. `kernel_height` is the window's.
CK_INLINE void CK_V_NAME(weave_columns)(const ck_v_block *b, int32_t oy, int32_t ox,
                                        int32_t columns, const int32_t kernel_height,
                                        const int32_t count, ck_v *woven) {
  const ck_view *input = &b->op->input;
  const ck_window *window = &b->op->window;
  const ptrdiff_t stride = input->pixel_stride, row = stride * input->width;
  const int32_t y = oy * window->stride_height - window->pad_top;
  const int32_t x = ox * window->stride_width - window->pad_left;
  const int32_t weaves = (kernel_height + CK_V_ROWS - 1) / CK_V_ROWS;
  // A row outside the image is one vector of padding, read again and again.
  const uint8_t *rows[CK_V_NAME(most_rows)];
  ptrdiff_t steps[CK_V_NAME(most_rows)];
  for (int32_t ky = 0; ky < kernel_height; ky++) {
    const bool is_inside = y + ky >= 0 && y + ky < input->height;
    rows[ky] = is_inside ? input->bytes + (y + ky) * row + b->first
                         : (const uint8_t *)(const void *)&b->padding;
    steps[ky] = is_inside ? stride : 0;
  }
  const int32_t left = x < 0 ? -x : 0;
  const int32_t begin = left < columns ? left : columns;
  const int32_t right = input->width - x;
  const int32_t end = right < begin ? begin : right < columns ? right : columns;
  for (int32_t c = 0; c < begin * weaves; c++, woven += 4) {
    memcpy(woven, b->woven_padding, sizeof b->woven_padding);
  }
  for (int32_t ky = 0; ky < kernel_height; ky++) rows[ky] += (x + begin) * steps[ky];
  for (int32_t c = begin; c < end; c++) {
    for (int32_t q = 0; q < weaves; q++, woven += 4) {
      ck_v bytes[CK_V_ROWS];
#pragma clang loop unroll(full)
      for (int32_t r = 0; r < CK_V_ROWS; r++) {
        const int32_t ky = q * CK_V_ROWS + r;
        // Rows behind the window meet weights that are zero.
        bytes[r] = ky < kernel_height ? ck_v_get(rows[ky], count) : b->padding;
        if (ky < kernel_height) rows[ky] += steps[ky];
      }
      ck_v_weave(bytes, woven);
    }
  }
  for (int32_t c = end * weaves; c < columns * weaves; c++, woven += 4) {
    memcpy(woven, b->woven_padding, sizeof b->woven_padding);
  }
}

/// Four neighbouring outputs, of which `outputs` are written.
CK_INLINE void CK_V_NAME(sum_four)(const ck_v_block *b, const ck_v *columns, const int32_t weaves,
                                   const int32_t kernel_width, const int32_t stride, uint8_t *out,
                                   int32_t outputs, int32_t count) {
  ck_v sums[4][4];
#pragma clang loop unroll(full)
  for (int32_t o = 0; o < 4; o++) {
#pragma clang loop unroll(full)
    for (int32_t j = 0; j < 4; j++) sums[o][j] = b->bias[j];
  }
  const int32_t seen = 3 * stride + kernel_width;
#pragma clang loop unroll(full)
  for (int32_t j = 0; j < 4; j++) {
#pragma clang loop unroll(full)
    for (int32_t q = 0; q < weaves; q++) {
#pragma clang loop unroll(full)
      for (int32_t c = 0; c < seen; c++) {
        const ck_v x = columns[(c * weaves + q) * 4 + j];
#pragma clang loop unroll(full)
        for (int32_t o = 0; o < 4; o++) {
          const int32_t kx = c - o * stride;
          if (kx < 0 || kx >= kernel_width) continue;
          sums[o][j] = ck_v_dot(sums[o][j], x, b->weights[(kx * weaves + q) * 4 + j]);
        }
      }
      // One step after the other: the compiler would rather begin with all loads, for which there
      // are too few registers.
      __asm__ volatile("" : "+v"(sums[0][j]), "+v"(sums[1][j]) : "r"(b), "r"(columns) : "memory");
      __asm__ volatile("" : "+v"(sums[2][j]), "+v"(sums[3][j]) : "r"(b), "r"(columns) : "memory");
    }
  }
  // What isn't wanted goes nowhere, without a branch.
  uint8_t nowhere[CK_V_BYTES];
#pragma clang loop unroll(full)
  for (int32_t o = 0; o < 4; o++) {
    uint8_t *to = o < outputs ? out + (ptrdiff_t)o * b->op->output.pixel_stride : nowhere;
    ck_v_put(to, count,
             ck_v_finish(sums[o], b->multiplier, b->op->zero_point, b->op->low, b->op->high));
  }
}

/// The same with numbers that the compiler doesn't know.
static void CK_V_NAME(sum_any)(const ck_v_block *b, const ck_v *columns, uint8_t *out,
                               int32_t outputs) {
  const int32_t steps = b->op->window.kernel_width * b->weaves;
  for (int32_t o = 0; o < outputs; o++, out += b->op->output.pixel_stride) {
    ck_v sums[4] = {b->bias[0], b->bias[1], b->bias[2], b->bias[3]};
    for (int32_t i = 0; i < steps; i++) {
      for (int32_t j = 0; j < 4; j++) {
        sums[j] = ck_v_dot(sums[j], columns[i * 4 + j], b->weights[i * 4 + j]);
      }
    }
    ck_v_put(out, b->count,
             ck_v_finish(sums, b->multiplier, b->op->zero_point, b->op->low, b->op->high));
    columns += b->op->window.stride_width * b->weaves * 4;
  }
}

/// The block over the whole image. `side` is the window's height and width where it is known, or 0.
CK_INLINE void CK_V_NAME(do_block)(const ck_v_block *b, const int32_t side, const int32_t stride,
                                   const int32_t count) {
  ck_v columns[CK_V_NAME(most_columns)];
  const ck_view *output = &b->op->output;
  const ck_window *window = &b->op->window;
  const int32_t capacity = CK_V_NAME(most_columns) / (4 * b->weaves);
  const int32_t step = window->stride_width;
  int32_t stretch = (capacity - window->kernel_width) / step + 1;
  if (stretch >= 4) stretch = stretch / 4 * 4;
  for (int32_t oy = 0; oy < output->height; oy++) {
    for (int32_t ox = 0; ox < output->width; ox += stretch) {
      const int32_t rest = output->width - ox, outputs = rest < stretch ? rest : stretch;
      uint8_t *out =
          output->bytes + ((ptrdiff_t)oy * output->width + ox) * output->pixel_stride + b->first;
      const int32_t seen = (outputs - 1) * step + window->kernel_width;
      CK_V_NAME(weave_columns)
      (b, oy, ox, seen, side == 0 ? window->kernel_height : side, count, columns);
      if (side == 0) {
        CK_V_NAME(sum_any)(b, columns, out, outputs);
        continue;
      }
      const int32_t weaves = (side + CK_V_ROWS - 1) / CK_V_ROWS;
      for (int32_t o = 0; o < outputs; o += 4) {
        CK_V_NAME(sum_four)
        (b, columns + (ptrdiff_t)o * stride * weaves * 4, weaves, side, stride,
         out + (ptrdiff_t)o * output->pixel_stride, outputs - o, count);
      }
    }
  }
}

/// Channels first ..< first + count, at most CK_V_BYTES of them.
static void CK_V_NAME(convolve)(const ck_conv *op, int32_t first, int32_t count) {
  ck_v_block b;
  CK_V_NAME(prepare)(&b, op, first, count);
  const ck_window *w = &op->window;
  const int32_t stride = w->stride_width, side = w->kernel_width;
  const bool is_known = side == w->kernel_height && (side == 3 || side == 5) && stride <= 2;
  if (!is_known) {
    CK_V_NAME(do_block)(&b, 0, 0, count);
  } else if (count == CK_V_BYTES) {
    if (side == 3 && stride == 1) CK_V_NAME(do_block)(&b, 3, 1, CK_V_BYTES);
    if (side == 3 && stride == 2) CK_V_NAME(do_block)(&b, 3, 2, CK_V_BYTES);
    if (side == 5 && stride == 1) CK_V_NAME(do_block)(&b, 5, 1, CK_V_BYTES);
    if (side == 5 && stride == 2) CK_V_NAME(do_block)(&b, 5, 2, CK_V_BYTES);
  } else {
    if (side == 3 && stride == 1) CK_V_NAME(do_block)(&b, 3, 1, count);
    if (side == 3 && stride == 2) CK_V_NAME(do_block)(&b, 3, 2, count);
    if (side == 5 && stride == 1) CK_V_NAME(do_block)(&b, 5, 1, count);
    if (side == 5 && stride == 2) CK_V_NAME(do_block)(&b, 5, 2, count);
  }
}

/// Whether the buffers hold the window.
static bool CK_V_NAME(fits)(const ck_conv *op) {
  const int32_t weaves = (op->window.kernel_height + CK_V_ROWS - 1) / CK_V_ROWS;
  return !op->float_output &&
         (int64_t)weaves * op->window.kernel_width * 4 <= CK_V_NAME(most_weights);
}

#undef CK_V_ROWS
#undef ck_v
#undef CK_V_BYTES
#undef CK_V_NAME
#undef ck_v_get
#undef ck_v_put
#undef ck_v_set
#undef ck_v_weave
#undef ck_v_weave_weights
#undef ck_v_dot
#undef ck_v_finish
#undef ck_v_block
