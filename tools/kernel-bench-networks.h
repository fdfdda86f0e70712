#pragma once
#include <stdint.h>
#include <string.h>

// The layers of four networks at batch 1, and what each width of a thinned one costs, for
// kernel-bench.c.

typedef enum kind { CONVOLUTION, DEPTHWISE, ADD, MAX_POOL, AVERAGE_POOL } kind;

/// `side` is the input's height and width; `kernel` is a window's.
typedef struct layer {
  kind kind;
  int32_t side, in, out, kernel, stride;
  /// How many times the network has it.
  int32_t count;
  bool is_float;
} layer;

enum { MOST_LAYERS = 96 };

typedef struct network {
  const char *name;
  int32_t count;
  layer layers[MOST_LAYERS];
} network;

static void append(network *net, kind kind, int32_t side, int32_t in, int32_t out, int32_t kernel,
                   int32_t stride) {
  const layer new = {kind, side, in, out, kernel, stride, 1, false};
  for (int32_t i = 0; i < net->count; i++) {
    layer same = net->layers[i];
    same.count = 1;
    if (memcmp(&same, &new, sizeof new) == 0) {
      net->layers[i].count++;
      return;
    }
  }
  net->layers[net->count++] = new;
}

static void append_classifier(network *net, int32_t in, int32_t classes) {
  append(net, CONVOLUTION, 1, in, classes, 1, 1);
  net->layers[net->count - 1].is_float = true;
}

/// VGG16 for CIFAR: images of 32x32, batch normalisation folded, one linear layer.
static void build_vgg16(network *net) {
  const int32_t widths[][3] = {
      {64, 64, 0}, {128, 128, 0}, {256, 256, 256}, {512, 512, 512}, {512, 512, 512}};
  int32_t in = 3, side = 32;
  net->name = "VGG16, 32x32";
  for (int32_t stage = 0; stage < 5; stage++, side /= 2) {
    for (int32_t i = 0; i < 3 && widths[stage][i] > 0; i++) {
      append(net, CONVOLUTION, side, in, widths[stage][i], 3, 1);
      in = widths[stage][i];
    }
    append(net, MAX_POOL, side, in, in, 2, 2);
  }
  append_classifier(net, in, 100);
}

/// ResNet50 for CIFAR: a 3x3 convolution of stride 1 in front.
static void build_resnet50(network *net) {
  const int32_t blocks[] = {3, 4, 6, 3};
  int32_t in = 64, side = 32;
  net->name = "ResNet50, 32x32";
  append(net, CONVOLUTION, side, 3, in, 3, 1);
  for (int32_t stage = 0; stage < 4; stage++) {
    const int32_t middle = 64 << stage, out = 4 * middle;
    for (int32_t block = 0; block < blocks[stage]; block++) {
      const int32_t stride = stage > 0 && block == 0 ? 2 : 1;
      append(net, CONVOLUTION, side, in, middle, 1, 1);
      append(net, CONVOLUTION, side, middle, middle, 3, stride);
      if (block == 0) append(net, CONVOLUTION, side, in, out, 1, stride);
      side /= stride;
      append(net, CONVOLUTION, side, middle, out, 1, 1);
      append(net, ADD, side, out, out, 1, 1);
      in = out;
    }
  }
  append(net, AVERAGE_POOL, side, in, in, side, side);
  append_classifier(net, in, 100);
}

/// One stage of inverted residuals.
static int32_t append_inverted(network *net, int32_t side, int32_t in, int32_t out,
                               int32_t expansion, int32_t kernel, int32_t stride, int32_t blocks) {
  for (int32_t block = 0; block < blocks; block++) {
    const int32_t middle = in * expansion;
    if (expansion > 1) append(net, CONVOLUTION, side, in, middle, 1, 1);
    append(net, DEPTHWISE, side, middle, middle, kernel, stride);
    side /= stride;
    append(net, CONVOLUTION, side, middle, out, 1, 1);
    if (block > 0) append(net, ADD, side, out, out, 1, 1);
    in = out;
    stride = 1;
  }
  return side;
}

/// A network of inverted residuals; rows of {expansion, channels, blocks, stride, kernel}.
static void build_inverted(network *net, const char *name, const int32_t rows[7][5]) {
  int32_t in = 32, side = 112;
  net->name = name;
  append(net, CONVOLUTION, 224, 3, in, 3, 2);
  for (int32_t row = 0; row < 7; row++) {
    const int32_t *r = rows[row];
    side = append_inverted(net, side, in, r[1], r[0], r[4], r[3], r[2]);
    in = r[1];
  }
  append(net, CONVOLUTION, side, in, 1280, 1, 1);
  append(net, AVERAGE_POOL, side, 1280, 1280, side, side);
  append_classifier(net, 1280, 1000);
}

static void build_mobilenetv2(network *net) {
  static const int32_t rows[7][5] = {{1, 16, 1, 1, 3}, {6, 24, 2, 2, 3}, {6, 32, 3, 2, 3},
                                     {6, 64, 4, 2, 3}, {6, 96, 3, 1, 3}, {6, 160, 3, 2, 3},
                                     {6, 320, 1, 1, 3}};
  build_inverted(net, "MobileNetV2, 224x224", rows);
}

static void build_efficientnet_lite0(network *net) {
  static const int32_t rows[7][5] = {{1, 16, 1, 1, 3}, {6, 24, 2, 2, 3},  {6, 40, 2, 2, 5},
                                     {6, 80, 3, 2, 3}, {6, 112, 3, 1, 5}, {6, 192, 4, 2, 5},
                                     {6, 320, 1, 1, 3}};
  build_inverted(net, "EfficientNet-Lite0, 224x224", rows);
}

/// What thinned networks are made of: 3x3 layers of few channels, pools and depthwise ones.
static void build_narrow(network *net) {
  static const int32_t widths[] = {8, 16, 24, 32, 40, 48, 56, 64, 96, 128};
  net->name = "Narrow layers, 32x32";
  append(net, CONVOLUTION, 32, 3, 16, 3, 1);
  append(net, CONVOLUTION, 32, 3, 24, 3, 1);
  append(net, CONVOLUTION, 32, 3, 64, 3, 1);
  for (int32_t side = 32; side >= 8; side /= 2) {
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
      append(net, CONVOLUTION, side, widths[i], widths[i], 3, 1);
    }
  }
  for (size_t i = 1; i < sizeof widths / sizeof *widths; i++) {
    append(net, MAX_POOL, 32, widths[i], widths[i], 2, 2);
    append(net, AVERAGE_POOL, 8, widths[i], widths[i], 8, 8);
    append(net, DEPTHWISE, 32, widths[i], widths[i], 3, 1);
  }
}
