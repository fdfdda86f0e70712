#!/usr/bin/env python3
"""Writes the first COUNT test pictures of CIFAR-100 as PNG files.

    cifar_pictures.py cifar-100-binary.tar.gz FOLDER COUNT
"""

import pathlib
import sys
import tarfile

import numpy as np

import pictures

# Coarse label, fine label, 3 planes of 32 x 32.
RECORD_BYTES = 2 + 3 * 32 * 32


def main() -> None:
    archive, folder, count = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3])
    with tarfile.open(archive) as tar:
        member = next(m for m in tar if m.name.endswith("test.bin"))
        records = tar.extractfile(member).read(count * RECORD_BYTES)
    folder.mkdir(parents=True, exist_ok=True)
    for index in range(count):
        record = records[index * RECORD_BYTES:(index + 1) * RECORD_BYTES]
        planes = np.frombuffer(record, np.uint8, offset=2).reshape(3, 32, 32)
        (folder / f"{index:04}.png").write_bytes(pictures.png(planes.transpose(1, 2, 0)))


main()
