// The decoder's block of memory, and the choice of the codec for a picture.
#include <string.h>

#include "cimg_internal.h"
#include "codecs/cimg_jpeg.h"
#include "codecs/cimg_png.h"

struct cimg_decoder {
  cimg_options options;
  cimg_resize resize;
  cimg_pool pool;
  cimg_jpeg jpeg;
};

static size_t table_bytes(const cimg_options *options) {
  return cimg_padded(sizeof(cimg_decoder)) + cimg_resize_bytes(options->width, options->height);
}

size_t cimg_decoder_bytes(const cimg_options *options) {
  return table_bytes(options) + cimg_padded(options->decoder_bytes);
}

static const char *broken_rule(const cimg_options *options) {
  if (options->width == 0 || options->height == 0) return "the input's size must be at least 1 x 1";
  if (options->order < CIMG_RGB || options->order > CIMG_GREY) return "unknown order of colours";
  if (options->fit != CIMG_COVER && options->fit != CIMG_STRETCH) return "unknown fit";
  if (options->crop_permille < 1 || options->crop_permille > 1000)
    return "the crop must be 1 to 1000 thousandths";
  return NULL;
}

cimg_decoder *cimg_decoder_create(void *memory, size_t bytes, const cimg_options *options,
                                  cimg_error *error) {
  *error = (cimg_error){0};
  const char *rule = broken_rule(options);
  if (!rule && (uintptr_t)memory % 64 != 0) rule = "the decoder's memory must be 64-byte aligned";
  if (rule) {
    cimg_fail(error, CIMG_OPTIONS, 0, rule);
    return NULL;
  }
  size_t tables = table_bytes(options);
  if (!memory || bytes < tables || bytes - tables < options->decoder_bytes) {
    cimg_fail_sizes(error, CIMG_MEMORY, tables + options->decoder_bytes, memory ? bytes : 0);
    return NULL;
  }
  cimg_decoder *decoder = memory;
  decoder->options = *options;
  cimg_resize_layout(&decoder->resize, options, (uint8_t *)memory + cimg_padded(sizeof *decoder));
  decoder->pool = (cimg_pool){.base = (uint8_t *)memory + tables, .size = options->decoder_bytes};
  return cimg_jpeg_create(&decoder->jpeg, &decoder->pool, error) ? decoder : NULL;
}

void cimg_decoder_destroy(cimg_decoder *decoder) {
  cimg_jpeg_destroy(&decoder->jpeg);
}

int32_t cimg_decode(cimg_decoder *decoder, cimg_source *source, uint8_t *input, cimg_info *info,
                    cimg_error *error) {
  *error = (cimg_error){0};
  uint64_t start = cimg_clock_ns();
  uint64_t read_before = source->read_ns;
  *info = (cimg_info){.orientation = 1, .offset = cimg_source_offset(source)};
  source->attached_begin = source->attached_end = 0;
  cimg_frame frame = {.options = &decoder->options,
                      .pool = &decoder->pool,
                      .resize = &decoder->resize,
                      .source = source,
                      .info = info,
                      .error = error,
                      .input = input,
                      .sure = info->offset + 2};

  size_t ahead = cimg_source_ahead(source, CIMG_SIGNATURE_BYTES);
  const uint8_t *bytes = source->buffer + source->position;
  info->format = ahead ? cimg_format_of(bytes, ahead) : 0;
  source->has_picture |= info->format != 0;
  if (ahead == 0) {
    cimg_fail_end(source, error);
    if (error->code == CIMG_TRUNCATED) error->code = CIMG_EMPTY;
  } else if (info->format == CIMG_FORMAT_JPEG) {
    cimg_jpeg_decode(&decoder->jpeg, &frame);
  } else if (info->format == CIMG_FORMAT_PNG) {
    cimg_png_decode(&frame);
  } else {
    cimg_fail(error, CIMG_UNKNOWN, cimg_source_offset(source), "");
    ahead = cimg_source_ahead(source, sizeof error->first_bytes);
    error->first_byte_count = (uint8_t)ahead;
    memcpy(error->first_bytes, source->buffer + source->position, ahead);
  }
  if (error->code == CIMG_OK) {
    source->attached_begin = info->attached_begin;
    source->attached_end = info->attached_end;
  }
  // Whatever was refused without a look at more than its signature is gone through no second time.
  if (info->format && cimg_source_offset(source) == info->offset &&
      source->filled > source->position)
    source->position++;
  info->byte_count = cimg_source_offset(source) - info->offset;
  if (error->code == CIMG_CORRUPT || error->code == CIMG_TRUNCATED || frame.is_open_ended)
    cimg_source_go_back(source, frame.sure);
  info->read_ns = source->read_ns - read_before;
  info->decode_ns = cimg_clock_ns() - start - info->read_ns - info->preprocess_ns;
  info->decoder_bytes = decoder->pool.peak;
  return error->code;
}

// libpng's own limit on either side of a picture.
enum { LONGEST_SIDE = 1000000 };

static const char *broken_pixel_rule(const cimg_pixels *pixels) {
  if (pixels->width == 0 || pixels->height == 0) return "a picture is at least 1 x 1 pixels";
  if (pixels->width > LONGEST_SIDE || pixels->height > LONGEST_SIDE)
    return "a picture is at most 1000000 pixels wide and high";
  if (pixels->order < CIMG_RGB || pixels->order > CIMG_GREY)
    return "the layout must be RGB, BGR or grey";
  if (pixels->stride < (size_t)pixels->width * (pixels->order == CIMG_GREY ? 1 : 3))
    return "the stride must be at least the bytes of a row";
  if (pixels->stride > PTRDIFF_MAX / pixels->height) return "the stride is too large";
  return NULL;
}

// Rows are changed in place by what follows, so a copy goes there.
static void copy_row(const cimg_pixels *pixels, uint32_t y, uint8_t *row) {
  const uint8_t *from = pixels->bytes + (size_t)y * pixels->stride;
  if (pixels->order != CIMG_BGR) {
    memcpy(row, from, (size_t)pixels->width * (pixels->order == CIMG_GREY ? 1 : 3));
    return;
  }
  for (size_t i = 0; i < (size_t)pixels->width * 3; i += 3) {
    row[i] = from[i + 2];
    row[i + 1] = from[i + 1];
    row[i + 2] = from[i];
  }
}

int32_t cimg_place(cimg_decoder *decoder, const cimg_pixels *pixels, uint8_t *input,
                   cimg_info *info, cimg_error *error) {
  *error = (cimg_error){0};
  *info = (cimg_info){
      .orientation = 1, .scale_denominator = 1, .width = pixels->width, .height = pixels->height};
  cimg_frame frame = {.options = &decoder->options,
                      .pool = &decoder->pool,
                      .resize = &decoder->resize,
                      .info = info,
                      .error = error,
                      .input = input};
  const char *rule = broken_pixel_rule(pixels);
  if (rule) {
    cimg_fail(error, CIMG_OPTIONS, 0, rule);
    return error->code;
  }
  if (!cimg_frame_check_pixels(&frame, pixels->width, pixels->height)) return error->code;
  cimg_pool_reset(&decoder->pool);
  uint8_t *row = cimg_pool_take(&decoder->pool, (size_t)pixels->width * 3);
  if (!row) {
    cimg_fail_sizes(error, CIMG_MEMORY, decoder->pool.refused, decoder->pool.size);
    return error->code;
  }
  cimg_frame_begin(&frame, pixels->width, pixels->height,
                   pixels->order == CIMG_GREY ? CIMG_ROW_GREY : CIMG_ROW_RGB);
  for (uint32_t y = 0; y < pixels->height; y++) {
    if (!cimg_resize_needs(&decoder->resize, y)) continue;
    copy_row(pixels, y, row);
    cimg_frame_row(&frame, y, row, pixels->width);
  }
  cimg_frame_finish(&frame);
  info->decoder_bytes = decoder->pool.peak;
  return error->code;
}
