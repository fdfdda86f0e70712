// One PNG picture through libpng 1.6: rows out, no picture in memory (interlaced ones keep the
// input's cells instead), no message printed, anything missing or in doubt an error.
#include "cimg_png.h"

#include <png.h>
#include <setjmp.h>
#include <string.h>

typedef struct reader {
  cimg_frame *frame;
  png_structp codec;
  png_infop header;
  jmp_buf jump;
  bool in_rows;        // reading image data
  uint64_t rows_left;  // to be read, over all passes
  uint64_t rest;       // bytes of image data read since the last row was begun
} reader;

// Behind the last row a whole picture has the end of its compressed data, a few bytes. libpng would
// inflate and throw away whatever there is, a thousand times as much as it reads.
enum { MAXIMUM_REST = 16 << 10 };

static void give_up(reader *reader) {
  longjmp(reader->jump, 1);
}

// --- errors

static uint64_t base_bytes(const cimg_frame *frame) {
  // The codec's state, zlib's with its window of 32 KB, read buffers.
  enum { TABLES = 50 << 10 };
  return TABLES + 64 + (uint64_t)frame->info->width * 4;
}

// Upper bound of the bytes that decoding takes, once the header is known.
static uint64_t estimate(const reader *reader, png_const_infop header) {
  const cimg_frame *frame = reader->frame;
  uint64_t width = frame->info->width;
  uint64_t bytes = base_bytes(frame);
  uint64_t depth = png_get_bit_depth(reader->codec, header) == 16 ? 2 : 1;
  // The row as filtered and the row before, at the widest that a transformation makes it.
  bytes += 2 * (width * 4 * depth + 128);
  if (png_get_interlace_type(reader->codec, header) != PNG_INTERLACE_NONE)
    bytes += width * 3 + 64 + 8 * 3 * (uint64_t)frame->options->width * frame->options->height;
  return bytes;
}

static void fail_memory(const reader *reader, png_const_infop header) {
  const cimg_pool *pool = reader->frame->pool;
  uint64_t needed = pool->refused;
  if (header) {
    uint64_t whole = estimate(reader, header);
    if (whole > needed) needed = whole;
  }
  cimg_fail_sizes(reader->frame->error, CIMG_MEMORY, needed, pool->size);
}

static void on_error(png_structp codec, png_const_charp message) {
  reader *reader = png_get_error_ptr(codec);
  const cimg_source *source = reader->frame->source;
  // An allocation that failed is reported by whoever knows the header.
  if (!reader->frame->pool->refused)
    cimg_fail(reader->frame->error, CIMG_CORRUPT, cimg_source_offset(source), message);
  give_up(reader);
}

// Chunks that change no pixel here.
static const png_byte harmless[] =
    "bKGD\0cHRM\0gAMA\0hIST\0iCCP\0iTXt\0oFFs\0pCAL\0pHYs\0sBIT\0sCAL\0sPLT\0sRGB\0tEXt\0tIME\0"
    "zTXt\0cICP\0acTL\0fcTL\0fdAT";

static bool is_harmless(const char *name) {
  for (size_t i = 0; i < sizeof harmless; i += 5)
    if (memcmp(harmless + i, name, 4) == 0) return true;
  return false;
}

// What libpng passes over. In the image data, more of it than rows is surplus; a wrong checksum of
// all of it is doubt. Before it, optional chunks with a wrong checksum are dropped: all but those
// known to be harmless leave in doubt what the picture looks like, if only because the name itself
// may be what is damaged.
static void on_warning(png_structp codec, png_const_charp message) {
  reader *reader = png_get_error_ptr(codec);
  if (reader->in_rows) {
    if (strcmp(message, "IDAT: Extra compressed data") == 0) return;
    if (strcmp(message, "IDAT: Too much image data") == 0) return;
    on_error(codec, message);
  }
  if (strlen(message) > 4 && strcmp(message + 4, ": CRC error") == 0 && !is_harmless(message))
    on_error(codec, message);
}

// --- memory and bytes

// "IDAT" as png_get_io_chunk_type gives it.
enum { IMAGE_DATA = 0x49444154 };

static png_voidp allocate(png_structp codec, png_alloc_size_t bytes) {
  return cimg_pool_allocate(png_get_mem_ptr(codec), bytes);
}

static void release(png_structp codec, png_voidp memory) {
  cimg_pool_free(png_get_mem_ptr(codec), memory);
}

static void read_bytes(png_structp codec, png_bytep to, size_t count) {
  reader *reader = png_get_io_ptr(codec);
  cimg_source *source = reader->frame->source;
  if (reader->rows_left == 0 && png_get_io_chunk_type(codec) == IMAGE_DATA) {
    reader->rest += count;
    // The last row itself may be among it, at most 8 bytes a pixel when nothing compresses it.
    if (reader->rest > 8 * (uint64_t)reader->frame->info->width + MAXIMUM_REST)
      png_error(codec, "IDAT: Too much image data");
  }
  while (count > 0) {
    if (source->position == source->filled && !cimg_source_refill(source)) {
      cimg_fail_end(source, reader->frame->error);
      give_up(reader);
    }
    size_t step = source->filled - source->position;
    if (step > count) step = count;
    memcpy(to, source->buffer + source->position, step);
    source->position += step;
    to += step;
    count -= step;
  }
}

// --- Exif

typedef struct block {
  const uint8_t *bytes;
  size_t left;
} block;

static int block_byte(void *context) {
  block *block = context;
  if (block->left == 0) return -1;
  block->left--;
  return *block->bytes++;
}

// The chunk comes as it is, since libpng drops one that begins with "Exif", 0, 0, as JPEG has it.
static uint8_t orientation(const reader *reader) {
  png_unknown_chunkp chunks = NULL;
  int count = png_get_unknown_chunks(reader->codec, reader->header, &chunks);
  for (int i = 0; i < count; i++) {
    if (memcmp(chunks[i].name, "eXIf", 4) != 0) continue;
    block block = {.bytes = chunks[i].data, .left = chunks[i].size};
    if (block.left >= 6 && memcmp(block.bytes, "Exif\0", 6) == 0) {
      block.bytes += 6;
      block.left -= 6;
    }
    return cimg_exif_orientation((cimg_exif_reader){.next = block_byte, .context = &block});
  }
  return 1;
}

// --- one picture

// Chunks that don't change pixels here: skipped unread, whatever their size. eXIf is kept as it is.
static void choose_chunks(png_structp codec) {
  png_set_keep_unknown_chunks(codec, PNG_HANDLE_CHUNK_NEVER, harmless, sizeof harmless / 5);
  static const png_byte exif[] = "eXIf";
  png_set_keep_unknown_chunks(codec, PNG_HANDLE_CHUNK_ALWAYS, exif, 1);
}

static uint8_t *take(reader *reader, size_t bytes) {
  uint8_t *memory = cimg_pool_take(reader->frame->pool, bytes);
  if (memory) return memory;
  fail_memory(reader, reader->header);
  give_up(reader);
  return NULL;
}

// libpng finishes the image data together with the last row.
static void read_row(reader *reader, uint8_t *row) {
  reader->rows_left--;
  png_read_row(reader->codec, row, NULL);
}

static void read_rows(reader *reader, uint8_t *row) {
  const cimg_info *info = reader->frame->info;
  reader->rows_left = info->height;
  for (uint32_t y = 0; y < info->height; y++) {
    read_row(reader, row);
    cimg_frame_row(reader->frame, y, row, info->width);
  }
}

// The seven passes bring pixels in another order than rows. Resizing is a sum, so each row of a
// pass is added on its own, as a row of the picture that is black elsewhere.
static void read_passes(reader *reader, uint8_t *row) {
  cimg_frame *frame = reader->frame;
  const cimg_info *info = frame->info;
  size_t components = (size_t)frame->resize->components;
  uint8_t *spread = take(reader, info->width * components);
  cimg_resize_use_grid(frame->resize, take(reader, cimg_resize_grid_bytes(frame->resize)));
  for (int pass = 0; pass < 7; pass++)
    if (PNG_PASS_COLS(info->width, pass) > 0)
      reader->rows_left += PNG_PASS_ROWS(info->height, pass);
  for (int pass = 0; pass < 7; pass++) {
    uint32_t columns = PNG_PASS_COLS(info->width, pass);
    uint32_t rows = PNG_PASS_ROWS(info->height, pass);
    if (columns == 0) continue;
    memset(spread, 0, info->width * components);
    for (uint32_t i = 0; i < rows; i++) {
      read_row(reader, row);
      uint32_t y = PNG_ROW_FROM_PASS_ROW(i, pass);
      if (!cimg_resize_needs(frame->resize, y)) continue;
      uint64_t start = cimg_clock_ns();
      cimg_frame_convert(frame, row, columns);
      for (uint32_t j = 0; j < columns; j++)
        memcpy(spread + PNG_COL_FROM_PASS_COL(j, pass) * components, row + j * components,
               components);
      cimg_resize_row(frame->resize, y, spread);
      frame->info->preprocess_ns += cimg_clock_ns() - start;
    }
  }
}

static void decode(reader *reader) {
  cimg_frame *frame = reader->frame;
  png_structp codec = reader->codec;
  png_infop header = reader->header;
  cimg_info *info = frame->info;
  png_set_crc_action(codec, PNG_CRC_ERROR_QUIT, PNG_CRC_WARN_DISCARD);
  // Some encoders declare a smaller window than they use.
  png_set_option(codec, PNG_MAXIMUM_INFLATE_WINDOW, PNG_OPTION_ON);
  choose_chunks(codec);
  png_set_read_fn(codec, reader, read_bytes);
  png_read_info(codec, header);
  info->width = png_get_image_width(codec, header);
  info->height = png_get_image_height(codec, header);
  if (!cimg_frame_check_pixels(frame, info->width, info->height)) give_up(reader);
  // libpng drops an Exif block that it has no memory for; here that is no reason to lose a turn.
  if (frame->pool->refused) give_up(reader);
  info->orientation = orientation(reader);
  info->scale_denominator = 1;

  png_set_expand(codec);
  png_set_strip_16(codec);
  bool colored = png_get_color_type(codec, header) & PNG_COLOR_MASK_COLOR;
  bool alpha = png_get_color_type(codec, header) & PNG_COLOR_MASK_ALPHA ||
               png_get_valid(codec, header, PNG_INFO_tRNS);
  // Asked for in vain, it would double the rows' memory.
  if (alpha && !colored) png_set_gray_to_rgb(codec);
  reader->in_rows = true;
  bool interlaced = png_get_interlace_type(codec, header) != PNG_INTERLACE_NONE;
  png_start_read_image(codec);
  cimg_frame_begin(frame, info->width, info->height,
                   alpha     ? CIMG_ROW_RGBA
                   : colored ? CIMG_ROW_RGB
                             : CIMG_ROW_GREY);
  uint8_t *row = take(reader, (size_t)info->width * 4);
  if (interlaced) {
    read_passes(reader, row);
  } else {
    read_rows(reader, row);
  }
  cimg_frame_finish(frame);
  cimg_png_find_end(frame->source);
}

// The reader lies outside: what changes between setjmp and longjmp must not be this function's own.
static void run(reader *reader) {
  if (setjmp(reader->jump) != 0) return;
  reader->codec = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, reader, on_error, on_warning,
                                           reader->frame->pool, allocate, release);
  if (reader->codec) reader->header = png_create_info_struct(reader->codec);
  if (reader->header) decode(reader);
}

void cimg_png_decode(cimg_frame *frame) {
  // Made by a compressor of Apple's for its own decoder: other colours, other compressed data.
  if (cimg_source_ahead(frame->source, 16) == 16 &&
      memcmp(frame->source->buffer + frame->source->position + 12, "CgBI", 4) == 0) {
    cimg_fail(frame->error, CIMG_UNSUPPORTED, cimg_source_offset(frame->source) + 8,
              "an iPhone-optimised PNG (CgBI); 'pngcrush -revert-iphone-optimizations' undoes it");
    return;
  }
  cimg_pool_reset(frame->pool);
  reader reader = {.frame = frame};
  run(&reader);
  if (frame->error->code == CIMG_OK && frame->pool->refused)
    fail_memory(&reader, frame->info->width > 0 ? reader.header : NULL);
  // Everything libpng and zlib hold lies in the pool, so there is nothing to give back.
}
