// What codecs ask of a frame: its size checked, its rows converted and resized.
#include "cimg_internal.h"

bool cimg_frame_check_pixels(cimg_frame *frame, uint32_t width, uint32_t height) {
  uint64_t pixels = (uint64_t)width * height;
  if (pixels <= frame->options->maximum_pixels) return true;
  cimg_fail_sizes(frame->error, CIMG_PIXELS, pixels, frame->options->maximum_pixels);
  return false;
}

void cimg_frame_begin(cimg_frame *frame, uint32_t width, uint32_t height, int kind) {
  bool grey = kind == CIMG_ROW_GREY || frame->options->order == CIMG_GREY;
  frame->kind = kind;
  cimg_resize_begin(frame->resize, width, height, frame->info->orientation, grey ? 1 : 3,
                    frame->input);
}

void cimg_frame_convert(const cimg_frame *frame, uint8_t *pixels, size_t count) {
  if (frame->kind == CIMG_ROW_GREY) return;
  if (frame->kind == CIMG_ROW_RGBA) cimg_color_composite(pixels, count, frame->options->background);
  if (frame->kind == CIMG_ROW_CMYK) cimg_color_cmyk(pixels, count);
  if (frame->options->order == CIMG_GREY) cimg_color_grey(pixels, count);
}

void cimg_frame_row(cimg_frame *frame, uint32_t row, uint8_t *pixels, uint32_t width) {
  if (!cimg_resize_needs(frame->resize, row)) return;
  uint64_t start = cimg_clock_ns();
  cimg_frame_convert(frame, pixels, width);
  cimg_resize_row(frame->resize, row, pixels);
  frame->info->preprocess_ns += cimg_clock_ns() - start;
}

void cimg_frame_finish(cimg_frame *frame) {
  uint64_t start = cimg_clock_ns();
  cimg_resize_finish(frame->resize);
  frame->info->preprocess_ns += cimg_clock_ns() - start;
}
