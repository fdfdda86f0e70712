#!/usr/bin/env python3
"""Prints heap calls an inference: those of a run of 2K inferences less those of K, by K.

    heap.py --folder .build-peers --sinf PROGRAM --network NAME

Needs `heapcount.c` built as FOLDER/libheapcount.so. Peers' numbers contain what their Python
binding and the loop around it allocate; ours contain reading and decoding a picture.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

import bench
import inputs

INFERENCES = 40


def calls(command: list, folder: pathlib.Path, standard_input: str = "") -> int:
    """Heap calls of one run of `command`."""
    with tempfile.NamedTemporaryFile() as counted:
        subprocess.run(
            command, input=standard_input, text=True, check=True, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"LD_PRELOAD": str((folder / "libheapcount.so").resolve()),
                              "HEAPCOUNT_OUTPUT": counted.name, "OMP_NUM_THREADS": "1",
                              "PYTHONHASHSEED": "0", "PIP_REQUIRE_VIRTUALENV": "1"})
        return int.from_bytes(counted.read(), sys.byteorder)


def main() -> None:
    parser = argparse.ArgumentParser(description="Count heap calls an inference.")
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--sinf", type=pathlib.Path, required=True)
    parser.add_argument("--network", required=True)
    options = parser.parse_args()
    size = 224 if options.network in ("mobilenetv2", "efficientnet-lite0") else 32
    folder, models = options.folder, options.folder / "models" / options.network

    def report(label: str, fewer: int, more: int) -> None:
        print(f"{label}: {(more - fewer) / INFERENCES:.1f}", flush=True)

    pictures = sorted((folder / f"pictures-{size}" / "pictures").glob("*.png"))
    ours = [options.sinf, "classify", "--format", "json", "--model",
            folder / "ours" / f"{options.network}.sinf"]
    report(bench.OURS, *(calls(ours + pictures[:k], folder)
                         for k in (INFERENCES, 2 * INFERENCES)))
    with tempfile.NamedTemporaryFile(suffix=".npy") as image:
        np.save(image.name, inputs.tensors(folder, size, 1))
        for label, (engine, file) in bench.PEERS.items():
            if (models / file).exists():
                command = [sys.executable, bench.HERE / "worker.py", engine, models / file, "1",
                           image.name]
                report(label, *(calls(command, folder, f"run {k}\n")
                                for k in (INFERENCES, 2 * INFERENCES)))


if __name__ == "__main__":
    main()
