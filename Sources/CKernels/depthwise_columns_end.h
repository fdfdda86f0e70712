// Forgets what depthwise_columns.h was included for, so that it can be included again.
#undef CK_V_ROWS
#undef ck_v
#undef CK_V_BYTES
#undef CK_V_NAME
#undef ck_v_get
#undef ck_v_put
#undef ck_v_set
#undef ck_v_weave
#undef ck_v_weave_weights
#undef ck_v_dot
#undef ck_v_finish
