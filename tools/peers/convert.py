#!/usr/bin/env python3
"""Writes one network in the form of every engine: `models/NETWORK/{float,int8}.*`.

    convert.py --folder .build-peers --network NAME

The calibration pictures are the same for all. What an engine's tools can't do is said on standard
error and left out; the benchmark then has no such row.
"""

import argparse
import os
import pathlib
import subprocess
import sys

import onnx

import convert_onnx
import inputs
import ncnn_model


def convert_mnn(folder: pathlib.Path) -> None:
    """MNN in float, by the native converter of its package.

    The package's own commands (`mnnconvert`, `mnnquant`) are never run: whatever their arguments,
    they import a logger that calls `pip install` on the PATH's Python, outside this environment,
    and that reports usage to a server. pip is told to refuse that as well.
    """
    program = "import sys, _tools; _tools.mnnconvert(['mnnconvert'] + sys.argv[1:])"
    subprocess.run(
        [sys.executable, "-c", program, "-f", "ONNX", "--modelFile", folder / "float.onnx",
         "--MNNModel", folder / "float.mnn", "--bizCode", "sinf"],
        check=True, stdout=subprocess.DEVNULL, env=os.environ | {"PIP_REQUIRE_VIRTUALENV": "1"})


def main() -> None:
    parser = argparse.ArgumentParser(description="Write a network for every engine.")
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--network", required=True)
    arguments = parser.parse_args()
    source = arguments.folder / "onnx" / f"{arguments.network}.onnx"
    folder = arguments.folder / "models" / arguments.network
    folder.mkdir(parents=True, exist_ok=True)
    model = onnx.load(source)
    size = model.graph.input[0].type.tensor_type.shape.dim[2].dim_value
    images = inputs.tensors(arguments.folder, size)
    convert_onnx.convert(source, folder, images)
    model = onnx.load(folder / "float.onnx")
    ncnn_model.write(model, folder / "float.param")
    ncnn_model.write(model, folder / "int8.param", ncnn_model.magnitudes(model, images))
    try:
        convert_mnn(folder)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"{arguments.network}: MNN left out: {error}", file=sys.stderr)


if __name__ == "__main__":
    main()
