#!/usr/bin/env python3
"""Writes which of ncnn's convolution algorithms to switch off: `models/NETWORK/*.options`.

    ncnn_options.py --folder .build-peers --network NAME

ncnn takes Winograd's algorithm wherever it can. Its transformed weights are up to seven times as
large, which costs more than the multiplications it saves where maps are of few pixels and weights
come from memory. The library doesn't measure, so this does, with one thread, before the benchmark.
"""

import argparse
import pathlib
import time

import inputs
from engines import ncnn_engine

CHOICES = [
    [],
    ["use_winograd63_convolution", "use_winograd43_convolution"],
    ["use_winograd_convolution"],
]
RUNS = 20


def least_nanoseconds(model: pathlib.Path, image, off: list[str]) -> int:
    """Shortest of `RUNS` inferences after two others."""
    run = ncnn_engine.runner(str(model), 1, image, off)
    times = []
    for _ in range(2 + RUNS):
        start = time.perf_counter_ns()
        run()
        times.append(time.perf_counter_ns() - start)
    return min(times[2:])


def main() -> None:
    parser = argparse.ArgumentParser(description="Choose ncnn's convolution algorithms.")
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--network", required=True)
    arguments = parser.parse_args()
    size = 224 if arguments.network in ("mobilenetv2", "efficientnet-lite0") else 32
    image = inputs.tensors(arguments.folder, size, 1)
    for kind in "float", "int8":
        model = arguments.folder / "models" / arguments.network / f"{kind}.param"
        found = [least_nanoseconds(model, image, off) for off in CHOICES]
        best = CHOICES[found.index(min(found))]
        print(f"{arguments.network} {kind}: ncnn without {', '.join(best) or 'nothing'};",
              "of", *(f"{value / 1e6:.2f}" for value in found), "ms", flush=True)
        model.with_suffix(".options").write_text("\n".join(best))


if __name__ == "__main__":
    main()
