#include "check.h"
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static uint64_t state;

void begin_case(uint32_t number) {
  state = (uint64_t)number << 32;
}

uint32_t below(uint32_t count) {
  uint64_t z = state += 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return (uint32_t)((z ^ (z >> 31)) >> 32) % count;
}

static uint8_t *blocks[BLOCK_COUNT];

void map_blocks(void) {
  const size_t page = (size_t)sysconf(_SC_PAGESIZE);
  const size_t step = BLOCK_BYTES + page;
  uint8_t *bytes =
      mmap(NULL, BLOCK_COUNT * step + page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  bool failed = bytes == MAP_FAILED;
  for (int b = 0; b < BLOCK_COUNT && !failed; b++) {
    blocks[b] = bytes + page + (size_t)b * step;
    failed = mprotect(blocks[b], BLOCK_BYTES, PROT_READ | PROT_WRITE) != 0;
  }
  if (failed) {
    perror("kernel-check: memory");
    exit(2);
  }
}

uint8_t *place(block which, size_t bytes, bool at_start) {
  if (bytes > BLOCK_BYTES) {
    fprintf(stderr, "kernel-check: %zu bytes for a block of %d\n", bytes, BLOCK_BYTES);
    exit(2);
  }
  return at_start ? blocks[which] : blocks[which] + BLOCK_BYTES - bytes;
}

void fill(uint8_t *bytes, size_t count) {
  const uint32_t kind = below(8);
  for (size_t i = 0; i < count; i++) {
    switch (kind) {
      case 0:
        bytes[i] = 0;
        break;
      case 1:
        bytes[i] = 255;
        break;
      case 2:
        bytes[i] = i % 2 ? 255 : 0;
        break;
      case 3:
        bytes[i] = rarely(2) ? 0 : 255;
        break;
      default:
        bytes[i] = (uint8_t)below(256);
        break;
    }
  }
}

size_t view_bytes(const ck_view *view, int32_t element_bytes, int32_t multiple) {
  return ((size_t)view->height * view->width - 1) * view->pixel_stride +
         round_up(view->channels * element_bytes, multiple);
}

ck_view moved_view(const ck_view *view, block which, size_t bytes) {
  ck_view moved = *view;
  moved.bytes = place(which, bytes, false);
  return moved;
}

ck_view random_view(block which, int32_t height, int32_t width, int32_t channels,
                    int32_t element_bytes, int32_t multiple) {
  const int32_t others = rarely(2) ? 0 : 4 * (int32_t)below(9);
  ck_view view = {NULL, height, width, channels, round_up(channels * element_bytes, 4) + others};
  const size_t bytes = view_bytes(&view, element_bytes, multiple);
  view.bytes = place(which, bytes, rarely(4));
  return view;
}

window_case random_window(int32_t most_kernel) {
  const int32_t kernels[] = {1, 1, 1, 2, 3, 3, 3, 3, 4, 5, 5, 7, 9, 12};
  const int32_t sizes[] = {1, 1, 2, 2, 3, 4, 4, 5, 6, 7, 8, 9, 12, 17};
  window_case c;
  c.window.kernel_height = lesser(ONE_OF(kernels), most_kernel);
  c.window.kernel_width = rarely(3) ? lesser(ONE_OF(kernels), most_kernel) : c.window.kernel_height;
  c.window.stride_height = rarely(3) ? 1 + (int32_t)below(3) : 1;
  c.window.stride_width = rarely(3) ? 1 + (int32_t)below(3) : c.window.stride_height;
  const bool is_padded = !rarely(3);
  const uint32_t height = (uint32_t)c.window.kernel_height;
  const uint32_t width = (uint32_t)c.window.kernel_width;
  const int32_t pads[] = {
      is_padded ? (int32_t)below(height) : 0, is_padded ? (int32_t)below(width) : 0,
      is_padded ? (int32_t)below(height) : 0, is_padded ? (int32_t)below(width) : 0};
  c.window.pad_top = pads[0];
  c.window.pad_left = pads[1];
  c.height = ONE_OF(sizes);
  c.width = ONE_OF(sizes);
  const int32_t least_height = c.window.kernel_height - pads[0] - pads[2];
  const int32_t least_width = c.window.kernel_width - pads[1] - pads[3];
  if (c.height < least_height) c.height = least_height;
  if (c.width < least_width) c.width = least_width;
  c.output_height = (c.height - least_height) / c.window.stride_height + 1;
  c.output_width = (c.width - least_width) / c.window.stride_width + 1;
  return c;
}
