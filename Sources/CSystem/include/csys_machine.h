#pragma once

#include <stdint.h>

// What kind of machine this is and how it feels. Read from /proc and /sys, where a system may leave
// out any of it.

// The processor's name in UTF-8 as far as the kernel knows it: "Cortex-A53 (Raspberry Pi Zero 2 W
// Rev 1.0)". Copies at most `capacity` bytes without an end mark; returns how many, 0 for unknown.
int csys_processor_name(char *_Nonnull text, int capacity);

// The frequency governor of the first processor that this process may use, in the same manner.
int csys_governor(char *_Nonnull text, int capacity);

// That processor's clock now in kHz, or -1.
int64_t csys_clock_kilohertz(void);

// The hottest thermal zone in thousandths of a degree Celsius; INT64_MIN where there is none.
int64_t csys_temperature_millidegrees(void);

// What the machine says about having been slowed down.
typedef struct {
  // Events since the start, or -1. A difference means throttling in between.
  int64_t events;
  // Raspberry Pi: the firmware's word, or -1. Bits 0 to 3: under-voltage, frequency capped,
  // throttled, soft temperature limit now; bits 16 to 19: since the start.
  int64_t firmware_flags;
  // Steps by which the kernel's thermal governor holds the clock down now, 0 for not at all, or -1
  // where it does not govern clocks.
  int64_t cooling_state;
} csys_throttling;

csys_throttling csys_read_throttling(void);
