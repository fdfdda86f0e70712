// What libjpeg gets to read of a source: the segments and the compressed data of one picture,
// without the bytes that belong to neither (docs/images.md, "Whole or refused").
#pragma once
#include "cimg_internal.h"

typedef struct cimg_jpeg_feed {
  cimg_source *source;
  cimg_error *error;
  uint8_t state;
  uint8_t segment;         // marker of the segment that is handed out
  bool scanned;            // a scan's data has begun
  bool strayed;            // between segments lay bytes that belong to none
  bool marker_given;       // of the next segment, which itself isn't looked at yet
  uint32_t tail;           // of the header bytes so far, the last three
  bool swallowed;          // the segment has another picture's beginning in it, and no end
  bool quick;              // the codec may have more at once than its slow decoder needs
  bool careful;            // but not of what comes next
  bool open_ended;         // the picture ended without EOI, at `end`
  uint32_t left;           // bytes of the segment still to be handed out
  uint64_t data;           // offset of the last scan's data
  uint64_t part;           // offset of the segment or the scan's data that is handed out
  uint64_t stray;          // bytes between two segments that belong to nothing
  uint64_t interval_most;  // bytes that data between two restart markers can have; 0: not known yet
  uint64_t interval;       // bytes of such data so far
  uint64_t end;
} cimg_jpeg_feed;

// The source stands at the picture's first byte.
void cimg_jpeg_feed_begin(cimg_jpeg_feed *feed, cimg_source *source, cimg_error *error);
// The next bytes, at least one; the source stands behind them. False and the error where the source
// ends inside a segment, or what comes can be no part of a JPEG that is decoded here. A picture
// that ends otherwise than by EOI behind at least the beginning of a scan's data gets one: whether
// data is missing is for the codec to find.
bool cimg_jpeg_feed_next(cimg_jpeg_feed *feed, const uint8_t **bytes, size_t *count);
// Whether the scan's data is handed out, and its length has to be bounded now.
static inline bool cimg_jpeg_feed_needs_bound(const cimg_jpeg_feed *feed) {
  return feed->scanned && feed->interval_most == 0;
}
// From here on all data that is at hand may be given at once, but for what holds 16 ones in a row.
static inline void cimg_jpeg_feed_quicken(cimg_jpeg_feed *feed) {
  feed->quick = true;
}
// Blocks that lie between two restart markers, or in a scan where there are none.
void cimg_jpeg_feed_bound(cimg_jpeg_feed *feed, uint64_t blocks);
