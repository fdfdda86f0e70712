"""CIFAR-100 in its published binary form, split and augmented for training.

A record is 1 byte coarse label, 1 byte fine label and 3072 bytes of pixels: 1024 red, 1024 green,
1024 blue, row by row (Krizhevsky 2009, https://www.cs.toronto.edu/~kriz/cifar.html).
"""

import pathlib
import tarfile

import numpy
import torch
from torch import Tensor

RECORD_BYTES = 2 + 3 * 32 * 32
HELD_OUT = 5000
MEAN = (0.5071, 0.4866, 0.4409)
STD = (0.2673, 0.2564, 0.2762)


class Archive:
    """The images (uint8 [N, 3, 32, 32]), fine labels (int64 [N]) and label names of the data set.

    The last `HELD_OUT` records of `train.bin`, in the order of the published file, are no training
    images: they are left for choosing, here and when the network is compiled.
    """

    def __init__(self, path: pathlib.Path):
        members = _read(path, ("train.bin", "test.bin", "fine_label_names.txt"))
        self.names = members["fine_label_names.txt"].decode().split()
        images, labels = _records(members["train.bin"], "train.bin")
        self.train = images[:-HELD_OUT], labels[:-HELD_OUT]
        self.held_out = images[-HELD_OUT:], labels[-HELD_OUT:]
        self.test = _records(members["test.bin"], "test.bin")


def _read(path: pathlib.Path, names: tuple[str, ...]) -> dict[str, bytes]:
    """Contents of the named members, in whichever folder the archive keeps them."""
    found = {}
    with tarfile.open(path) as archive:
        for member in archive:
            name = pathlib.PurePosixPath(member.name).name
            if name in names and member.isfile():
                found[name] = archive.extractfile(member).read()
    missing = [name for name in names if name not in found]
    if missing:
        raise SystemExit(f"{path}: no {', '.join(missing)} inside; expected CIFAR-100's binary "
                         "version, cifar-100-binary.tar.gz")
    return found


def _records(data: bytes, name: str) -> tuple[Tensor, Tensor]:
    if not data or len(data) % RECORD_BYTES:
        raise SystemExit(f"{name}: {len(data)} bytes is no whole number of {RECORD_BYTES}-byte "
                         "records")
    records = torch.from_numpy(numpy.frombuffer(data, numpy.uint8).copy()).view(-1, RECORD_BYTES)
    return records[:, 2:].reshape(-1, 3, 32, 32).contiguous(), records[:, 1].long()


def normalise(images: Tensor) -> Tensor:
    """Floats the networks take: (pixel / 255 - mean) / standard deviation."""
    mean = torch.tensor(MEAN).view(1, 3, 1, 1) * 255
    std = torch.tensor(STD).view(1, 3, 1, 1) * 255
    return (images.float() - mean) / std


def augment(images: Tensor, generator: torch.Generator, cutout: int, jitter: float) -> Tensor:
    """Normalised floats of a uint8 batch, each image varied at random on its own.

    Moved by up to 4 pixels with mirrored edges, mirrored left to right in half of the cases, its
    brightness, contrast and saturation scaled by 1 - `jitter` to 1 + `jitter`, and a square of
    `cutout` pixels set to the mean colour, partly outside in some cases (DeVries and Taylor 2017).
    """
    count = len(images)

    def integers(low: int, high: int) -> Tensor:
        return torch.randint(low, high, (count, 1), generator=generator)

    pixels = torch.arange(32).view(1, 32)
    rows = _mirrored(pixels + integers(-4, 5))
    columns = _mirrored(pixels + integers(-4, 5))
    columns = torch.where(integers(0, 2).bool(), 31 - columns, columns)
    places = (rows.view(-1, 32, 1) * 32 + columns.view(-1, 1, 32)).view(-1, 1, 1024)
    moved = images.view(-1, 3, 1024).gather(2, places.expand(-1, 3, -1)).view(-1, 3, 32, 32)
    result = moved.float()
    if jitter > 0:
        result = _jittered(result, jitter, generator)
    result = normalise(result)
    if cutout > 0:
        inside_rows = ((pixels - integers(0, 32) + cutout // 2) // cutout == 0).view(-1, 1, 32, 1)
        inside_columns = ((pixels - integers(0, 32) + cutout // 2) // cutout == 0)
        result.masked_fill_(inside_rows & inside_columns.view(-1, 1, 1, 32), 0)
    return result


def _mirrored(indices: Tensor) -> Tensor:
    """Indices below 0 or above 31 reflected at the edge pixel."""
    return 31 - (31 - indices.abs()).abs()


def _jittered(images: Tensor, strength: float, generator: torch.Generator) -> Tensor:
    def factor() -> Tensor:
        uniform = torch.rand((len(images), 1, 1, 1), generator=generator)
        return 1 + strength * (2 * uniform - 1)

    grey = images.mean(1, keepdim=True)
    images = torch.lerp(grey, images, factor())
    average = images.mean((1, 2, 3), keepdim=True)
    return (torch.lerp(average, images, factor()) * factor()).clamp_(0, 255)
