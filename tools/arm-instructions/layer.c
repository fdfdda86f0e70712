#include <ckernels.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// usage: layer TABLES|ISA HEIGHT CHANNELS OUTPUTS KERNEL STRIDE KIND CALLS
//
// The guest program of tools/arm-instructions.sh: calls one layer CALLS times with the kernels ISA
// and prints the multiply-accumulates of one call. KIND is `conv`, `depthwise` or `linear` (float
// output). With the one argument `tables` it prints the names of all tables but the reference.

static uint8_t input[1 << 20], output[1 << 20];
static int8_t weights[1 << 22];
static int32_t bias[1024], weight_sums[1024];
static float multiplier[1024];

int main(int argc, char **argv) {
  if (argc == 2 && strcmp(argv[1], "tables") == 0) {
    for (size_t i = 1; i < ck_kernels_count(); i++) printf("%s\n", ck_kernels_at(i)->isa);
    return 0;
  }
  const ck_kernels *kernels = argc == 9 ? ck_kernels_named(argv[1]) : NULL;
  if (!kernels) {
    fprintf(stderr, "usage: layer tables | ISA HEIGHT CHANNELS OUTPUTS KERNEL STRIDE KIND CALLS\n");
    return 2;
  }
  const int32_t side = atoi(argv[2]), in = atoi(argv[3]), out = atoi(argv[4]);
  const int32_t kernel = atoi(argv[5]), stride = atoi(argv[6]), calls = atoi(argv[8]);
  const bool is_depthwise = strcmp(argv[7], "depthwise") == 0;
  const bool is_linear = strcmp(argv[7], "linear") == 0;
  const int32_t out_side = (side - 1) / stride + 1;
  for (size_t i = 0; i < sizeof multiplier / sizeof *multiplier; i++) multiplier[i] = 0x1p-10f;
  const ck_conv call = {
      .input = {input, side, side, in, (in + 3) / 4 * 4},
      .output = {output, out_side, out_side, out, is_linear ? 4 * out : (out + 3) / 4 * 4},
      .window = {kernel, kernel, stride, stride, kernel / 2, kernel / 2},
      .weights = weights,
      .bias = bias,
      .weight_sums = weight_sums,
      .multiplier = multiplier,
      .high = 255,
      .float_output = is_linear,
      .pairs_fit = true,
  };
  for (int32_t i = 0; i < calls; i++) {
    (is_depthwise ? kernels->u8i8_depthwise : kernels->u8i8_conv)(&call);
  }
  printf("%lld\n",
         (long long)out_side * out_side * out * kernel * kernel * (is_depthwise ? 1 : in));
  return 0;
}
