"""Compares run-onnx with ONNX Runtime on random images; see tools/check-onnx.sh."""

import argparse
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime

import more_cases  # noqa: F401  (registers its cases)
from cases import CASES
from networks import NETWORKS, OLD_NETWORKS

OPSETS = [7, 10, 11, 13, 17, 18, 21]
TOLERANCE = 1e-4
# Sums of 16-bit floats, and steps of 8-bit ones, that Runtime rounds and we don't.
TOLERANCES = {"tensor(float16)": 2e-2}
# Width and height for networks that leave them open.
FREE_SIZE = (40, 48)
HEADS = ("Softmax", "LogSoftmax", "ArgMax", "TopK", "Sigmoid", "Squeeze", "Cast", "Identity")


def scores_before_heads(path):
    """The model without what the importer leaves out at its end, for the reference."""
    model = onnx.load(path)
    graph = model.graph
    while True:
        last = next(n for n in graph.node if graph.output[0].name in n.output)
        before = [n.op_type for n in graph.node if last.input[0] in n.output]
        if last.op_type not in HEADS or last.op_type == "Squeeze" and before[0] not in HEADS:
            break
        graph.node.remove(last)
        del graph.output[1:]
        graph.output[0].CopyFrom(
            onnx.helper.make_tensor_value_info(last.input[0], onnx.TensorProto.FLOAT, None))
    if graph.input[0].type.tensor_type.elem_type == onnx.TensorProto.FLOAT16:
        graph.output[0].type.tensor_type.elem_type = onnx.TensorProto.FLOAT16
    return model.SerializeToString()


def input_of(source, images):
    """Random images of the input's shape and type, and the same as N x C x H x W floats."""
    random = np.random.default_rng(7)
    shape = list(source.shape)
    if not isinstance(shape[0], int):
        shape[0] = images
    if len(shape) == 4 and not isinstance(shape[2], int):
        shape[2:] = FREE_SIZE[::-1]
    if source.type == "tensor(uint8)":
        x = random.integers(0, 256, shape).astype(np.uint8)
    else:
        x = random.standard_normal(shape)
        x = x.astype(np.float16 if source.type == "tensor(float16)" else np.float32)
    is_channels_last = len(shape) == 4 and shape[1] > 4 >= shape[3]
    planes = x.transpose(0, 3, 1, 2) if is_channels_last else x
    return x, np.ascontiguousarray(planes, np.float32)


def difference(program, path, images, folder):
    """Largest difference of any score, relative to the largest score and to what is allowed."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    # The operators as they are defined: Runtime's joining of Pad and MaxPool lets the zeros of the
    # padding lose against negative numbers.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(
        scores_before_heads(path), options, providers=["CPUExecutionProvider"])
    source = session.get_inputs()[0]
    x, planes = input_of(source, images)
    expected = session.run(None, {source.name: x})[0].reshape(len(x), -1).astype(np.float32)

    planes.tofile(folder / "input.bin")
    size = [] if isinstance(source.shape[-1], int) else [str(side) for side in FREE_SIZE]
    done = subprocess.run(
        [program, path, folder / "input.bin", folder / "output.bin", *size], capture_output=True,
        text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip())
    found = np.fromfile(folder / "output.bin", np.float32)
    if found.size != expected.size:
        raise RuntimeError(f"{found.size} scores, expected {expected.size}")
    found = np.abs(found.reshape(expected.shape) - expected).max() / np.abs(expected).max()
    return found * TOLERANCE / TOLERANCES.get(source.type, TOLERANCE)


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
                if opset < 11 and label not in OLD_NETWORKS:
                    continue
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
