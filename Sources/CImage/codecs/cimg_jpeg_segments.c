// What a JPEG says of itself in application segments: the orientation, and where other pictures of
// the same file lie.
#include <jerror.h>

#include "cimg_jpeg.h"

typedef struct segment {
  j_decompress_ptr codec;
  long left;
} segment;

static int segment_byte(void *context) {
  segment *segment = context;
  if (segment->left <= 0) return -1;
  struct jpeg_source_mgr *bytes = segment->codec->src;
  if (bytes->bytes_in_buffer == 0) segment->codec->src->fill_input_buffer(segment->codec);
  segment->left--;
  bytes->bytes_in_buffer--;
  return *bytes->next_input_byte++;
}

// At the segment's length, itself included: the segment without it.
static segment begin(j_decompress_ptr codec) {
  segment segment = {.codec = codec, .left = 2};
  int high = segment_byte(&segment);
  segment.left = (high << 8 | segment_byte(&segment)) - 2;
  return segment;
}

static bool has_name(segment *segment, const char *name, int count) {
  bool same = true;
  for (int i = 0; i < count && same; i++) same = segment_byte(segment) == (uint8_t)name[i];
  return same;
}

static void skip(segment *segment) {
  segment->codec->src->skip_input_data(segment->codec, segment->left);
}

// APP1: "Exif", 0, a byte that pads, and TIFF; or other things such as XMP. The first one counts.
static boolean read_app1(j_decompress_ptr codec) {
  cimg_jpeg *jpeg = codec->client_data;
  segment segment = begin(codec);
  if (has_name(&segment, "Exif", 5) && segment_byte(&segment) >= 0 && jpeg->orientation == 0) {
    cimg_exif_reader reader = {.next = segment_byte, .context = &segment};
    jpeg->orientation = cimg_exif_orientation(reader);
  }
  skip(&segment);
  return TRUE;
}

// APP2: "MPF", 0 and the index of a file with several pictures (CIPA DC-007, 5.1), whose offsets
// count from behind the name; or other things such as an ICC profile.
static boolean read_app2(j_decompress_ptr codec) {
  cimg_jpeg *jpeg = codec->client_data;
  segment segment = begin(codec);
  if (has_name(&segment, "MPF", 4)) {
    uint64_t start = jpeg->feed.part + 8;
    cimg_exif_reader reader = {.next = segment_byte, .context = &segment};
    cimg_info *info = jpeg->frame->info;
    if (info && cimg_exif_attached(reader, &info->attached_begin, &info->attached_end)) {
      info->attached_begin += start;
      info->attached_end += start;
    }
  }
  skip(&segment);
  return TRUE;
}

void cimg_jpeg_read_segments(cimg_jpeg *jpeg) {
  jpeg_set_marker_processor(&jpeg->codec, JPEG_APP0 + 1, read_app1);
  jpeg_set_marker_processor(&jpeg->codec, JPEG_APP0 + 2, read_app2);
}
