#include "arm.h"

#if defined(__aarch64__)
#include "neon.h"

// Copy and lookup. `tbl` and `tbx` read tables of 64 bytes, sixteen values at a time; what lies
// outside becomes zero (tbl) or stays (tbx), so that four of them, each with 64 taken off, make a
// table of 256. ARMv7's tables of 32 bytes in half as many registers gain nothing over loads.

typedef struct ck_table256 {
  uint8x16x4_t quarter[4];
} ck_table256;

CK_INLINE uint8x16_t ck_lookup16(const ck_table256 *table, uint8x16_t x) {
  const uint8x16_t quarter = vdupq_n_u8(64);
  uint8x16_t found = vqtbl4q_u8(table->quarter[0], x);
#pragma clang loop unroll(full)
  for (int32_t i = 1; i < 4; i++) {
    x = vsubq_u8(x, quarter);
    found = vqtbx4q_u8(found, table->quarter[i], x);
  }
  return found;
}

static void look_up(const uint8_t *in, uint8_t *out, size_t count, const uint8_t *bytes) {
  ck_table256 table;
#pragma clang loop unroll(full)
  for (int32_t i = 0; i < 4; i++) table.quarter[i] = vld1q_u8_x4(bytes + 64 * i);
  size_t c = 0;
  for (; c + 16 <= count; c += 16) vst1q_u8(out + c, ck_lookup16(&table, vld1q_u8(in + c)));
  for (; c < count; c++) out[c] = bytes[in[c]];
}

static void map_run(const ck_map *op, const uint8_t *in, uint8_t *out, size_t count) {
  if (op->table) {
    look_up(in, out, count, op->table);
  } else if (in != out) {
    memcpy(out, in, count);
  }
}

void ck_u8_map_neon(const ck_map *op) {
  const int32_t channels = op->output.channels;
  const int32_t pixels = op->output.height * op->output.width;
  if (op->input.pixel_stride == channels && op->output.pixel_stride == channels) {
    map_run(op, op->input.bytes, op->output.bytes, (size_t)pixels * channels);
    return;
  }
  for (int32_t p = 0; p < pixels; p++) {
    map_run(op, op->input.bytes + (size_t)p * op->input.pixel_stride,
            op->output.bytes + (size_t)p * op->output.pixel_stride, channels);
  }
}
#endif
