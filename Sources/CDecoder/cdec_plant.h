// Faults that a test build plants in the decoding process, to see what they cost. The shipped
// program has none: CDEC_PLANTED is defined by `SINF_PLANTED=1 swift build` only
// (tools/check-decoder.sh).
#pragma once
#include "cdec_internal.h"

#ifdef CDEC_PLANTED
// Does what the picture's bytes ask for: "planted:crash", "planted:hang" and so on, among the first
// 96. True where info, error and consumed are now to be said.
bool cdec_plant(size_t count, const cdec_plan *plan);
#else
static inline bool cdec_plant(size_t count, const cdec_plan *plan) {
  (void)count;
  (void)plan;
  return false;
}
#endif
