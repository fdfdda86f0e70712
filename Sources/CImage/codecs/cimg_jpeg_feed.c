// Cameras leave bytes where the standard has none: before restart markers, between segments, before
// EOI. libjpeg counts them together with what its bit buffer had read ahead, which depends on the
// machine's word. So they are told apart here, by markers alone (T.81, B.1.1), before libjpeg sees
// anything: it gets the segments and the data, and what is missing shows when its decoder runs dry.
#include "cimg_jpeg_feed.h"

#include <string.h>

#include "cimg_jpeg_stretch.h"

enum { MARKER, SEGMENT, DATA, ENDED };
enum { SOI = 0xD8, EOI = 0xD9, SOS = 0xDA };
enum {
  // Of bytes between two segments, and behind an interval's last block: as many as a segment that
  // lost its marker can have.
  MOST_STRAY = 65537,
  // The longest code of a block: 64 codes of 16 bits with 15 more each, every byte stuffed.
  MOST_BLOCK = 512,
  // libjpeg-turbo has a second, faster decoder of Huffman codes, which overlooks codes that don't
  // exist. It takes over where 512 bytes for each block of an MCU are at hand. A verdict must not
  // depend on what happens to be buffered: where such codes may come, that much never is.
  MOST_AT_ONCE = 511,
  // Bits that a decoder may have read ahead, in bytes, and two more.
  READ_AHEAD = 10,
};

static uint64_t offset(const cimg_jpeg_feed *feed) {
  return cimg_source_offset(feed->source);
}

static const uint8_t *at(const cimg_jpeg_feed *feed) {
  return feed->source->buffer + feed->source->position;
}

static bool refuse(cimg_jpeg_feed *feed, int32_t code, const char *message) {
  cimg_fail(feed->error, code, offset(feed), message);
  return false;
}

void cimg_jpeg_feed_begin(cimg_jpeg_feed *feed, cimg_source *source, cimg_error *error) {
  *feed = (cimg_jpeg_feed){.source = source,
                           .error = error,
                           .state = SEGMENT,
                           .segment = SOI,
                           .left = 2,
                           .part = cimg_source_offset(source)};
}

void cimg_jpeg_feed_bound(cimg_jpeg_feed *feed, uint64_t blocks) {
  feed->interval_most = MOST_BLOCK * blocks + MOST_STRAY;
}

static bool give(cimg_jpeg_feed *feed, const uint8_t **bytes, size_t *count, size_t given) {
  *bytes = at(feed);
  *count = given;
  feed->source->position += given;
  return true;
}

static bool give_end(cimg_jpeg_feed *feed, const uint8_t **bytes, size_t *count) {
  static const uint8_t end[2] = {0xFF, EOI};
  if (feed->state != ENDED) {
    feed->open_ended = true;
    feed->end = offset(feed);
    feed->state = ENDED;
  }
  *bytes = end;
  *count = sizeof end;
  return true;
}

// Where the source ends: an end of the picture only behind compressed data.
static bool run_out(cimg_jpeg_feed *feed, const uint8_t **bytes, size_t *count) {
  cimg_source *source = feed->source;
  source->position = source->filled;
  if (source->system_error || !feed->scanned) {
    cimg_fail_end(source, feed->error);
    return false;
  }
  return give_end(feed, bytes, count);
}

// Whether a segment of this marker is known; SOI, EOI and restart markers are none.
static bool is_segment(uint8_t marker) {
  return (marker >= 0xC0 && marker <= 0xCF) || (marker >= SOS && marker <= 0xEF) ||
         marker == 0xF7 || marker == 0xF8 || marker == 0xFE;
}

static const char *unsupported_process(uint8_t marker) {
  switch (marker) {
    case 0xC3:
    case 0xCB:
      return "a lossless JPEG; baseline, extended and progressive ones are read";
    case 0xC5:
    case 0xC6:
    case 0xC7:
    case 0xCD:
    case 0xCE:
    case 0xCF:
    case 0xDE:
    case 0xDF:
      return "a hierarchical JPEG; baseline, extended and progressive ones are read";
    case 0xF7:
    case 0xF8:
      return "a JPEG-LS picture; baseline, extended and progressive JPEGs are read";
    default:
      return NULL;
  }
}

// The frame header as far as it says that the picture is of a kind that isn't read: length,
// precision, lines.
static bool is_readable_frame(cimg_jpeg_feed *feed) {
  if (cimg_source_ahead(feed->source, 9) < 9) return true;
  const uint8_t *header = at(feed);
  if (header[4] == 12 || header[4] == 16)
    return refuse(feed, CIMG_UNSUPPORTED, "a JPEG of 12 or 16 bits a sample; 8 are read");
  if (header[4] != 8) return refuse(feed, CIMG_CORRUPT, "JPEG samples are of 8 or 12 bits");
  if (header[5] == 0 && header[6] == 0)
    return refuse(feed, CIMG_UNSUPPORTED, "the number of lines comes behind the data (DNL)");
  return true;
}

// Looks for another picture in header bytes: previews end where they lie, a picture that was
// swallowed by the rest of one that is cut doesn't.
static void look_through(cimg_jpeg_feed *feed, const uint8_t *bytes, size_t count) {
  for (size_t i = 0; i < count; i++) {
    feed->tail = (feed->tail << 8 | bytes[i]) & 0xFFFFFF;
    if (feed->tail == 0xFFD8FF && feed->segment != SOI) feed->swallowed = true;
    if ((feed->tail & 0xFFFF) == 0xFFD9) feed->swallowed = false;
  }
}

// At a marker that begins a segment; four bytes are at hand.
static bool begin_segment(cimg_jpeg_feed *feed, uint8_t marker) {
  if (feed->stray > 0 && !feed->scanned) {
    look_through(feed, at(feed), 1);
    // The bytes that belong to no segment are the rest of a segment of the next picture.
    if (feed->swallowed) return refuse(feed, CIMG_TRUNCATED, "");
  }
  feed->swallowed = false;
  feed->tail = 0;
  const char *process = unsupported_process(marker);
  if (process) return refuse(feed, CIMG_UNSUPPORTED, process);
  uint32_t length = (uint32_t)at(feed)[2] << 8 | at(feed)[3];
  if (length < 2) return refuse(feed, CIMG_CORRUPT, "a segment's length is at least 2");
  bool frame = marker >= 0xC0 && marker <= 0xCA && marker != 0xC4 && marker != 0xC8;
  if (frame && !is_readable_frame(feed)) return false;
  feed->state = SEGMENT;
  feed->segment = marker;
  feed->left = 2 + length;
  feed->part = offset(feed);
  feed->stray = 0;
  return true;
}

// Looks at the byte or marker that stands between two segments; `bytes` are set where it ends the
// picture.
static bool between(cimg_jpeg_feed *feed, const uint8_t **bytes, size_t *count) {
  cimg_source *source = feed->source;
  if (feed->stray > MOST_STRAY) {
    if (feed->scanned) return give_end(feed, bytes, count);
    return refuse(feed, CIMG_CORRUPT, "more than 65537 bytes that belong to no segment");
  }
  // No more than a marker: behind EOI nothing is waited for.
  if (cimg_source_ahead(source, 2) < 2) return run_out(feed, bytes, count);
  const uint8_t *next = at(feed);
  uint8_t marker = next[0] == 0xFF ? next[1] : 0;
  if (marker == EOI) {
    feed->state = ENDED;
    return give(feed, bytes, count, 2);
  }
  if (marker == SOI && feed->scanned) return give_end(feed, bytes, count);
  if (marker == SOI && feed->segment != SOI) {
    // A picture begins before this one had any data; right behind another SOI it is only repeated.
    cimg_fail(feed->error, CIMG_TRUNCATED, offset(feed), "");
    return false;
  }
  if (is_segment(marker)) {
    if (cimg_source_ahead(source, 4) < 4) return run_out(feed, bytes, count);
    return begin_segment(feed, marker);
  }
  // The second byte may be the first of a marker.
  size_t step = next[0] == 0xFF && (marker == SOI || cimg_jpeg_is_restart(marker)) ? 2 : 1;
  if (!feed->scanned) look_through(feed, next, step);
  source->position += step;
  feed->stray += step;
  feed->strayed = true;
  return true;
}

// Length of the next data, at most as much as the codec may have. On the quick way it ends before
// 16 ones, so that no MCU that lies in it has them; what follows is given in small parts until they
// are behind what the codec has read ahead.
static size_t data_at_once(cimg_jpeg_feed *feed) {
  const uint8_t *first = at(feed);
  size_t available = feed->source->filled - feed->source->position;
  uint64_t rest = feed->interval_most + 1 - feed->interval;
  size_t most = rest < available ? (size_t)rest : available;
  cimg_jpeg_stretch ahead = {0, 0};
  if (feed->quick && !feed->careful) ahead = cimg_jpeg_stretch_ahead(first, available, most, true);
  if (ahead.length == 0) {
    if (most > MOST_AT_ONCE - 1) most = MOST_AT_ONCE - 1;
    ahead = cimg_jpeg_stretch_ahead(first, available, most, false);
    size_t last = ahead.length < READ_AHEAD ? ahead.length : READ_AHEAD;
    feed->careful = memchr(first + ahead.length - last, 0xFF, last) != NULL;
  }
  feed->interval = (ahead.since ? 0 : feed->interval) + ahead.length - ahead.since;
  return ahead.length;
}

static bool data(cimg_jpeg_feed *feed, const uint8_t **bytes, size_t *count) {
  cimg_source *source = feed->source;
  if (feed->interval > feed->interval_most) return give_end(feed, bytes, count);
  size_t ahead = cimg_source_ahead(source, 2);
  if (ahead == 0 || (ahead == 1 && at(feed)[0] == 0xFF)) return run_out(feed, bytes, count);
  size_t length = data_at_once(feed);
  if (length > 0) return give(feed, bytes, count, length);
  uint8_t marker = at(feed)[1];
  if (cimg_jpeg_is_restart(marker)) {
    feed->interval = 0;
    return give(feed, bytes, count, 2);
  }
  if (is_segment(marker) || marker == SOI || marker == EOI) {
    feed->state = MARKER;
    if (marker == SOI || marker == EOI) return true;
    // The codec may be some blocks behind what it reads ahead. It stops at a marker; what follows
    // is judged when it asks for that.
    feed->marker_given = true;
    *bytes = at(feed);
    *count = 2;
    return true;
  }
  if (marker == 0xFF) {
    // A fill byte.
    source->position++;
    feed->interval++;
    return true;
  }
  // A marker that doesn't exist: no data, nor is what follows it up to the next real marker.
  do {
    source->position++;
    feed->interval++;
    if (source->filled - source->position < 2 && cimg_source_ahead(source, 2) < 2)
      return run_out(feed, bytes, count);
    marker = at(feed)[0] == 0xFF ? at(feed)[1] : 0;
  } while (
      !(cimg_jpeg_is_restart(marker) || is_segment(marker) || marker == SOI || marker == EOI) &&
      feed->interval <= feed->interval_most);
  return true;
}

static bool segment(cimg_jpeg_feed *feed, const uint8_t **bytes, size_t *count) {
  cimg_source *source = feed->source;
  if (feed->marker_given) {
    feed->marker_given = false;
    source->position += 2;
    feed->left -= 2;
  }
  size_t ahead = source->filled - source->position;
  if (ahead == 0) {
    if (!cimg_source_refill(source)) return run_out(feed, bytes, count);
    ahead = source->filled - source->position;
  }
  size_t length = ahead < feed->left ? ahead : feed->left;
  feed->left -= (uint32_t)length;
  if (!feed->scanned) look_through(feed, at(feed), length);
  give(feed, bytes, count, length);
  if (feed->left > 0) return true;
  feed->state = MARKER;
  if (feed->segment == SOS) {
    feed->state = DATA;
    feed->scanned = true;
    feed->interval = 0;
    feed->interval_most = 0;
    feed->part = feed->data = offset(feed);
  }
  return true;
}

bool cimg_jpeg_feed_next(cimg_jpeg_feed *feed, const uint8_t **bytes, size_t *count) {
  *count = 0;
  while (*count == 0) {
    bool going = true;
    switch (feed->state) {
      case MARKER:
        going = between(feed, bytes, count);
        break;
      case SEGMENT:
        going = segment(feed, bytes, count);
        break;
      case DATA:
        going = data(feed, bytes, count);
        break;
      default:
        going = give_end(feed, bytes, count);
    }
    if (!going) return false;
  }
  return true;
}
