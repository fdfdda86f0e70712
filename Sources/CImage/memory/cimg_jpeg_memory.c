// libjpeg's memory manager on the picture's pool. Both of libjpeg's pools are emptied together
// when the next picture begins: what it would keep from one to the next (quantisation and Huffman
// tables) is forgotten, so that memory doesn't grow and no picture borrows another's tables.
#include <string.h>

#include "codecs/cimg_jpeg.h"
#include <jerror.h>

// Rows are padded as libjpeg-turbo's own manager pads them: SIMD code writes whole vectors.
enum { ROW_PADDING = 64 };

// Coefficients of one component. A picture in one scan needs them for one row of MCUs at a time:
// `window` rows of blocks, which come again and again. One in several scans needs them all.
struct jvirt_barray_control {
  JBLOCKARRAY rows;
  JDIMENSION row_count;
  JDIMENSION blocks_per_row;
  JDIMENSION window;
  int component;
  jvirt_barray_ptr next;
};

static void *allocate(j_common_ptr codec, int pool_id, size_t bytes) {
  (void)pool_id;
  cimg_jpeg_memory *memory = (cimg_jpeg_memory *)codec->mem;
  void *block = cimg_pool_take(memory->pool, bytes);
  if (!block) ERREXIT1(codec, JERR_OUT_OF_MEMORY, 0);
  return block;
}

// Rows of `bytes` each, in one block behind their pointers.
static void *allocate_rows(j_common_ptr codec, size_t bytes, JDIMENSION count) {
  void **rows = allocate(codec, JPOOL_IMAGE, count * sizeof(void *));
  uint64_t total = (uint64_t)bytes * count;
  uint8_t *block = allocate(codec, JPOOL_IMAGE, total > SIZE_MAX ? SIZE_MAX : (size_t)total);
  for (JDIMENSION i = 0; i < count; i++, block += bytes) rows[i] = block;
  return rows;
}

static size_t padded_row(size_t samples) {
  return (samples + ROW_PADDING - 1) & ~(size_t)(ROW_PADDING - 1);
}

static JSAMPARRAY allocate_samples(j_common_ptr codec, int pool_id, JDIMENSION samples_per_row,
                                   JDIMENSION row_count) {
  (void)pool_id;
  return allocate_rows(codec, padded_row(samples_per_row), row_count);
}

static JBLOCKARRAY allocate_blocks(j_common_ptr codec, int pool_id, JDIMENSION blocks_per_row,
                                   JDIMENSION row_count) {
  (void)pool_id;
  return allocate_rows(codec, blocks_per_row * sizeof(JBLOCK), row_count);
}

// Only two-pass colour quantisation asks for whole pictures of samples, and nobody here for that.
static jvirt_sarray_ptr request_samples(j_common_ptr codec, int pool_id, boolean zeroed,
                                        JDIMENSION samples_per_row, JDIMENSION row_count,
                                        JDIMENSION access_rows) {
  (void)pool_id, (void)zeroed, (void)samples_per_row, (void)row_count, (void)access_rows;
  ERREXIT(codec, JERR_NOT_COMPILED);
  return NULL;
}

static JSAMPARRAY access_samples(j_common_ptr codec, jvirt_sarray_ptr array, JDIMENSION start,
                                 JDIMENSION count, boolean writable) {
  (void)array, (void)start, (void)count, (void)writable;
  ERREXIT(codec, JERR_BAD_VIRTUAL_ACCESS);
  return NULL;
}

// The coefficient controller asks once for each component, in their order.
static jvirt_barray_ptr request_blocks(j_common_ptr codec, int pool_id, boolean zeroed,
                                       JDIMENSION blocks_per_row, JDIMENSION row_count,
                                       JDIMENSION access_rows) {
  (void)zeroed, (void)access_rows;
  cimg_jpeg_memory *memory = (cimg_jpeg_memory *)codec->mem;
  jvirt_barray_ptr array = allocate(codec, pool_id, sizeof *array);
  *array = (struct jvirt_barray_control){.row_count = row_count,
                                         .blocks_per_row = blocks_per_row,
                                         .component = memory->array_count++,
                                         .next = memory->arrays};
  memory->arrays = array;
  return array;
}

static void zero(jvirt_barray_ptr array, JDIMENSION row_count) {
  memset(array->rows[0], 0, (size_t)row_count * array->blocks_per_row * sizeof(JBLOCK));
}

static const jpeg_component_info *component_of(j_common_ptr codec, jvirt_barray_ptr array) {
  return ((j_decompress_ptr)codec)->comp_info + array->component;
}

static void realize_arrays(j_common_ptr codec) {
  cimg_jpeg_memory *memory = (cimg_jpeg_memory *)codec->mem;
  bool whole = jpeg_has_multiple_scans((j_decompress_ptr)codec);
  for (jvirt_barray_ptr array = memory->arrays; array; array = array->next) {
    if (array->rows) continue;
    array->window =
        whole ? array->row_count : (JDIMENSION)component_of(codec, array)->v_samp_factor;
    array->rows = allocate_blocks(codec, JPOOL_IMAGE, array->blocks_per_row, array->window);
    zero(array, array->window);
  }
}

// libjpeg-turbo asks for a row of MCUs to write before its coefficients are decoded, and to read
// before they are transformed: where they are checked.
static JBLOCKARRAY access_blocks(j_common_ptr codec, jvirt_barray_ptr array, JDIMENSION start,
                                 JDIMENSION count, boolean writable) {
  bool is_window = array->window < array->row_count;
  JDIMENSION first = is_window ? start % array->window : start;
  if (!array->rows || start > array->row_count || count > array->row_count - start ||
      count > array->window - first)
    ERREXIT(codec, JERR_BAD_VIRTUAL_ACCESS);
  if (!writable) {
    const char *fault = cimg_jpeg_check_blocks(component_of(codec, array), array->rows + first,
                                               count, array->blocks_per_row);
    if (fault) cimg_jpeg_refuse(codec->client_data, fault);
  } else if (is_window) {
    // Decoding only writes what isn't 0.
    zero(array, array->window);
  }
  return array->rows + first;
}

// The pool is emptied when the next picture begins.
static void free_pool(j_common_ptr codec, int pool_id) {
  (void)pool_id;
  cimg_jpeg_memory *memory = (cimg_jpeg_memory *)codec->mem;
  memory->arrays = NULL;
  memory->array_count = 0;
}

static void self_destruct(j_common_ptr codec) {
  free_pool(codec, JPOOL_PERMANENT);
}

void cimg_jpeg_memory_install(cimg_jpeg_memory *memory, cimg_pool *pool) {
  *memory = (cimg_jpeg_memory){.methods = {.alloc_small = allocate,
                                           .alloc_large = allocate,
                                           .alloc_sarray = allocate_samples,
                                           .alloc_barray = allocate_blocks,
                                           .request_virt_sarray = request_samples,
                                           .request_virt_barray = request_blocks,
                                           .realize_virt_arrays = realize_arrays,
                                           .access_virt_sarray = access_samples,
                                           .access_virt_barray = access_blocks,
                                           .free_pool = free_pool,
                                           .self_destruct = self_destruct,
                                           .max_memory_to_use = 0,
                                           .max_alloc_chunk = 1000000000},
                               .pool = pool};
}

void cimg_jpeg_memory_reset(cimg_jpeg *jpeg) {
  jpeg_abort_decompress(&jpeg->codec);
  for (int i = 0; i < NUM_QUANT_TBLS; i++) jpeg->codec.quant_tbl_ptrs[i] = NULL;
  for (int i = 0; i < NUM_HUFF_TBLS; i++) {
    jpeg->codec.dc_huff_tbl_ptrs[i] = NULL;
    jpeg->codec.ac_huff_tbl_ptrs[i] = NULL;
  }
  cimg_pool_reset(jpeg->memory.pool);
}

static uint64_t round_up(uint64_t value, uint64_t unit) {
  return (value + unit - 1) / unit * unit;
}

// Follows what jdmainct.c, jdsample.c and jdcoefct.c ask for; the constants cover controllers,
// Huffman, range and colour tables, none of which depend on the picture's size.
uint64_t cimg_jpeg_memory_estimate(j_decompress_ptr codec) {
  enum { TABLES = 12 << 10, COMPONENT_TABLES = 4 << 10 };
  uint64_t bytes = TABLES + (uint64_t)codec->num_components * COMPONENT_TABLES;
  bytes += (uint64_t)codec->output_width * 4 + 64;
  uint64_t unit = (uint64_t)codec->min_DCT_scaled_size;
  boolean many_scans = jpeg_has_multiple_scans(codec);
  for (int i = 0; i < codec->num_components; i++) {
    const jpeg_component_info *part = &codec->comp_info[i];
    uint64_t row = padded_row((size_t)part->width_in_blocks * (size_t)part->DCT_scaled_size);
    uint64_t group = (uint64_t)part->v_samp_factor * (uint64_t)part->DCT_scaled_size / unit;
    // Two pointers for each row, the main controller's and its second list for context rows.
    bytes += group * (unit + 4) * (row + 3 * sizeof(void *));
    bytes += (uint64_t)codec->max_v_samp_factor *
             (padded_row(codec->output_width + (size_t)codec->max_h_samp_factor) + sizeof(void *));
    uint64_t rows = many_scans ? round_up(part->height_in_blocks, (uint64_t)part->v_samp_factor)
                               : (uint64_t)part->v_samp_factor;
    bytes +=
        rows * (round_up(part->width_in_blocks, (uint64_t)part->h_samp_factor) * sizeof(JBLOCK) +
                sizeof(void *));
  }
  return bytes;
}
