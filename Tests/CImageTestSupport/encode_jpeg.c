#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include "cimage_test_support.h"

// A legal progressive script with as many scans as one component can have at two levels.
static int single_bands(jpeg_scan_info *scans, int levels) {
  int low = levels - 1, count = 0;
  scans[count++] = (jpeg_scan_info){.comps_in_scan = 1};
  for (int band = 1; band < DCTSIZE2; band++)
    scans[count++] = (jpeg_scan_info){.comps_in_scan = 1, .Ss = band, .Se = band, .Al = low};
  for (int band = 1; band < DCTSIZE2 && low > 0; band++)
    scans[count++] = (jpeg_scan_info){.comps_in_scan = 1, .Ss = band, .Se = band, .Ah = low};
  return count;
}

size_t test_jpeg_encode(const test_jpeg *picture, uint8_t *file, size_t capacity) {
  struct jpeg_compress_struct codec;
  struct jpeg_error_mgr errors;
  codec.err = jpeg_std_error(&errors);
  jpeg_create_compress(&codec);
  unsigned char *bytes = NULL;
  unsigned long count = 0;
  jpeg_mem_dest(&codec, &bytes, &count);
  static const struct {
    J_COLOR_SPACE in, out;
    int components;
  } spaces[] = {{JCS_UNKNOWN, JCS_UNKNOWN, 0}, {JCS_GRAYSCALE, JCS_GRAYSCALE, 1},
                {JCS_RGB, JCS_RGB, 3},         {JCS_RGB, JCS_YCbCr, 3},
                {JCS_CMYK, JCS_CMYK, 4},       {JCS_CMYK, JCS_YCCK, 4}};
  codec.image_width = picture->width;
  codec.image_height = picture->height;
  codec.input_components = spaces[picture->colors].components;
  codec.in_color_space = spaces[picture->colors].in;
  jpeg_set_defaults(&codec);
  jpeg_set_colorspace(&codec, spaces[picture->colors].out);
  jpeg_set_quality(&codec, picture->quality ? picture->quality : 90, TRUE);
  if (picture->horizontal) {
    for (int i = 1; i < codec.num_components; i++)
      codec.comp_info[i].h_samp_factor = codec.comp_info[i].v_samp_factor = 1;
    codec.comp_info[0].h_samp_factor = picture->horizontal;
    codec.comp_info[0].v_samp_factor = picture->vertical;
    if (codec.num_components == 4) {
      codec.comp_info[3].h_samp_factor = picture->horizontal;
      codec.comp_info[3].v_samp_factor = picture->vertical;
    }
  }
  codec.arith_code = picture->arithmetic ? TRUE : FALSE;
  codec.optimize_coding = picture->optimized ? TRUE : FALSE;
  codec.restart_in_rows = picture->restart_rows;
  if (picture->progressive) jpeg_simple_progression(&codec);
  jpeg_scan_info scans[2 * DCTSIZE2];
  if (picture->single_bands) {
    codec.num_scans = single_bands(scans, picture->single_bands);
    codec.scan_info = scans;
  }
  for (int i = 0; i < NUM_QUANT_TBLS; i++) {
    if (codec.quant_tbl_ptrs[i] && picture->omit_quantization)
      codec.quant_tbl_ptrs[i]->sent_table = TRUE;
    if (picture->omit_huffman) {
      if (codec.dc_huff_tbl_ptrs[i]) codec.dc_huff_tbl_ptrs[i]->sent_table = TRUE;
      if (codec.ac_huff_tbl_ptrs[i]) codec.ac_huff_tbl_ptrs[i]->sent_table = TRUE;
    }
  }
  jpeg_start_compress(&codec, FALSE);
  if (picture->app1) jpeg_write_marker(&codec, JPEG_APP0 + 1, picture->app1, picture->app1_bytes);
  size_t line = (size_t)picture->width * (size_t)codec.input_components;
  while (codec.next_scanline < codec.image_height) {
    JSAMPROW row = (JSAMPROW)picture->pixels + codec.next_scanline * line;
    jpeg_write_scanlines(&codec, &row, 1);
  }
  jpeg_finish_compress(&codec);
  jpeg_destroy_compress(&codec);
  if (count > capacity) abort();
  memcpy(file, bytes, count);
  free(bytes);
  return count;
}

int test_jpeg_decode(const uint8_t *file, size_t count, unsigned scale, uint8_t *pixels,
                     size_t capacity, uint32_t *width, uint32_t *height) {
  struct jpeg_decompress_struct codec;
  struct jpeg_error_mgr errors;
  codec.err = jpeg_std_error(&errors);
  jpeg_create_decompress(&codec);
  jpeg_mem_src(&codec, file, count);
  jpeg_read_header(&codec, TRUE);
  codec.scale_num = 1;
  codec.scale_denom = scale;
  jpeg_start_decompress(&codec);
  *width = codec.output_width;
  *height = codec.output_height;
  size_t line = (size_t)codec.output_width * (size_t)codec.output_components;
  if (line * codec.output_height > capacity) abort();
  while (codec.output_scanline < codec.output_height) {
    JSAMPROW row = pixels + codec.output_scanline * line;
    jpeg_read_scanlines(&codec, &row, 1);
  }
  int components = codec.output_components;
  jpeg_finish_decompress(&codec);
  jpeg_destroy_decompress(&codec);
  return components;
}
