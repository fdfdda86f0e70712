// usage: kernel-bench            throughput of the convolution of every table this CPU can run
//        kernel-bench --digest   a digest of all kernels' answers for each table: the same number
//                                for every table and on every machine
//
// clang -O2 -ISources/CKernels/include Sources/CKernels/*.c tools/kernel-bench.c -o kernel-bench

#include <ckernels.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static uint64_t state;

/// SplitMix64 (Steele, Lea, Flood 2014), `count` > 0.
static uint32_t below(uint32_t count) {
  uint64_t z = state += 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return (uint32_t)((z ^ (z >> 31)) >> 32) % count;
}

static uint8_t input[1 << 20], second[1 << 20], output[1 << 21];
static int8_t weights[1 << 23];
static int32_t bias[4096];
static float multipliers[4096];

static ck_view view(uint8_t *bytes, int32_t height, int32_t width, int32_t channels,
                    int32_t element_bytes) {
  const ck_view view = {bytes, height, width, channels, (channels * element_bytes + 3) / 4 * 4};
  return view;
}

static ck_conv convolution(int32_t side, int32_t in, int32_t out, int32_t kernel, int32_t stride,
                           bool depthwise, bool is_float) {
  const size_t taps = (size_t)kernel * kernel * (depthwise ? 1 : (in + 3) / 4 * 4);
  const size_t weight_count = taps * ((out + 15) / 16 * 16);
  const int32_t out_side = (side - 1) / stride + 1;
  for (int32_t i = 0; i < side * side * ((in + 3) / 4 * 4); i++) input[i] = (uint8_t)below(256);
  for (size_t i = 0; i < weight_count; i++) weights[i] = (int8_t)((int)below(255) - 127);
  for (int32_t o = 0; o < out; o++) {
    bias[o] = (int32_t)below(200000) - 100000;
    multipliers[o] = (float)(1 + below(1000)) / (float)(1000 * 60 * taps);
  }
  const ck_conv call = {
      .input = view(input, side, side, in, 1),
      .output = view(output, out_side, out_side, out, is_float ? 4 : 1),
      .window = {kernel, kernel, stride, stride, kernel / 2, kernel / 2},
      .weights = weights,
      .bias = bias,
      .multiplier = multipliers,
      .pad = {124, 116, 104, 128},
      .zero_point = 117,
      .low = (uint8_t)below(20),
      .high = (uint8_t)(235 + below(20)),
      .float_output = is_float,
  };
  return call;
}

/// FNV-1a over the output's channels.
static uint64_t absorb(uint64_t digest, const ck_view *view, int32_t element_bytes) {
  for (int32_t p = 0; p < view->height * view->width; p++) {
    for (int32_t c = 0; c < view->channels * element_bytes; c++) {
      digest = (digest ^ view->bytes[(size_t)p * view->pixel_stride + c]) * 0x100000001B3u;
    }
  }
  return digest;
}

static uint64_t digest_of(const ck_kernels *kernels) {
  uint64_t digest = 0xCBF29CE484222325u;
  state = 1;
  for (int round = 0; round < 120; round++) {
    const int32_t side = 1 + below(9), in = 1 + below(40), kernel = 1 + 2 * below(3);
    const bool depthwise = round % 3 == 0, is_float = round % 5 == 0;
    const int32_t out = depthwise ? in : 1 + (int32_t)below(50);
    ck_conv call = convolution(side, in, out, kernel, 1 + below(2), depthwise, is_float);
    (depthwise ? kernels->u8i8_depthwise : kernels->u8i8_conv)(&call);
    digest = absorb(digest, &call.output, is_float ? 4 : 1);

    ck_pool pool = {view(input, side, side, in, 1),
                    view(output, side, side, in, 1),
                    {3, 3, 1, 1, 1, 1},
                    (float)(1 + below(3000)) / 1000,
                    (uint8_t)below(256),
                    (uint8_t)below(256),
                    round % 2 == 0};
    kernels->u8_maxpool(&pool);
    digest = absorb(digest, &pool.output, 1);
    kernels->u8_avgpool(&pool);
    digest = absorb(digest, &pool.output, 1);

    for (int32_t i = 0; i < side * side * ((in + 3) / 4 * 4); i++) second[i] = (uint8_t)below(256);
    ck_add add = {view(input, side, side, in, 1),
                  view(second, side, side, in, 1),
                  view(output, side, side, in, 1),
                  (float)(1 + below(2000)) / 1000,
                  (float)(1 + below(2000)) / 1024,
                  (uint8_t)below(256),
                  (uint8_t)below(256),
                  (uint8_t)below(256),
                  0,
                  255};
    kernels->u8_add(&add);
    digest = absorb(digest, &add.output, 1);
  }
  for (int i = 0; i < 100000; i++) {
    float powers[2] = {ck_f32_exp_ref(-(float)below(90000) / 1000), 0};
    const float pair[2] = {(float)below(1000) / 100, (float)below(1000) / 100};
    powers[1] = ck_f32_softmax_sum_ref(pair, 2, 1.25f, pair[ck_f32_argmax_ref(pair, 2)]);
    memcpy(output, powers, sizeof powers);
    const ck_view both = view(output, 1, 1, 2, 4);
    digest = absorb(digest, &both, 4);
  }
  return digest;
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/// Best of several short runs, in 10^9 multiply-accumulates a second.
static double throughput(const ck_kernels *kernels, const ck_conv *call) {
  const double macs = (double)call->output.height * call->output.width * call->output.channels *
                      call->input.channels * call->window.kernel_height * call->window.kernel_width;
  double best = 0;
  kernels->u8i8_conv(call);
  for (int run = 0; run < 8; run++) {
    const double start = seconds();
    double end;
    int count = 0;
    do {
      kernels->u8i8_conv(call);
      count++;
      end = seconds();
    } while (end - start < 0.02);
    const double rate = macs * count / (end - start) * 1e-9;
    if (rate > best) best = rate;
  }
  return best;
}

int main(int argc, char **argv) {
  if (argc == 2 && strcmp(argv[1], "--digest") == 0) {
    for (size_t i = 0; i < ck_kernels_count(); i++) {
      const ck_kernels *kernels = ck_kernels_at(i);
      printf("%-10s %016llx\n", kernels->isa, (unsigned long long)digest_of(kernels));
    }
    return 0;
  }
  if (argc > 1) {
    fprintf(stderr, "usage: kernel-bench [--digest]\n");
    return 2;
  }
  const int32_t shapes[][4] = {{32, 3, 64, 3},   {32, 64, 64, 3},  {16, 128, 128, 3},
                               {8, 256, 256, 3}, {2, 512, 512, 3}, {1, 512, 100, 1},
                               {16, 64, 256, 1}, {16, 33, 40, 3}};
  printf("10^9 multiply-accumulates a second, best of 8\n%-24s", "side in out kernel");
  for (size_t i = 0; i < ck_kernels_count(); i++) printf(" %10s", ck_kernels_at(i)->isa);
  printf("\n");
  for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
    const int32_t *shape = shapes[s];
    const ck_conv call = convolution(shape[0], shape[1], shape[2], shape[3], 1, false, false);
    printf("%4d %5d %5d %3d      ", shape[0], shape[1], shape[2], shape[3]);
    for (size_t i = 0; i < ck_kernels_count(); i++) {
      printf(" %10.2f", throughput(ck_kernels_at(i), &call));
    }
    printf("\n");
  }
  return 0;
}
