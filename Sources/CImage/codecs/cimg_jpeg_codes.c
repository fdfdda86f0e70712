// Huffman codes that don't exist. libjpeg-turbo has two decoders: a slow one that reports them and
// a fast one, for MCUs whose bytes are all at hand, that takes them for zeros. So that both say the
// same, tables get codes for what they leave open, with a symbol that no picture survives: a
// coefficient of 15 bits (cimg_jpeg_blocks.c refuses it). What is left is 16 ones in a row, which
// no table may have; cimg_jpeg_feed.c has the slow decoder read those.
#include "cimg_jpeg.h"

enum { MOST_SYMBOLS = 256, LONGEST = 16, SIZE_15 = 0x0F };

// Appends codes (T.81, annex C) until only 16 ones are none, at most as many as may be. False where
// that takes more of them or more symbols than a table has, or the table is none; it is unchanged
// then.
static bool complete(JHUFF_TBL *table, unsigned most_added) {
  if (!table) return false;
  unsigned bits[LONGEST + 1] = {0}, symbols = 0, longest = 0;
  for (unsigned length = 1; length <= LONGEST; length++) {
    bits[length] = table->bits[length];
    symbols += bits[length];
    if (bits[length]) longest = length;
  }
  if (longest == 0 || symbols > MOST_SYMBOLS) return false;
  unsigned last = symbols;
  // The first code of a length that isn't taken, over all lengths.
  uint32_t next = 0;
  for (unsigned length = 1; length <= LONGEST; length++) {
    next = next << 1;
    // More codes than bits can tell apart: the codec refuses it.
    if (next + bits[length] >= 1u << length) return false;
    if (length >= longest) {
      unsigned added = (1u << length) - 1 - (next + bits[length]);
      bits[length] += added;
      symbols += added;
      if (bits[length] > UINT8_MAX || symbols > MOST_SYMBOLS) return false;
    }
    next += bits[length];
  }
  if (symbols - last > most_added) return false;
  for (unsigned length = longest; length <= LONGEST; length++)
    table->bits[length] = (UINT8)bits[length];
  for (; last < symbols; last++) table->huffval[last] = SIZE_15;
  return true;
}

bool cimg_jpeg_complete_codes(j_decompress_ptr codec) {
  // At an eighth nothing is kept of a block but its mean.
  unsigned most_added = codec->scale_denom == DCTSIZE ? 0 : MOST_SYMBOLS;
  for (int i = 0; i < codec->comps_in_scan; i++) {
    const jpeg_component_info *part = codec->cur_comp_info[i];
    if (part->dc_tbl_no < 0 || part->dc_tbl_no >= NUM_HUFF_TBLS) return false;
    if (part->ac_tbl_no < 0 || part->ac_tbl_no >= NUM_HUFF_TBLS) return false;
    if (!complete(codec->dc_huff_tbl_ptrs[part->dc_tbl_no], MOST_SYMBOLS)) return false;
    if (!complete(codec->ac_huff_tbl_ptrs[part->ac_tbl_no], most_added)) return false;
  }
  return true;
}
