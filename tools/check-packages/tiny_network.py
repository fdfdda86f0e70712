"""usage: tiny_network.py FOLDER

Writes FOLDER/tiny.onnx, a network of two layers with weights of chance for pictures of 8 x 8 pixels
and three classes, and FOLDER/pictures, a folder of PNG pictures a class: enough for sinfc to compile.
The messages are written by hand, so that nothing of Python's ONNX is needed.
"""

import os
import random
import struct
import sys
import zlib

CLASSES = ("red", "green", "blue")
SIDE = 8
CHANNELS = 16


def varint(value):
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def field(number, value):
    """A field of a message: a whole number, or bytes of a text, a message or packed numbers."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


def tensor(name, shape, values):
    return b"".join(field(1, size) for size in shape) + field(2, 1) + field(8, name) + field(
        9, struct.pack(f"<{len(values)}f", *values))


def ints(name, values):
    return field(5, field(1, name) + b"".join(field(8, value) for value in values) + field(20, 7))


def node(kind, inputs, output, attributes=b""):
    return field(1, b"".join(field(1, name) for name in inputs) + field(2, output)
                 + field(3, output) + field(4, kind) + attributes)


def value(name, shape):
    sizes = b"".join(field(1, field(1, size)) for size in shape)
    return field(1, name) + field(2, field(1, field(1, 1) + field(2, sizes)))


def network():
    def chance(count):
        return [random.gauss(0, 0.3) for _ in range(count)]

    nodes = (
        node("Conv", ("image", "w1", "b1"), "conv",
             ints("kernel_shape", (3, 3)) + ints("pads", (1, 1, 1, 1)))
        + node("Relu", ("conv",), "relu") + node("GlobalAveragePool", ("relu",), "pool")
        + node("Flatten", ("pool",), "flat") + node("Gemm", ("flat", "w2", "b2"), "logits"))
    weights = b"".join(field(5, tensor(*words)) for words in (
        ("w1", (CHANNELS, 3, 3, 3), chance(CHANNELS * 27)), ("b1", (CHANNELS,), chance(CHANNELS)),
        ("w2", (CHANNELS, 3), chance(CHANNELS * 3)), ("b2", (3,), chance(3))))
    graph = (nodes + field(2, "tiny") + weights + field(11, value("image", (1, 3, SIDE, SIDE)))
             + field(12, value("logits", (1, 3))))
    return field(1, 8) + field(7, graph) + field(8, field(1, "") + field(2, 13))


def png(channel):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(
            ">I", zlib.crc32(kind + data))
    rows = b"".join(
        b"\0" + bytes(random.randrange(128, 256) if c == channel else random.randrange(128)
                      for _ in range(SIDE) for c in range(3)) for _ in range(SIDE))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def main(folder):
    random.seed(5)
    with open(os.path.join(folder, "tiny.onnx"), "wb") as file:
        file.write(network())
    for channel, name in enumerate(CLASSES):
        os.makedirs(os.path.join(folder, "pictures", name), exist_ok=True)
        for number in range(60):
            with open(os.path.join(folder, "pictures", name, f"{number}.png"), "wb") as file:
                file.write(png(channel))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    main(sys.argv[1])
