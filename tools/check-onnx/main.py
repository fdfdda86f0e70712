"""Compares run-onnx with ONNX Runtime on random images; see tools/check-onnx.sh."""

import argparse
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime

from cases import CASES
from networks import NETWORKS

OPSETS = [11, 13, 17, 21]
TOLERANCE = 1e-4


def scores_before_softmax(path):
    """The model with its closing softmax cut off, for the reference: the importer leaves it out."""
    model = onnx.load(path)
    last = next(n for n in model.graph.node if model.graph.output[0].name in n.output)
    if last.op_type in ("Softmax", "LogSoftmax"):
        model.graph.output[0].name = last.input[0]
        model.graph.node.remove(last)
    return model.SerializeToString()


def difference(program, path, images, folder):
    """Largest difference of any score, relative to the largest score."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    # The operators as they are defined: Runtime's joining of Pad and MaxPool lets the zeros of the
    # padding lose against negative numbers.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(
        scores_before_softmax(path), options, providers=["CPUExecutionProvider"])
    source = session.get_inputs()[0]
    shape = [d for d in source.shape[1:]]
    count = source.shape[0] if isinstance(source.shape[0], int) else images
    x = np.random.default_rng(7).standard_normal((count, *shape)).astype(np.float32)
    expected = session.run(None, {source.name: x})[0].reshape(count, -1)

    x.tofile(folder / "input.bin")
    done = subprocess.run(
        [program, path, folder / "input.bin", folder / "output.bin"], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip())
    found = np.fromfile(folder / "output.bin", np.float32)
    if found.size != expected.size:
        raise RuntimeError(f"{found.size} scores, expected {expected.size}")
    return np.abs(found.reshape(expected.shape) - expected).max() / np.abs(expected).max()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--images", type=int, default=8)
    parser.add_argument("models", nargs="*", type=pathlib.Path)
    arguments = parser.parse_args()
    failures = 0
    worst = 0.0
    compared = 0

    def check(label, path, folder, show):
        nonlocal failures, worst, compared
        compared += 1
        try:
            found = difference(arguments.program, path, arguments.images, folder)
        except Exception as error:  # every kind is a finding here
            failures += 1
            print(f"FAIL {label}: {error}")
            return
        worst = max(worst, found)
        if not found <= TOLERANCE:
            failures += 1
            print(f"FAIL {label}: {found:.2e}")
        elif show:
            print(f"ok   {label}: {found:.2e}")

    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for opset in OPSETS:
            for label, build in CASES:
                model = build(opset)
                if model:
                    model.save(folder / "case.onnx")
                    check(f"{label}, opset {opset}", folder / "case.onnx", folder, False)
        print(f"{compared} operator cases, largest difference {worst:.2e}")
        for opset in OPSETS:
            for label, build in NETWORKS.items():
                build(opset).save(folder / "network.onnx")
                check(f"{label}, opset {opset}", folder / "network.onnx", folder, True)
        external = folder / "external"
        external.mkdir()
        NETWORKS["resnet"](17).save(external / "network.onnx", external=True)
        check("resnet with external weights", external / "network.onnx", folder, True)
        for path in arguments.models:
            check(str(path), path, folder, True)
    print(f"{compared} comparisons, {failures} failures, largest difference {worst:.2e}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
