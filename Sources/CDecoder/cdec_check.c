// What the decoding process says is a stranger's word: each field is copied once, then bounded by
// what an honest decoder could have said.
#include <string.h>

#include "cdec_internal.h"

static bool check_info(const cdec_process *process, uint64_t consumed, const cimg_info *info) {
  const cimg_options *options = &process->plan->options;
  if (info->format != CIMG_FORMAT_JPEG && info->format != CIMG_FORMAT_PNG) return false;
  if (info->orientation < 1 || info->orientation > 8) return false;
  if (info->scale_denominator != 1 && info->scale_denominator != 2 &&
      info->scale_denominator != 4 && info->scale_denominator != 8) {
    return false;
  }
  if (info->width == 0 || info->height == 0) return false;
  if ((uint64_t)info->width * info->height > options->maximum_pixels) return false;
  return consumed > 0;
}

/// Anything but printable ASCII becomes a question mark: what libraries say is in it.
static bool clean_message(cimg_error *error) {
  if (error->message_count >= CIMG_MESSAGE_BYTES) return false;
  for (size_t i = 0; i < error->message_count; i++) {
    if (error->message[i] < 0x20 || error->message[i] > 0x7E) error->message[i] = '?';
  }
  error->message[error->message_count] = 0;
  return true;
}

static bool check_error(const cdec_process *process, cimg_error *error) {
  const uint64_t needed = error->needed;
  error->system_error = 0;
  // It counts from the picture's beginning.
  if (error->offset > process->handed_out) return false;
  error->offset += process->start;
  if (!clean_message(error) || error->first_byte_count > sizeof error->first_bytes) return false;
  switch (error->code) {
    case CIMG_UNKNOWN:
      return error->first_byte_count > 0;
    case CIMG_TRUNCATED:
    case CIMG_CORRUPT:
    case CIMG_UNSUPPORTED:
      return true;
    case CIMG_MEMORY:
      error->available = process->decoder_bytes;
      return needed > error->available;
    case CIMG_PIXELS:
      error->available = process->plan->options.maximum_pixels;
      return needed > error->available;
    case CIMG_IO:
      // Whose number is known here.
      error->system_error = process->source.system_error;
      return error->system_error != 0;
    default:
      // CIMG_EMPTY is never asked about, CIMG_OPTIONS not here.
      return false;
  }
}

/// Pictures that belong to this one lie behind it, if anywhere; four bytes say where.
static void place_attached(const cdec_process *process, uint64_t consumed, cimg_info *info) {
  const uint64_t most = process->handed_out + 2 * (uint64_t)UINT32_MAX;
  const bool lies_behind = info->attached_begin >= consumed &&
                           info->attached_end > info->attached_begin && info->attached_end <= most;
  info->attached_begin = lies_behind ? process->start + info->attached_begin : 0;
  info->attached_end = lies_behind ? process->start + info->attached_end : 0;
}

bool cdec_check(const cdec_process *process, uint64_t consumed, uint64_t available_ns,
                cdec_result *result) {
  cimg_info *info = &result->info;
  if (consumed > process->handed_out) return false;
  const bool is_right = result->error.code == CIMG_OK ? check_info(process, consumed, info)
                                                      : check_error(process, &result->error);
  info->offset = process->start;
  // A picture without an end of its own is more than what isn't looked through again.
  if (info->byte_count < consumed || info->byte_count > process->handed_out) {
    info->byte_count = consumed;
  }
  place_attached(process, consumed, info);
  if (info->preprocess_ns > available_ns) info->preprocess_ns = available_ns;
  if (info->decode_ns > available_ns - info->preprocess_ns) {
    info->decode_ns = available_ns - info->preprocess_ns;
  }
  if (info->decoder_bytes > process->decoder_bytes) info->decoder_bytes = process->decoder_bytes;
  return is_right;
}
