// One JPEG picture through libjpeg-turbo (API 6.2): rows out, no picture in memory, no message
// printed, any damage an error.
#include "cimg_jpeg.h"

#include <jerror.h>
#include <string.h>

// A sequential picture has at most 4 scans, a progressive one of the usual kind about 10. Each
// passes over all coefficients however few bytes it has: the limit bounds the time.
enum { MAXIMUM_SCANS = 100 };

static cimg_jpeg *owner(j_common_ptr codec) {
  return codec->client_data;
}

// The source stands where libjpeg stands.
static void synchronise(cimg_jpeg *jpeg) {
  cimg_source *source = jpeg->frame->source;
  source->position = source->filled - jpeg->bytes.bytes_in_buffer;
}

// --- errors

static void error_exit(j_common_ptr codec) {
  cimg_jpeg *jpeg = owner(codec);
  cimg_error *error = jpeg->frame->error;
  if (error->code == CIMG_OK) {
    synchronise(jpeg);
    int32_t code = CIMG_CORRUPT;
    switch (codec->err->msg_code) {
      case JERR_OUT_OF_MEMORY: {
        const cimg_pool *pool = jpeg->memory.pool;
        uint64_t needed = pool->refused;
        if (jpeg->codec.output_width) {
          uint64_t estimate = cimg_jpeg_memory_estimate(&jpeg->codec);
          if (estimate > needed) needed = estimate;
        }
        cimg_fail_sizes(error, CIMG_MEMORY, needed, pool->size);
        break;
      }
      case JERR_ARITH_NOTIMPL:
      case JERR_BAD_PRECISION:
      case JERR_CCIR601_NOTIMPL:
      case JERR_COMPONENT_COUNT:
      case JERR_CONVERSION_NOTIMPL:
      case JERR_FRACT_SAMPLE_NOTIMPL:
      case JERR_IMAGE_TOO_BIG:
      case JERR_NOT_COMPILED:
      case JERR_NOTIMPL:
      case JERR_SOF_UNSUPPORTED:
        code = CIMG_UNSUPPORTED;
        break;
    }
    char message[JMSG_LENGTH_MAX] = "";
    codec->err->format_message(codec, message);
    cimg_fail(error, code, cimg_source_offset(jpeg->frame->source), message);
  }
  longjmp(jpeg->jump, 1);
}

// Level -1 is a warning. libjpeg would go on and fill in grey; here a picture is whole or refused.
// The two exceptions concern header fields that don't change what a whole picture looks like.
static void emit_message(j_common_ptr codec, int level) {
  if (level >= 0) return;
  int code = codec->err->msg_code;
  if (code == JWRN_JFIF_MAJOR || code == JWRN_ADOBE_XFORM) return;
  error_exit(codec);
}

static void output_message(j_common_ptr codec) {
  (void)codec;
}

static void fail(cimg_jpeg *jpeg, int32_t code, const char *message) {
  synchronise(jpeg);
  cimg_fail(jpeg->frame->error, code, cimg_source_offset(jpeg->frame->source), message);
  longjmp(jpeg->jump, 1);
}

static void limit_scans(j_common_ptr codec) {
  cimg_jpeg *jpeg = owner(codec);
  if (jpeg->codec.input_scan_number > MAXIMUM_SCANS)
    fail(jpeg, CIMG_UNSUPPORTED, "more than 100 scans");
}

// --- bytes

static void offer(cimg_jpeg *jpeg) {
  const cimg_source *source = jpeg->frame->source;
  jpeg->bytes.next_input_byte = source->buffer + source->position;
  jpeg->bytes.bytes_in_buffer = source->filled - source->position;
}

static void init_source(j_decompress_ptr codec) {
  (void)codec;
}

static boolean fill_input_buffer(j_decompress_ptr codec) {
  cimg_jpeg *jpeg = codec->client_data;
  cimg_source *source = jpeg->frame->source;
  source->position = source->filled;
  if (!cimg_source_refill(source)) {
    jpeg->bytes.bytes_in_buffer = source->filled - source->position;
    cimg_fail_end(source, jpeg->frame->error);
    longjmp(jpeg->jump, 1);
  }
  offer(jpeg);
  return TRUE;
}

static void skip_input_data(j_decompress_ptr codec, long count) {
  struct jpeg_source_mgr *bytes = codec->src;
  while (count > 0) {
    if (bytes->bytes_in_buffer == 0) fill_input_buffer(codec);
    size_t step = (size_t)count < bytes->bytes_in_buffer ? (size_t)count : bytes->bytes_in_buffer;
    bytes->next_input_byte += step;
    bytes->bytes_in_buffer -= step;
    count -= (long)step;
  }
}

// --- Exif

typedef struct segment {
  j_decompress_ptr codec;
  long left;
} segment;

static int segment_byte(void *context) {
  segment *segment = context;
  if (segment->left <= 0) return -1;
  struct jpeg_source_mgr *bytes = segment->codec->src;
  if (bytes->bytes_in_buffer == 0) fill_input_buffer(segment->codec);
  segment->left--;
  bytes->bytes_in_buffer--;
  return *bytes->next_input_byte++;
}

// An APP1 segment: two bytes of length (themselves included), then "Exif\0\0" and TIFF, or other
// things such as XMP. The first Exif segment counts.
static boolean read_app1(j_decompress_ptr codec) {
  cimg_jpeg *jpeg = codec->client_data;
  segment segment = {.codec = codec, .left = 2};
  int high = segment_byte(&segment);
  segment.left = (high << 8 | segment_byte(&segment)) - 2;
  if (segment.left < 0) ERREXIT(codec, JERR_BAD_LENGTH);
  static const char name[6] = "Exif\0";
  bool exif = true;
  for (int i = 0; i < 6 && exif; i++) exif = segment_byte(&segment) == (uint8_t)name[i];
  if (exif && jpeg->orientation == 0) {
    cimg_exif_reader reader = {.next = segment_byte, .context = &segment};
    jpeg->orientation = cimg_exif_orientation(reader);
  }
  skip_input_data(codec, segment.left);
  return TRUE;
}

// --- life

// A JPEG of one grey-valued pixel in three components, coded with the standard Huffman tables,
// which libjpeg-turbo assumes where a file has none. The 64 ones of its quantisation table stand
// between its two parts.
static size_t smallest_picture(uint8_t *to) {
  static const uint8_t head[] = {0xFF, 0xD8, 0xFF, 0xDB, 0, 67, 0};
  static const uint8_t tail[] = {0xFF, 0xC0, 0, 17, 8,    0,  1,    0,    1,    3,    1,    0x11, 0,
                                 2,    0x11, 0, 3,  0x11, 0,  0xFF, 0xDA, 0,    12,   3,    1,    0,
                                 2,    0,    3, 0,  0,    63, 0,    0x28, 0xA2, 0xBF, 0xFF, 0xD9};
  memcpy(to, head, sizeof head);
  memset(to + sizeof head, 1, 64);
  memcpy(to + sizeof head + 64, tail, sizeof tail);
  return sizeof head + 64 + sizeof tail;
}

static bool decode_smallest(cimg_jpeg *jpeg, cimg_error *error) {
  uint8_t file[128];
  cimg_source source = cimg_source_from_memory(file, smallest_picture(file));
  cimg_frame frame = {.source = &source, .error = error};
  cimg_jpeg_memory_reset(jpeg);
  jpeg->frame = &frame;
  offer(jpeg);
  if (setjmp(jpeg->jump) == 0) {
    jpeg_read_header(&jpeg->codec, TRUE);
    jpeg_start_decompress(&jpeg->codec);
    JSAMPROW row = cimg_pool_take(jpeg->memory.pool, 64);
    if (!row) ERREXIT1(&jpeg->codec, JERR_OUT_OF_MEMORY, 0);
    jpeg_read_scanlines(&jpeg->codec, &row, 1);
    jpeg_finish_decompress(&jpeg->codec);
  }
  cimg_jpeg_memory_reset(jpeg);
  jpeg->frame = NULL;
  return error->code == CIMG_OK;
}

bool cimg_jpeg_create(cimg_jpeg *jpeg, cimg_pool *pool, cimg_error *error) {
  memset(jpeg, 0, sizeof *jpeg);
  cimg_source nothing = cimg_source_from_memory(NULL, 0);
  cimg_frame frame = {.source = &nothing, .error = error};
  jpeg->frame = &frame;
  j_decompress_ptr codec = &jpeg->codec;
  codec->err = jpeg_std_error(&jpeg->errors);
  codec->client_data = jpeg;
  jpeg->errors.error_exit = error_exit;
  jpeg->errors.emit_message = emit_message;
  jpeg->errors.output_message = output_message;
  jpeg->memory.pool = pool;
  if (setjmp(jpeg->jump) != 0) return false;
  jpeg_create_decompress(codec);
  jpeg->start_memory = codec->mem;
  cimg_jpeg_memory_install(&jpeg->memory, pool);
  codec->mem = &jpeg->memory.methods;
  jpeg->bytes = (struct jpeg_source_mgr){.init_source = init_source,
                                         .fill_input_buffer = fill_input_buffer,
                                         .skip_input_data = skip_input_data,
                                         .resync_to_restart = jpeg_resync_to_restart,
                                         .term_source = init_source};
  codec->src = &jpeg->bytes;
  jpeg->progress.progress_monitor = limit_scans;
  codec->progress = &jpeg->progress;
  jpeg_set_marker_processor(codec, JPEG_APP0 + 1, read_app1);
  if (decode_smallest(jpeg, error)) return true;
  cimg_jpeg_destroy(jpeg);
  return false;
}

void cimg_jpeg_destroy(cimg_jpeg *jpeg) {
  jpeg->codec.mem = jpeg->start_memory;
  jpeg_destroy_decompress(&jpeg->codec);
}

// --- one picture

// The largest reduction that leaves the region at least twice the input's size on both axes: the
// halvings are done inside the inverse transform, the rest by averaging.
static unsigned scale_denominator(const cimg_frame *frame, j_decompress_ptr codec,
                                  uint8_t orientation) {
  const cimg_resize *resize = frame->resize;
  bool transposed = cimg_orientation_transposes(orientation);
  uint32_t columns = transposed ? resize->height : resize->width;
  uint32_t lines = transposed ? resize->width : resize->height;
  for (unsigned by = 8; by > 1; by /= 2) {
    cimg_region region = cimg_resize_region(resize, (codec->image_width + by - 1) / by,
                                            (codec->image_height + by - 1) / by, orientation);
    if (region.width >= 2 * columns && region.height >= 2 * lines) return by;
  }
  return 1;
}

static void decode(cimg_jpeg *jpeg, cimg_frame *frame) {
  j_decompress_ptr codec = &jpeg->codec;
  // So that an estimate is only made of this picture.
  codec->output_width = 0;
  jpeg_read_header(codec, TRUE);
  // Previews lie in segments before the scan's header, which takes nearly any bytes for its last
  // ones; compressed data behind it look like no beginning.
  synchronise(jpeg);
  frame->sure = cimg_source_offset(frame->source) - (8 + 2 * (uint64_t)codec->comps_in_scan);
  cimg_info *info = frame->info;
  info->width = codec->image_width;
  info->height = codec->image_height;
  info->orientation = jpeg->orientation ? jpeg->orientation : 1;
  if (!cimg_frame_check_pixels(frame, info->width, info->height)) longjmp(jpeg->jump, 1);

  int kind = CIMG_ROW_RGB;
  switch (codec->jpeg_color_space) {
    case JCS_GRAYSCALE:
      kind = CIMG_ROW_GREY;
      codec->out_color_space = JCS_GRAYSCALE;
      break;
    case JCS_RGB:
    case JCS_YCbCr:
      codec->out_color_space = JCS_RGB;
      break;
    case JCS_CMYK:
    case JCS_YCCK:
      kind = CIMG_ROW_CMYK;
      codec->out_color_space = JCS_CMYK;
      break;
    default:
      fail(jpeg, CIMG_UNSUPPORTED, "components of unknown colours");
  }
  codec->dct_method = JDCT_ISLOW;
  codec->do_fancy_upsampling = TRUE;
  codec->scale_num = 1;
  codec->scale_denom = scale_denominator(frame, codec, info->orientation);
  info->scale_denominator = (uint8_t)codec->scale_denom;
  jpeg_calc_output_dimensions(codec);

  JSAMPROW row = cimg_pool_take(frame->pool, (size_t)codec->output_width * 4);
  if (!row) ERREXIT1(codec, JERR_OUT_OF_MEMORY, 0);
  jpeg_start_decompress(codec);
  cimg_frame_begin(frame, codec->output_width, codec->output_height, kind);
  while (codec->output_scanline < codec->output_height) {
    uint32_t index = codec->output_scanline;
    jpeg_read_scanlines(codec, &row, 1);
    cimg_frame_row(frame, index, row, codec->output_width);
  }
  jpeg_finish_decompress(codec);
  cimg_frame_finish(frame);
}

void cimg_jpeg_decode(cimg_jpeg *jpeg, cimg_frame *frame) {
  cimg_jpeg_memory_reset(jpeg);
  jpeg->frame = frame;
  jpeg->orientation = 0;
  offer(jpeg);
  if (setjmp(jpeg->jump) == 0) decode(jpeg, frame);
  synchronise(jpeg);
  jpeg->frame = NULL;
}
