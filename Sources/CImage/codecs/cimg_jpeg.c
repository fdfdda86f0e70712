// One JPEG picture through libjpeg-turbo (API 6.2): rows out, no picture in memory, no message
// printed, anything missing an error.
#include "cimg_jpeg.h"

#include <jerror.h>
#include <string.h>

// A sequential picture has at most 4 scans, a progressive one of the usual kind about 10. Each
// passes over all coefficients however few bytes it has: the limit bounds the time.
enum { MAXIMUM_SCANS = 100 };

static cimg_jpeg *owner(j_common_ptr codec) {
  return codec->client_data;
}

// --- errors

// Something is wrong with a segment, or missing where the picture ends.
static void stop(cimg_jpeg *jpeg, int32_t code, const char *message) {
  const cimg_jpeg_feed *feed = &jpeg->feed;
  if (feed->open_ended) {
    cimg_fail(jpeg->frame->error, CIMG_TRUNCATED, feed->end, "");
  } else {
    cimg_fail(jpeg->frame->error, code, feed->part, message);
  }
}

// Something is wrong with compressed data. Where it was noticed, and whether the end was seen by
// then, depends on what the codec had read ahead: the offset is that of the scan's data, and the
// text has the row.
static void stop_in_data(cimg_jpeg *jpeg, const char *message) {
  // An arithmetic decoder reads nothing ahead, and takes what is missing for zeros.
  if (jpeg->codec.arith_code && jpeg->feed.open_ended) {
    stop(jpeg, CIMG_TRUNCATED, message);
    return;
  }
  char text[JMSG_LENGTH_MAX + 40];
  snprintf(text, sizeof text, "%s (MCU row %u of %u)", message,
           (unsigned)jpeg->codec.input_iMCU_row, (unsigned)jpeg->codec.total_iMCU_rows);
  cimg_fail(jpeg->frame->error, CIMG_CORRUPT, jpeg->feed.data, text);
}

static int32_t code_of(int message) {
  switch (message) {
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
      return CIMG_UNSUPPORTED;
    default:
      return CIMG_CORRUPT;
  }
}

static void error_exit(j_common_ptr codec) {
  cimg_jpeg *jpeg = owner(codec);
  cimg_error *error = jpeg->frame->error;
  if (error->code != CIMG_OK) {
    // The first cause is known.
  } else if (codec->err->msg_code == JERR_OUT_OF_MEMORY) {
    const cimg_pool *pool = jpeg->memory.pool;
    uint64_t needed = pool->refused;
    if (jpeg->codec.output_width) {
      uint64_t estimate = cimg_jpeg_memory_estimate(&jpeg->codec);
      if (estimate > needed) needed = estimate;
    }
    cimg_fail_sizes(error, CIMG_MEMORY, needed, pool->size);
  } else {
    char message[JMSG_LENGTH_MAX] = "";
    codec->err->format_message(codec, message);
    switch (codec->err->msg_code) {
      case JWRN_HUFF_BAD_CODE:
      case JWRN_ARITH_BAD_CODE:
      case JERR_BAD_DCT_COEF:
        stop_in_data(jpeg, message);
        break;
      case JWRN_HIT_MARKER:
        if (jpeg->feed.open_ended) {
          stop(jpeg, CIMG_TRUNCATED, message);
        } else {
          stop_in_data(jpeg, message);
        }
        break;
      default:
        stop(jpeg, code_of(codec->err->msg_code), message);
    }
  }
  longjmp(jpeg->jump, 1);
}

// Level -1 is a warning. libjpeg would go on and fill in grey; here a picture is whole or refused.
// The exceptions don't change what a whole picture looks like: two header fields, spectral
// selection in a sequential scan's header (cameras leave zeros there), and bytes behind the last
// block of an interval, where nothing is missing.
static void emit_message(j_common_ptr codec, int level) {
  if (level >= 0) return;
  switch (codec->err->msg_code) {
    case JWRN_JFIF_MAJOR:
    case JWRN_ADOBE_XFORM:
    case JWRN_NOT_SEQUENTIAL:
    case JWRN_EXTRANEOUS_DATA:
      return;
    default:
      error_exit(codec);
  }
}

static void output_message(j_common_ptr codec) {
  (void)codec;
}

static _Noreturn void fail(cimg_jpeg *jpeg, int32_t code, const char *message) {
  stop(jpeg, code, message);
  longjmp(jpeg->jump, 1);
}

void cimg_jpeg_refuse(cimg_jpeg *jpeg, const char *message) {
  stop_in_data(jpeg, message);
  longjmp(jpeg->jump, 1);
}

// --- bytes

static void init_source(j_decompress_ptr codec) {
  (void)codec;
}

static uint64_t blocks_between_restarts(const cimg_jpeg *jpeg) {
  const struct jpeg_decompress_struct *codec = &jpeg->codec;
  if (codec->restart_interval) return (uint64_t)codec->restart_interval * D_MAX_BLOCKS_IN_MCU;
  uint64_t blocks = 0;
  // A scan without a frame has none; the codec refuses it.
  for (int i = 0; codec->comp_info && i < codec->num_components; i++) {
    const jpeg_component_info *part = &codec->comp_info[i];
    // Rounded up to whole MCUs.
    blocks += ((uint64_t)part->width_in_blocks + MAX_SAMP_FACTOR) *
              ((uint64_t)part->height_in_blocks + MAX_SAMP_FACTOR);
  }
  return blocks;
}

static boolean fill_input_buffer(j_decompress_ptr codec) {
  cimg_jpeg *jpeg = codec->client_data;
  if (cimg_jpeg_feed_needs_bound(&jpeg->feed))
    cimg_jpeg_feed_bound(&jpeg->feed, blocks_between_restarts(jpeg));
  const uint8_t *bytes;
  size_t count;
  if (!cimg_jpeg_feed_next(&jpeg->feed, &bytes, &count)) longjmp(jpeg->jump, 1);
  jpeg->bytes.next_input_byte = bytes;
  jpeg->bytes.bytes_in_buffer = count;
  return TRUE;
}

// Another marker than the restart marker that is due. libjpeg would guess what is missing.
static boolean refuse_restart(j_decompress_ptr codec, int due) {
  char message[80];
  snprintf(message, sizeof message, "found marker FF %02X, expected restart marker FF %02X",
           (unsigned)codec->unread_marker, 0xD0u + (unsigned)due);
  cimg_jpeg *jpeg = codec->client_data;
  if (jpeg->feed.open_ended) fail(jpeg, CIMG_TRUNCATED, message);
  cimg_jpeg_refuse(jpeg, message);
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

static void begin(cimg_jpeg *jpeg, cimg_frame *frame) {
  cimg_jpeg_memory_reset(jpeg);
  cimg_jpeg_feed_begin(&jpeg->feed, frame->source, frame->error);
  jpeg->bytes.bytes_in_buffer = 0;
  jpeg->frame = frame;
  jpeg->orientation = 0;
  jpeg->is_whole = false;
}

static bool decode_smallest(cimg_jpeg *jpeg, cimg_error *error) {
  uint8_t file[128];
  cimg_source source = cimg_source_from_memory(file, smallest_picture(file));
  cimg_frame frame = {.source = &source, .error = error};
  begin(jpeg, &frame);
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
                                         .resync_to_restart = refuse_restart,
                                         .term_source = init_source};
  codec->src = &jpeg->bytes;
  cimg_jpeg_read_segments(jpeg);
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

// Whether all of a picture in several scans came: in a sequential one each component's scan, in a
// progressive one the mean of every block, which is the least that a picture can do with. One that
// ends without EOI has to have all bits of all coefficients, since nothing else tells that no scan
// is missing.
static bool has_all_scans(const cimg_jpeg *jpeg, unsigned components_seen) {
  const struct jpeg_decompress_struct *codec = &jpeg->codec;
  if (!codec->progressive_mode) return components_seen == (1u << codec->num_components) - 1;
  int count = jpeg->feed.open_ended ? DCTSIZE2 : 1;
  for (int i = 0; i < codec->num_components; i++)
    for (int k = 0; k < count; k++)
      if (codec->coef_bits[i][k] < 0 || (jpeg->feed.open_ended && codec->coef_bits[i][k] > 0))
        return false;
  return true;
}

static unsigned components_of_scan(const struct jpeg_decompress_struct *codec) {
  unsigned seen = 0;
  for (int i = 0; i < codec->comps_in_scan; i++)
    seen |= 1u << codec->cur_comp_info[i]->component_index;
  return seen;
}

static void read_scans(cimg_jpeg *jpeg) {
  j_decompress_ptr codec = &jpeg->codec;
  unsigned seen = components_of_scan(codec);
  int event;
  while ((event = jpeg_consume_input(codec)) != JPEG_REACHED_EOI) {
    if (event != JPEG_REACHED_SOS) continue;
    if (codec->input_scan_number > MAXIMUM_SCANS)
      fail(jpeg, CIMG_UNSUPPORTED, "more than 100 scans");
    seen |= components_of_scan(codec);
  }
  if (!has_all_scans(jpeg, seen)) fail(jpeg, CIMG_CORRUPT, "no scan has one of the components");
}

// Whether there is one scan, whose tables are known, of the kind that has a fast decoder.
static bool has_fast_decoder(const cimg_jpeg *jpeg) {
  const struct jpeg_decompress_struct *codec = &jpeg->codec;
  if (codec->progressive_mode || codec->arith_code) return false;
  return codec->comps_in_scan == codec->num_components;
}

static void decode(cimg_jpeg *jpeg, cimg_frame *frame) {
  j_decompress_ptr codec = &jpeg->codec;
  // So that an estimate is only made of this picture.
  codec->output_width = 0;
  jpeg_read_header(codec, TRUE);
  // Previews lie in segments before the scan's header, which takes nearly any bytes for its last
  // ones; compressed data behind it look like no beginning. Where bytes lay between the segments,
  // these may be another picture's: one that was cut inside a segment swallowed its beginning.
  if (!jpeg->feed.strayed) frame->sure = jpeg->feed.part - (8 + 2 * (uint64_t)codec->comps_in_scan);
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
  // A guess at what isn't there, and another one in every version of the library.
  codec->do_block_smoothing = FALSE;
  // So that coefficients pass through this side's memory before they are transformed.
  codec->buffered_image = TRUE;
  codec->scale_num = 1;
  codec->scale_denom = scale_denominator(frame, codec, info->orientation);
  info->scale_denominator = (uint8_t)codec->scale_denom;
  jpeg_calc_output_dimensions(codec);

  JSAMPROW row = cimg_pool_take(frame->pool, (size_t)codec->output_width * 4);
  if (!row) ERREXIT1(codec, JERR_OUT_OF_MEMORY, 0);
  if (has_fast_decoder(jpeg) && cimg_jpeg_complete_codes(codec))
    cimg_jpeg_feed_quicken(&jpeg->feed);
  jpeg_start_decompress(codec);
  if (jpeg_has_multiple_scans(codec)) read_scans(jpeg);
  jpeg_start_output(codec, codec->input_scan_number);
  cimg_frame_begin(frame, codec->output_width, codec->output_height, kind);
  while (codec->output_scanline < codec->output_height) {
    uint32_t index = codec->output_scanline;
    jpeg_read_scanlines(codec, &row, 1);
    cimg_frame_row(frame, index, row, codec->output_width);
  }
  cimg_frame_finish(frame);
  // An arithmetic decoder takes what is missing for zeros, so that only EOI tells.
  jpeg->is_whole = !codec->arith_code;
  jpeg_finish_output(codec);
  jpeg_finish_decompress(codec);
  if (!jpeg->is_whole && jpeg->feed.open_ended) fail(jpeg, CIMG_TRUNCATED, "");
}

void cimg_jpeg_decode(cimg_jpeg *jpeg, cimg_frame *frame) {
  begin(jpeg, frame);
  if (setjmp(jpeg->jump) == 0) decode(jpeg, frame);
  if (jpeg->is_whole) *frame->error = (cimg_error){0};
  frame->is_open_ended = jpeg->feed.open_ended;
  jpeg->frame = NULL;
}
