// clang-format off
//
// usage: kernel-bench [NETWORK [ISA]]   speed of the kernels of every table that this CPU can run,
//                                       or of ISA's, layer by layer and network by network; NETWORK
//                                       is a part of a name
//        kernel-bench --digest          a digest of all kernels' answers for each table: the same
//                                       number for every table and on every machine
//
// clang -O2 -ISources/CKernels -ISources/CKernels/include Sources/CKernels/{*,*/*}.c tools/kernel-bench.c -o kernel-bench
//
// Every figure is the best of several runs on one core: others may use the machine. Convolutions
// are shown in 10^9 multiply-accumulates a second and as a share of the table's own peak, which a
// loop of its multiply instructions on registers measures; products with zero padding count, but a
// kernel may leave them out, so that small images can show more than 100 %. Other layers are shown
// in microseconds. Layers alone find their weights in the cache; the network's time is that of all
// layers one after the other, each with weights of its own.
// clang-format on

#include <ckernels.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "kernel-bench-networks.h"

static uint64_t state;

/// SplitMix64 (Steele, Lea, Flood 2014), `count` > 0.
static uint32_t below(uint32_t count) {
  uint64_t z = state += 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return (uint32_t)((z ^ (z >> 31)) >> 32) % count;
}

static uint8_t input[1 << 21], second[1 << 21], output[1 << 22];
static int8_t weights[1 << 25];
static int32_t bias[4096], weight_sums[4096];
static float multipliers[4096];

static ck_view view(uint8_t *bytes, int32_t height, int32_t width, int32_t channels,
                    int32_t element_bytes) {
  const ck_view view = {bytes, height, width, channels, (channels * element_bytes + 3) / 4 * 4};
  return view;
}

static size_t weight_bytes(const layer *l) {
  if (l->kind != CONVOLUTION && l->kind != DEPTHWISE) return 0;
  const size_t taps = (size_t)l->kernel * l->kernel;
  const size_t inputs = l->kind == DEPTHWISE ? 1 : (size_t)(l->in + 3) / 4 * 4;
  return taps * inputs * ((size_t)(l->out + 15) / 16 * 16);
}

static ck_conv convolution(const layer *l, const int8_t *packed) {
  const int32_t out_side = (l->side - 1) / l->stride + 1;
  const bool is_image = l->in == 3;
  const ck_conv call = {
      .input = view(input, l->side, l->side, l->in, 1),
      .output = view(output, out_side, out_side, l->out, l->is_float ? 4 : 1),
      .window = {l->kernel, l->kernel, l->stride, l->stride, (l->kernel - 1) / 2,
                 (l->kernel - 1) / 2},
      .weights = packed,
      .bias = bias,
      .weight_sums = weight_sums,
      .multiplier = multipliers,
      .pad = {is_image ? 124 : 0, is_image ? 116 : 0, is_image ? 104 : 0, 0},
      .zero_point = 0,
      .low = 0,
      .high = 255,
      .float_output = l->is_float,
      .pairs_fit = true,
  };
  return call;
}

static ck_pool pooling(const layer *l) {
  const int32_t out_side = (l->side - l->kernel) / l->stride + 1;
  const ck_pool call = {
      .input = view(input, l->side, l->side, l->in, 1),
      .output = view(output, out_side, out_side, l->in, 1),
      .window = {l->kernel, l->kernel, l->stride, l->stride, 0, 0},
      .multiplier = 1.25f,
      .output_zero_point = 3,
  };
  return call;
}

static ck_add addition(const layer *l) {
  const ck_add call = {
      .a = view(input, l->side, l->side, l->in, 1),
      .b = view(second, l->side, l->side, l->in, 1),
      .output = view(output, l->side, l->side, l->in, 1),
      .multiplier_a = 0.7f,
      .multiplier_b = 0.6f,
      .zero_point_a = 130,
      .zero_point_b = 120,
      .output_zero_point = 128,
      .high = 255,
  };
  return call;
}

static void run(const ck_kernels *kernels, const layer *l, const int8_t *packed) {
  const ck_conv conv = convolution(l, packed);
  const ck_pool pool = pooling(l);
  const ck_add add = addition(l);
  switch (l->kind) {
    case CONVOLUTION:
      kernels->u8i8_conv(&conv);
      break;
    case DEPTHWISE:
      kernels->u8i8_depthwise(&conv);
      break;
    case ADD:
      kernels->u8_add(&add);
      break;
    case MAX_POOL:
      kernels->u8_maxpool(&pool);
      break;
    case AVERAGE_POOL:
      kernels->u8_avgpool(&pool);
      break;
  }
}

static double macs(const layer *l) {
  const double pixels = (l->side - 1) / l->stride + 1;
  const double taps = (double)l->kernel * l->kernel;
  if (l->kind == CONVOLUTION) return pixels * pixels * taps * l->in * l->out;
  return l->kind == DEPTHWISE ? pixels * pixels * taps * l->in : 0;
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/// Seconds that one run of the layer takes: best of several times about a millisecond.
static double layer_seconds(const ck_kernels *kernels, const layer *l) {
  double best = 1e9;
  run(kernels, l, weights);
  for (int round = 0; round < 8; round++) {
    const double start = seconds();
    double end;
    int count = 0;
    do {
      run(kernels, l, weights);
      count++;
      end = seconds();
    } while (end - start < 0.002);
    if ((end - start) / count < best) best = (end - start) / count;
  }
  return best;
}

/// Seconds that all layers of the network take one after the other.
static double network_seconds(const ck_kernels *kernels, const network *net) {
  double best = 1e9;
  for (int round = 0; round < 60; round++) {
    const double start = seconds();
    const int8_t *packed = weights;
    for (int32_t i = 0; i < net->count; i++) {
      for (int32_t n = 0; n < net->layers[i].count; n++) {
        run(kernels, &net->layers[i], packed);
        packed += weight_bytes(&net->layers[i]);
      }
    }
    const double time = seconds() - start;
    if (time < best) best = time;
    if (best > 0.05 && round > 4) break;
  }
  return best;
}

/// Multiply-accumulates a second of the instructions alone; 0 where there is no such loop. Best of
/// many short runs, less than a millisecond each: longer ones seldom have a core to themselves.
static double peak(const ck_kernels *kernels) {
  if (!kernels->peak) return 0;
  double best = 0;
  for (int round = 0; round < 200; round++) {
    const double start = seconds();
    const double rate = (double)kernels->peak(25000) / (seconds() - start);
    if (rate > best) best = rate;
  }
  return best;
}

/// Speeds of all tables, or of the one called `isa`.
static void print_network(const network *net, const char *isa) {
  static const char *const names[] = {"conv", "depthwise", "add", "max pool", "average"};
  double total = 0, sum[16] = {0}, peaks[16];
  const ck_kernels *tables[16];
  size_t count = 0;
  for (size_t k = 0; k < ck_kernels_count(); k++) {
    if (!isa || strcmp(ck_kernels_at(k)->isa, isa) == 0) tables[count++] = ck_kernels_at(k);
  }
  printf("\n%s\n%-34s", net->name, "layer   side in out window stride");
  for (size_t k = 0; k < count; k++) {
    printf(" %17s", tables[k]->isa);
    peaks[k] = peak(tables[k]);
  }
  printf("\n%-34s", "peak, 10^9 MAC/s");
  for (size_t k = 0; k < count; k++) printf(" %10.1f       ", peaks[k] * 1e-9);
  printf("\n");
  for (int32_t i = 0; i < net->count; i++) {
    const layer *l = &net->layers[i];
    printf("%2d %-9s %4d %4d %4d %2d %d  ", l->count, names[l->kind], l->side, l->in, l->out,
           l->kernel, l->stride);
    total += macs(l) * l->count;
    for (size_t k = 0; k < count; k++) {
      const double time = layer_seconds(tables[k], l);
      sum[k] += time * l->count;
      if (l->kind != CONVOLUTION) {
        printf(" %10.1f us    ", time * 1e6);
      } else {
        printf(" %10.2f", macs(l) / time * 1e-9);
        printf(peaks[k] > 0 ? " %4.0f %%" : "       ", 100 * macs(l) / time / peaks[k]);
      }
    }
    printf("\n");
  }
  printf("%-34s", "sum of layers, ms");
  for (size_t k = 0; k < count; k++) printf(" %10.3f       ", sum[k] * 1e3);
  printf("\n%-34s", "network, ms");
  double times[16];
  for (size_t k = 0; k < count; k++) {
    times[k] = network_seconds(tables[k], net);
    printf(" %10.3f       ", times[k] * 1e3);
  }
  printf("\n%7.1f 10^6 MAC, 10^9 a second:   ", total * 1e-6);
  for (size_t k = 0; k < count; k++) {
    printf(" %10.2f", total / times[k] * 1e-9);
    printf(peaks[k] > 0 ? " %4.0f %%" : "       ", 100 * total / times[k] / peaks[k]);
  }
  printf("\n");
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

/// A convolution of any kind, all its numbers random.
static ck_conv random_convolution(const layer *l) {
  const bool pads_zero = below(2) == 0;
  const size_t bytes = weight_bytes(l);
  const bool pairs_fit = l->kind == CONVOLUTION && below(2) == 0;
  const int32_t most = pairs_fit ? 64 : 127;
  for (size_t i = 0; i < bytes; i++) {
    weights[i] = (int8_t)((int32_t)below((uint32_t)(2 * most + 1)) - most);
  }
  ck_conv call = convolution(l, weights);
  for (int32_t o = 0; o < l->out; o++) {
    bias[o] = (int32_t)below(200000) - 100000;
    multipliers[o] = (float)(1 + below(1000)) / (float)(1000 * 60 * (bytes / l->out + 1));
    weight_sums[o] = 0;
  }
  // Where a channel's weights lie is written in ckernels.h.
  const int32_t inputs = l->kind == DEPTHWISE ? 1 : (l->in + 3) / 4 * 4;
  const int32_t row = (l->out + 15) / 16 * 16;
  for (int32_t o = 0; o < l->out; o++) {
    for (int32_t k = 0; k < l->kernel * l->kernel * inputs; k++) {
      const int32_t width = l->out - o / 16 * 16 > 8 ? 16 : 8;
      const size_t panel = (size_t)(o / 16) * l->kernel * l->kernel * inputs * 16;
      weight_sums[o] += l->kind == DEPTHWISE
                            ? weights[(size_t)k * row + o]
                            : weights[panel + ((size_t)(k / 4) * width + o % 16) * 4 + k % 4];
    }
  }
  for (int32_t i = 0; i < 4; i++) call.pad[i] = pads_zero ? 0 : (uint8_t)below(256);
  call.zero_point = (uint8_t)below(256);
  call.low = (uint8_t)below(20);
  call.high = (uint8_t)(235 + below(20));
  call.pairs_fit = pairs_fit;
  return call;
}

static uint64_t digest_of(const ck_kernels *kernels) {
  uint64_t digest = 0xCBF29CE484222325u;
  state = 1;
  for (int32_t i = 0; i < 1 << 16; i++) {
    input[i] = (uint8_t)below(256);
    second[i] = (uint8_t)below(256);
  }
  for (int round = 0; round < 240; round++) {
    layer l = {
        .kind = round % 3 == 0 ? DEPTHWISE : CONVOLUTION,
        .side = 1 + (int32_t)below(9),
        .in = 1 + (int32_t)below(round % 4 == 0 ? 150 : 40),
        .out = 1 + (int32_t)below(100),
        .kernel = 1 + 2 * (int32_t)below(3),
        .stride = 1 + (int32_t)below(2),
        .is_float = round % 5 == 0,
    };
    if (l.kind == DEPTHWISE) l.out = l.in;
    const ck_conv call = random_convolution(&l);
    (l.kind == DEPTHWISE ? kernels->u8i8_depthwise : kernels->u8i8_conv)(&call);
    digest = absorb(digest, &call.output, l.is_float ? 4 : 1);

    const int32_t side = l.side, in = l.in;
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
    ck_map map = {view(input, side, side, in, 1), view(output, side, side, in, 1),
                  round % 2 == 0 ? second : NULL};
    kernels->u8_map(&map);
    digest = absorb(digest, &map.output, 1);
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

int main(int argc, char **argv) {
  if (argc == 2 && strcmp(argv[1], "--digest") == 0) {
    for (size_t i = 0; i < ck_kernels_count(); i++) {
      const ck_kernels *kernels = ck_kernels_at(i);
      printf("%-10s %016llx\n", kernels->isa, (unsigned long long)digest_of(kernels));
    }
    return 0;
  }
  if (argc > 3 || (argc > 1 && argv[1][0] == '-')) {
    fprintf(stderr, "usage: kernel-bench [NETWORK [ISA] | --digest]\n");
    return 2;
  }
  for (size_t i = 0; i < sizeof input; i++) {
    input[i] = (uint8_t)below(256);
    second[i] = (uint8_t)below(256);
  }
  for (size_t i = 0; i < sizeof weights; i++) weights[i] = (int8_t)((int32_t)below(129) - 64);
  for (int32_t o = 0; o < 4096; o++) {
    bias[o] = (int32_t)below(20000) - 10000;
    multipliers[o] = (float)(1 + below(1000)) / 1e7f;
  }
  void (*const builders[])(network *) = {build_vgg16, build_resnet50, build_mobilenetv2,
                                         build_efficientnet_lite0, build_narrow};
  for (size_t i = 0; i < sizeof builders / sizeof *builders; i++) {
    network net = {0};
    builders[i](&net);
    if (argc < 2 || strstr(net.name, argv[1])) print_network(&net, argc > 2 ? argv[2] : NULL);
  }
  return 0;
}
