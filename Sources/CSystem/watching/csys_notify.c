#define _GNU_SOURCE
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "csys_service.h"

int csys_notify_open(void) {
  const char *name = getenv("NOTIFY_SOCKET");
  if (!name || (name[0] != '/' && name[0] != '@')) return -1;
  struct sockaddr_un address;
  memset(&address, 0, sizeof address);
  address.sun_family = AF_UNIX;
  const size_t length = strlen(name);
  if (length < 2 || length >= sizeof address.sun_path) return -1;
  memcpy(address.sun_path, name, length);
  // An abstract name begins with a zero, written as '@'.
  if (name[0] == '@') address.sun_path[0] = 0;
  const int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return -1;
  const socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
  if (connect(descriptor, (const struct sockaddr *)&address, size) == 0) return descriptor;
  close(descriptor);
  return -1;
}

void csys_notify_send(int descriptor, const void *text, size_t count) {
  if (descriptor >= 0 && send(descriptor, text, count, MSG_NOSIGNAL) < 0) {
    // The manager is away or its queue is full; the next message will do.
  }
}
