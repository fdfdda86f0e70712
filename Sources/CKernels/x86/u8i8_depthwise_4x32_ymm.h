#include "reference/reference.h"
#include "ymm.h"

// A depthwise convolution with 256-bit registers, 32 channels at a time. Whoever includes this
// provides `dot`, `weave` and `weave_weights` for CK_V_ROWS rows, and gets `convolve`. Private to
// CKernels.

#define CK_INLINE static inline __attribute__((always_inline))

#define ck_v __m256i
#define CK_V_BYTES 32
#define CK_V_NAME(name) name##_32
#define ck_v_get ck_get_ymm
#define ck_v_put ck_put_first_ymm
#define ck_v_set ck_set_ymm
#define ck_v_weave weave
#define ck_v_weave_weights weave_weights
#define ck_v_dot dot
#define ck_v_finish ck_finish_ymm
#include "tiled/depthwise_columns.h"

static void convolve(const ck_conv *op) {
  const int32_t channels = op->output.channels;
  if (!fits_32(op)) {
    ck_u8i8_depthwise_ref(op);
  } else if (channels < 32) {
    convolve_32(op, 0, channels);
  } else {
    // The last block overlaps the one before it: the same bytes are written twice.
    for (int32_t first = 0; first < channels; first += 32) {
      convolve_32(op, first + 32 <= channels ? first : channels - 32, 32);
    }
  }
}
