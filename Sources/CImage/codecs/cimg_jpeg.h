// The JPEG decoder's state between pictures.
#pragma once
#include <setjmp.h>
#include <stdio.h>
// stdio.h first: jpeglib.h names FILE.
#include <jpeglib.h>

#include "cimg_internal.h"
#include "cimg_jpeg_feed.h"

typedef struct cimg_jpeg_memory {
  struct jpeg_memory_mgr methods;  // first: libjpeg sees only this
  cimg_pool *pool;
  jvirt_barray_ptr arrays;
  int array_count;
} cimg_jpeg_memory;

typedef struct cimg_jpeg {
  struct jpeg_decompress_struct codec;
  struct jpeg_error_mgr errors;
  struct jpeg_source_mgr bytes;
  struct jpeg_memory_mgr *start_memory;  // libjpeg's own manager: holds what creation allocated
  cimg_jpeg_memory memory;
  cimg_jpeg_feed feed;
  jmp_buf jump;
  cimg_frame *frame;  // while a picture is decoded
  bool is_whole;      // every block is decoded: nothing that follows matters
  uint8_t orientation;
} cimg_jpeg;

// Creates the codec, which allocates about 3 KB with malloc, then takes its memory from the pool.
// Also decodes a picture of one pixel, so that whatever libjpeg sets up at first use is set up.
bool cimg_jpeg_create(cimg_jpeg *jpeg, cimg_pool *pool, cimg_error *error);
void cimg_jpeg_destroy(cimg_jpeg *jpeg);
// One picture; frame->error says how it went.
void cimg_jpeg_decode(cimg_jpeg *jpeg, cimg_frame *frame);

void cimg_jpeg_memory_install(cimg_jpeg_memory *memory, cimg_pool *pool);
// Forgets what the last picture left in the codec, tables included: no picture's pixels depend on
// the pictures before it.
void cimg_jpeg_memory_reset(cimg_jpeg *jpeg);
// Upper bound of the bytes that decoding takes; dimensions and scale are known.
uint64_t cimg_jpeg_memory_estimate(j_decompress_ptr codec);

// Ends the picture as corrupt, in the data of a scan.
_Noreturn void cimg_jpeg_refuse(cimg_jpeg *jpeg, const char *message);
// NULL, or what is wrong with blocks of a component whose inverse transform comes next.
const char *cimg_jpeg_check_blocks(const jpeg_component_info *component, JBLOCKARRAY rows,
                                   JDIMENSION row_count, JDIMENSION blocks_per_row);
// Gives the tables of a sequential scan codes for what they leave open, so that a code that doesn't
// exist makes a block that is refused. False where they can't be given any.
bool cimg_jpeg_complete_codes(j_decompress_ptr codec);
// Has what a picture says of itself in APP1 (Exif) and APP2 (other pictures of the same file) read.
void cimg_jpeg_read_segments(cimg_jpeg *jpeg);
