#include "tiled/conv_tile_lists.h"
#include "ymm.h"

// A convolution with 256-bit registers, 16 of them: six pixels of one panel, three pixels of two,
// twelve of a panel of 8. Whoever includes this provides `dot`, sums + products of 32 bytes, and
// gets `convolve`. Private to CKernels.

#define CK_INLINE static inline __attribute__((always_inline))

#define ck_v __m256i
#define CK_V_LANES 8
#define CK_V_PANEL 16
#define CK_V_AT_ONCE 4
#define ck_v_load ck_load_sums_ymm
#define ck_v_store ck_store_sums_ymm
#define ck_v_weigh ck_weigh_ymm
#define ck_v_splat ck_set_ymm
#define ck_v_dot dot
#define ck_v_limit ck_limit_ymm
#define ck_v_round ck_round_sums_ymm
#define ck_v_pack ck_pack_in_order_ymm
#define ck_v_put ck_put_ymm
#define CK_V_NAME(name) name##16
#include "tiled/conv_tile_sums.h"

#define ck_v __m256i
#define CK_V_LANES 8
#define CK_V_PANEL 8
#define CK_V_AT_ONCE 1
#define ck_v_load ck_load_sums_ymm
#define ck_v_store ck_store_sums_ymm
#define ck_v_weigh ck_weigh_ymm
#define ck_v_splat ck_set_ymm
#define ck_v_dot dot
#define ck_v_limit ck_limit_ymm
#define ck_v_round ck_round_sums_ymm
#define ck_v_pack ck_pack_in_order_ymm
#define ck_v_put ck_put_ymm
#define CK_V_NAME(name) name##8
#include "tiled/conv_tile_sums.h"

CK_TILE_SUMS_6(sum16, 2)
CK_TILE_SUMS_3(sum16, 4)
CK_TILE_SUMS_12(sum8, 1)

static void convolve(const ck_conv *op) {
  static const ck_tile_sum one_panel[] = {CK_TILE_LIST_6(sum16, 2)};
  static const ck_tile_sum two_panels[] = {CK_TILE_LIST_3(sum16, 4)};
  static const ck_tile_sum half_panel[] = {CK_TILE_LIST_12(sum8, 1)};
  static const ck_tile_shape shapes[] = {
      {1, 16, 6, one_panel}, {2, 16, 3, two_panels}, {1, 8, 12, half_panel}};
  static const ck_tiling tiling = {shapes, 3, 0};
  ck_conv_by_padded_tiles(op, &tiling);
}
