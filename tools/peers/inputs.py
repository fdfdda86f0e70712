"""The pictures as every engine but ours gets them: normalised float tensors, NCHW."""

import pathlib
import struct
import zlib

import numpy as np

# size of the network's input: what `sinfc compile --normalization` is told, mean, deviation
NORMALIZATION = {
    32: ("cifar100", (0.5071, 0.4866, 0.4409), (0.2673, 0.2564, 0.2762)),
    224: ("imagenet", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
}
CALIBRATION_PICTURES = 64


def pixels(path: pathlib.Path) -> np.ndarray:
    """`[height, width, 3]` bytes of a PNG file written by `pictures.py` (no row filters)."""
    data = path.read_bytes()
    width, height = struct.unpack(">II", data[16:24])
    place, packed = 8, b""
    while place < len(data):
        length, kind = struct.unpack(">I4s", data[place:place + 8])
        if kind == b"IDAT":
            packed += data[place + 8:place + 8 + length]
        place += length + 12
    rows = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(height, 1 + 3 * width)
    return rows[:, 1:].reshape(height, width, 3)


def tensor(path: pathlib.Path, size: int) -> np.ndarray:
    """`[1, 3, size, size]` float32."""
    _, mean, deviation = NORMALIZATION[size]
    image = (pixels(path) / 255 - np.array(mean)) / np.array(deviation)
    return np.ascontiguousarray(image.transpose(2, 0, 1)[None], np.float32)


def tensors(folder: pathlib.Path, size: int, count: int = CALIBRATION_PICTURES) -> np.ndarray:
    """`[count, 3, size, size]` float32: the first pictures of `folder`, by name."""
    paths = sorted((folder / f"pictures-{size}" / "pictures").glob("*.png"))[:count]
    return np.concatenate([tensor(path, size) for path in paths])
