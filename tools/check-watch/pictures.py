"""Small valid pictures, each of which can be told from all others by what the watcher reports."""

import struct
import zlib


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width, height, total=None):
    """A grey PNG; of exactly `total` bytes where that is asked for and large enough."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + bytes([128]) * width) * height, 1)
    front = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head)
    back = chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    if total is None:
        return front + back
    room = total - len(front) - len(back) - 12
    if room < 0:
        raise ValueError(f"{total} bytes are too few for {width} x {height}")
    # An ancillary chunk that no reader knows: the padding that makes two pictures equally long.
    return front + chunk(b"siNf", bytes(room)) + back


def numbered(serial, total=None):
    """The picture of this number: width and height, both reported, spell it. Up to 32,767."""
    return png(*size_of(serial), total)


def size_of(serial):
    return 1 + serial % 128, 1 + serial // 128 % 256
