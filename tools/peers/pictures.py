#!/usr/bin/env python3
"""Writes generated pictures as a labelled data set that `sinfc compile --data` reads.

    pictures.py --size 224 --classes 1000 --output FOLDER

The pictures are coloured noise of several scales with flat rectangles on it: smooth parts, texture
and edges, so that activations spread as they do on photographs. The labels mean nothing; ranges of
activations and times don't depend on them. Every class must have an image to fit, so the classes of
`train` share DISTINCT files by symbolic links; `test` has the least that the compiler accepts.
"""

import argparse
import pathlib
import struct
import zlib

import numpy as np

DISTINCT = 100
TESTED_CLASSES = 8


def picture(size: int, seed: int) -> np.ndarray:
    """One picture, `[size, size, 3]` bytes."""
    random = np.random.default_rng(seed)
    image = np.zeros((size, size, 3))
    cells = 2
    while cells <= size:
        coarse = random.standard_normal((cells, cells, 3))
        places = np.linspace(0, cells - 1, size)
        low = np.minimum(places.astype(int), cells - 2)
        share = places - low
        rows = coarse[low] * (1 - share)[:, None, None] + coarse[low + 1] * share[:, None, None]
        image += (rows[:, low] * (1 - share)[None, :, None]
                  + rows[:, low + 1] * share[None, :, None]) * (2 / cells) ** 0.7
        cells *= 2
    for _ in range(random.integers(2, 6)):
        top, left = random.integers(0, size, 2)
        height, width = random.integers(size // 8, size // 2, 2)
        image[top:top + height, left:left + width] = (
            0.5 * image[top:top + height, left:left + width] + random.standard_normal(3))
    image = 128 + 55 * (image - image.mean()) / image.std()
    return np.clip(np.rint(image), 0, 255).astype(np.uint8)


def png(image: np.ndarray) -> bytes:
    """The bytes of a PNG file of 8-bit RGB."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (struct.pack(">I", len(data)) + kind + data
                + struct.pack(">I", zlib.crc32(kind + data)))

    height, width, _ = image.shape
    rows = np.zeros((height, 1 + 3 * width), np.uint8)
    rows[:, 1:] = image.reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
            + chunk(b"IDAT", zlib.compress(rows.tobytes(), 3)) + chunk(b"IEND", b""))


def write(folder: pathlib.Path, size: int, classes: int) -> None:
    """Writes the data set, and the pictures without classes to `folder/pictures`."""
    pictures = folder / "pictures"
    pictures.mkdir(parents=True)
    for index in range(DISTINCT):
        (pictures / f"{index:03}.png").write_bytes(png(picture(size, index)))
    for index in range(classes):
        own = folder / "data" / "train" / f"class{index:04}"
        own.mkdir(parents=True)
        (own / "0.png").symlink_to(f"../../../pictures/{index % DISTINCT:03}.png")
    for index in range(TESTED_CLASSES):
        own = folder / "data" / "test" / f"class{index:04}"
        own.mkdir(parents=True)
        for copy in range(2):
            number = (7 * index + copy) % DISTINCT
            (own / f"{copy}.png").symlink_to(f"../../../pictures/{number:03}.png")


def main() -> None:
    parser = argparse.ArgumentParser(description="Write generated pictures in class folders.")
    parser.add_argument("--size", type=int, required=True)
    parser.add_argument("--classes", type=int, required=True)
    parser.add_argument("--output", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    write(arguments.output, arguments.size, arguments.classes)


if __name__ == "__main__":
    main()
