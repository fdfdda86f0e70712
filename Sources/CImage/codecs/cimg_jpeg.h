// The JPEG decoder's state between pictures.
#pragma once
#include <setjmp.h>
#include <stdio.h>
// stdio.h first: jpeglib.h names FILE.
#include <jpeglib.h>

#include "cimg_internal.h"

typedef struct cimg_jpeg_memory {
  struct jpeg_memory_mgr methods;  // first: libjpeg sees only this
  cimg_pool *pool;
  jvirt_barray_ptr arrays;
} cimg_jpeg_memory;

typedef struct cimg_jpeg {
  struct jpeg_decompress_struct codec;
  struct jpeg_error_mgr errors;
  struct jpeg_source_mgr bytes;
  struct jpeg_progress_mgr progress;
  struct jpeg_memory_mgr *start_memory;  // libjpeg's own manager: holds what creation allocated
  cimg_jpeg_memory memory;
  jmp_buf jump;
  cimg_frame *frame;  // while a picture is decoded
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
