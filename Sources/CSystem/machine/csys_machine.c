#define _GNU_SOURCE
#include "csys_machine.h"

#include <sched.h>
#include <stdbool.h>
#include <string.h>
#include "csys_file.h"

// Not stdio: it would take buffers from the heap.

/// The file's first bytes as a string without trailing line ends and zeros; false where there is
/// none.
static bool read_text(const char *path, char *text, int capacity) {
  int count = csys_first_bytes(path, (uint8_t *)text, capacity - 1);
  while (count > 0 && (text[count - 1] == '\n' || text[count - 1] == '\0')) count--;
  if (count <= 0) return false;
  text[count] = '\0';
  return true;
}

/// A whole number behind the blanks, `base` 10 or 16 (with or without 0x); -1 where there is none.
static int64_t parse(const char *text, int base) {
  while (*text == ' ' || *text == '\t' || *text == ':') text++;
  if (base == 16 && text[0] == '0' && text[1] == 'x') text += 2;
  int64_t value = -1;
  for (;; text++) {
    const char lower = *text | 0x20;
    int digit;
    if (*text >= '0' && *text <= '9') {
      digit = *text - '0';
    } else if (base == 16 && lower >= 'a' && lower <= 'f') {
      digit = lower - 'a' + 10;
    } else {
      return value;
    }
    if (value > INT64_MAX / 32) return -1;
    value = (value < 0 ? 0 : value) * base + digit;
  }
}

/// Appends to a string in `capacity` bytes as much as fits.
static void append(char *text, size_t capacity, const char *more) {
  const size_t count = strlen(text);
  const size_t room = capacity - 1 - count, wanted = strlen(more);
  const size_t taken = wanted < room ? wanted : room;
  memcpy(text + count, more, taken);
  text[count + taken] = '\0';
}

static void append_number(char *text, size_t capacity, int number) {
  char digits[12];
  int at = sizeof digits - 1;
  digits[at] = '\0';
  do {
    digits[--at] = (char)('0' + number % 10);
    number /= 10;
  } while (number > 0);
  append(text, capacity, digits + at);
}

static int first_processor(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 0;
  for (int i = 0; i < CPU_SETSIZE; i++) {
    if (CPU_ISSET(i, &set)) return i;
  }
  return 0;
}

/// A file in the first usable processor's folder.
static bool read_processor_file(const char *name, char *text, int capacity) {
  char path[128] = "/sys/devices/system/cpu/cpu";
  append_number(path, sizeof path, first_processor());
  append(path, sizeof path, name);
  return read_text(path, text, capacity);
}

/// Behind the colon of the line that begins with `key` in /proc/cpuinfo, the first such line. All
/// processors have one; where kinds of cores are mixed the first one's is shown.
static bool read_cpuinfo(const char *key, char *value, int capacity) {
  char text[4096];
  if (!read_text("/proc/cpuinfo", text, sizeof text)) return false;
  const size_t length = strlen(key);
  for (const char *line = text; line; line = strchr(line, '\n')) {
    if (*line == '\n') line++;
    if (strncmp(line, key, length) != 0 || (line[length] != '\t' && line[length] != ' ')) continue;
    const char *from = strchr(line, ':');
    const char *end = strchr(line, '\n');
    if (!from || (end && from > end)) continue;
    from++;
    while (*from == ' ' || *from == '\t') from++;
    const size_t count = end ? (size_t)(end - from) : strlen(from);
    const size_t taken = count < (size_t)capacity - 1 ? count : (size_t)capacity - 1;
    memcpy(value, from, taken);
    value[taken] = '\0';
    return taken > 0;
  }
  return false;
}

/// Arm's own cores by the part number of MIDR (Arm's technical reference manuals).
static const char *arm_core(int64_t part) {
  switch (part) {
    case 0xC05:
      return "Cortex-A5";
    case 0xC07:
      return "Cortex-A7";
    case 0xC08:
      return "Cortex-A8";
    case 0xC09:
      return "Cortex-A9";
    case 0xC0F:
      return "Cortex-A15";
    case 0xD03:
      return "Cortex-A53";
    case 0xD04:
      return "Cortex-A35";
    case 0xD05:
      return "Cortex-A55";
    case 0xD07:
      return "Cortex-A57";
    case 0xD08:
      return "Cortex-A72";
    case 0xD09:
      return "Cortex-A73";
    case 0xD0A:
      return "Cortex-A75";
    case 0xD0B:
      return "Cortex-A76";
    case 0xD0C:
      return "Neoverse-N1";
    case 0xD0D:
      return "Cortex-A77";
    case 0xD41:
      return "Cortex-A78";
    default:
      return NULL;
  }
}

int csys_processor_name(char *text, int capacity) {
  char name[256] = "", value[160];
  if (read_cpuinfo("CPU part", value, sizeof value)) {
    const int64_t part = parse(value, 16);
    char implementer[16];
    const bool is_arm = read_cpuinfo("CPU implementer", implementer, sizeof implementer) &&
                        parse(implementer, 16) == 0x41;
    const char *core = is_arm ? arm_core(part) : NULL;
    if (!core) append(name, sizeof name, "CPU part ");
    append(name, sizeof name, core ? core : value);
    if (read_text("/proc/device-tree/model", value, sizeof value)) {
      append(name, sizeof name, " (");
      append(name, sizeof name, value);
      append(name, sizeof name, ")");
    }
  } else if (read_cpuinfo("model name", value, sizeof value) ||
             read_text("/proc/device-tree/model", value, sizeof value)) {
    append(name, sizeof name, value);
  }
  const size_t count = strlen(name) < (size_t)capacity ? strlen(name) : (size_t)capacity;
  memcpy(text, name, count);
  return (int)count;
}

int csys_governor(char *text, int capacity) {
  char value[64];
  if (!read_processor_file("/cpufreq/scaling_governor", value, sizeof value)) return 0;
  const size_t count = strlen(value) < (size_t)capacity ? strlen(value) : (size_t)capacity;
  memcpy(text, value, count);
  return (int)count;
}

int64_t csys_clock_kilohertz(void) {
  char text[64];
  if (read_processor_file("/cpufreq/scaling_cur_freq", text, sizeof text)) return parse(text, 10);
  // x86 without a frequency driver, as in virtual machines: whole MHz.
  if (!read_cpuinfo("cpu MHz", text, sizeof text)) return -1;
  const int64_t megahertz = parse(text, 10);
  return megahertz > 0 ? megahertz * 1000 : -1;
}

int64_t csys_temperature_millidegrees(void) {
  int64_t hottest = INT64_MIN;
  for (int zone = 0; zone < 32; zone++) {
    char path[64] = "/sys/class/thermal/thermal_zone", text[32];
    append_number(path, sizeof path, zone);
    append(path, sizeof path, "/temp");
    if (!read_text(path, text, sizeof text)) continue;
    const bool is_negative = text[0] == '-';
    const int64_t magnitude = parse(text + is_negative, 10);
    if (magnitude < 0) continue;
    const int64_t degrees = is_negative ? -magnitude : magnitude;
    if (degrees > hottest) hottest = degrees;
  }
  return hottest;
}

static bool read_cooling_file(int device, const char *name, char *text, int capacity) {
  char path[64] = "/sys/class/thermal/cooling_device";
  append_number(path, sizeof path, device);
  append(path, sizeof path, name);
  return read_text(path, text, capacity);
}

csys_throttling csys_read_throttling(void) {
  csys_throttling throttling = {-1, -1, -1};
  char text[64];
  if (read_processor_file("/thermal_throttle/core_throttle_count", text, sizeof text)) {
    throttling.events = parse(text, 10);
  }
  if (read_text("/sys/devices/platform/soc/soc:firmware/get_throttled", text, sizeof text) ||
      read_text("/sys/bus/platform/devices/soc:firmware/get_throttled", text, sizeof text)) {
    throttling.firmware_flags = parse(text, 16);
  }
  for (int device = 0; device < 32; device++) {
    if (!read_cooling_file(device, "/type", text, sizeof text)) continue;
    if (!strstr(text, "cpufreq")) continue;
    if (!read_cooling_file(device, "/cur_state", text, sizeof text)) continue;
    const int64_t state = parse(text, 10);
    if (state > throttling.cooling_state) throttling.cooling_state = state;
  }
  return throttling;
}
