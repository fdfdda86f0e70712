#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The arithmetic of sinf: what each operation computes is written in docs/numerics.md, the
// reference kernels (`*_ref`) are its definition in C. Every other kernel of the table must give
// the same bytes.
//
// Names: ck_<input and weight types>_<operation>_[<pixels>x<channels>_]<instruction set>.
//
// Kernels check nothing. Whoever calls them has proven that every view lies inside its memory, that
// sums stay inside 32 bits, that multipliers are finite, and that an input pixel's bytes times both
// strides, and the bytes that a window passes, padding included, stay inside 31 bits (SINFModel's
// validation does). The floating-point environment is the one a C program starts with: rounding to
// nearest, ties to even.

/// Channels that stand together in a panel of packed weights.
enum { CK_PANEL_CHANNELS = 16 };

/// A tensor in memory, NHWC, one image: element (y, x, c) is at
/// `bytes + (y * width + x) * pixel_stride + c * sizeof(element)`.
///
/// For uint8 `pixel_stride` is a multiple of 4 that may be larger than `channels`: then the bytes
/// between belong to somebody else. They may be read up to the next multiple of 4 (their weights
/// are zero), never written.
typedef struct ck_view {
  uint8_t *bytes;
  int32_t height;
  int32_t width;
  int32_t channels;
  int32_t pixel_stride;
} ck_view;

/// A window over height and width. Padding at the bottom and right is what the output's size
/// implies.
///
/// Callers split an operation among threads by output rows: `output.bytes` moves on by y rows,
/// `output.height` is their number and `pad_top` less by y * stride_height, negative then. A
/// convolution is split by panels as well: weights, bias, multiplier, weight sums and
/// `output.bytes` move on to the panel's first channel, and `output.channels` is the part's count,
/// a multiple of 16 in all parts but the last.
typedef struct ck_window {
  int32_t kernel_height;
  int32_t kernel_width;
  int32_t stride_height;
  int32_t stride_width;
  int32_t pad_top;
  int32_t pad_left;
} ck_window;

/// A convolution or depthwise convolution.
typedef struct ck_conv {
  ck_view input;
  ck_view output;
  ck_window window;
  /// Convolution: [panel][group][channel in panel][4]. Panels hold 16 output channels; the last one
  /// holds 8 when 1 ... 8 channels remain; rows without a channel are zero. Groups of 4 inputs run
  /// over (ky, kx, input channel padded to a multiple of 4 with zero weights).
  /// Depthwise: [ky][kx][channels padded to a multiple of 16].
  const int8_t *weights;
  /// One number per output channel.
  const int32_t *bias;
  /// The sum of each output channel's weights, for kernels that read `stored ^ 0x80` as a signed
  /// byte: acc = bias + 128 * sum + sum over k of weight * (stored - 128).
  const int32_t *weight_sums;
  /// One number per output channel.
  const float *multiplier;
  /// What stands outside the image, by input channel modulo 4.
  uint8_t pad[4];
  /// Of the output; the clamp's bounds already contain it. Unused for float32 output.
  uint8_t zero_point;
  uint8_t low;
  uint8_t high;
  /// Output elements are float32 (logits) instead of uint8.
  bool float_output;
  /// Convolution: in every pair of neighbouring weights of a group, (0, 1) and (2, 3), the positive
  /// ones add up to at most 128 and the negative ones to at least -128, so that the two products of
  /// a pair with any bytes fit a 16-bit sum (`vpmaddubsw` does not saturate).
  bool pairs_fit;
} ck_conv;

/// A pooling operation; input and output have the same channels.
typedef struct ck_pool {
  ck_view input;
  ck_view output;
  ck_window window;
  /// Average only: input scale / output scale.
  float multiplier;
  uint8_t input_zero_point;
  uint8_t output_zero_point;
  /// Average only: divide by the window's size instead of the number of values inside the image.
  bool counts_padding;
} ck_pool;

/// A sum of two tensors of the same shape.
typedef struct ck_add {
  ck_view a;
  ck_view b;
  ck_view output;
  float multiplier_a;
  float multiplier_b;
  uint8_t zero_point_a;
  uint8_t zero_point_b;
  uint8_t output_zero_point;
  uint8_t low;
  uint8_t high;
} ck_add;

/// The product of two tensors of the same shape, or of `a` with one pixel of factors.
typedef struct ck_mul {
  ck_view a;
  /// The shape of `a`, or, with `repeats`, one pixel that meets every pixel of `a`.
  ck_view b;
  ck_view output;
  bool repeats;
  /// Scale of a times scale of b / output scale.
  float multiplier;
  uint8_t zero_point_a;
  uint8_t zero_point_b;
  uint8_t output_zero_point;
  uint8_t low;
  uint8_t high;
} ck_mul;

/// A byte by byte map; input and output have the same shape.
typedef struct ck_map {
  ck_view input;
  ck_view output;
  /// 256 entries; NULL copies.
  const uint8_t *table;
} ck_map;

/// One choice of kernels, made once at start.
typedef struct ck_kernels {
  /// Value of SINF_ISA that asks for this table.
  const char *isa;
  void (*u8i8_conv)(const ck_conv *operation);
  void (*u8i8_depthwise)(const ck_conv *operation);
  void (*u8_maxpool)(const ck_pool *operation);
  void (*u8_avgpool)(const ck_pool *operation);
  void (*u8_add)(const ck_add *operation);
  void (*u8_mul)(const ck_mul *operation);
  void (*u8_map)(const ck_map *operation);
  /// Runs the convolution's multiply-accumulate instructions `iterations` times on registers alone
  /// and returns the number of 8-bit multiply-accumulates done: the time it takes gives the peak
  /// that throughputs are shares of. NULL where the compiler chooses the instructions.
  uint64_t (*peak)(uint64_t iterations);
} ck_kernels;

/// The table called `isa`, or NULL where that name is unknown or this CPU can't run it.
/// "reference" is always there.
const ck_kernels *ck_kernels_named(const char *isa);

/// The fastest table this CPU can run. The environment variable SINF_ISA overrides the choice; a
/// value that `ck_kernels_named` refuses gives NULL.
const ck_kernels *ck_kernels_choose(void);

/// Number of tables that this CPU can run, and the one at `index`, the reference first.
size_t ck_kernels_count(void);
const ck_kernels *ck_kernels_at(size_t index);

/// What a panel of packed weights adds up to.
typedef struct ck_panel_sums {
  /// Of each channel, and of the weights' magnitudes.
  int64_t sums[CK_PANEL_CHANNELS];
  int64_t magnitudes[CK_PANEL_CHANNELS];
  /// The largest magnitude of a weight, 0 ... 128.
  int32_t most;
  /// The most that the weights of one sign in a pair of neighbours, (0, 1) or (2, 3), add up to.
  int32_t most_in_pair;
} ck_panel_sums;

/// Sums over one panel of 8 or 16 channels, `groups` groups of four weights each.
void ck_i8_panel_sums(const int8_t *weights, size_t groups, int32_t channels, ck_panel_sums *out);

/// e to the power of x, for x <= 0, the same bits on every machine; relative error below 1.2e-7.
/// Below -87 (and for a NaN) the result is 0.
float ck_f32_exp_ref(float x);

/// The sum over i of exp((x[i] - maximum) * scale), in order, where `maximum` is the largest x[i]:
/// the denominator of a softmax. `count` > 0, every x finite, scale > 0.
float ck_f32_softmax_sum_ref(const float *x, size_t count, float scale, float maximum);

/// The sum over the members, in order, of exp((x[member] - maximum) * scale): a cluster's part of
/// the denominator above. 0 for no members.
float ck_f32_member_sum_ref(const float *x, const uint16_t *members, size_t count, float scale,
                            float maximum);

/// Adds weight * scores[rows[i]] to each x[i]; rows NULL means rows[i] = i. The product is rounded
/// before it is added.
void ck_f32_add_scaled_ref(float *x, const float *scores, const uint16_t *rows, size_t count,
                           float weight);

/// Index of the largest value; the lowest index among equals. `count` > 0.
size_t ck_f32_argmax_ref(const float *x, size_t count);
