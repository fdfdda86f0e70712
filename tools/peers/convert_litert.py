#!/usr/bin/env python3
"""Writes one network for LiteRT: `models/NETWORK/float.tflite` and `int8.tflite`.

    convert_litert.py --folder .build-peers --network NAME

Runs after `convert.py`, in an environment of its own: reads that script's `float.onnx`, so that
the weights are the other engines', and the same calibration pictures. int8 is LiteRT's static
recipe: signed weights with one scale a channel, signed activations with a zero point.
"""

import argparse
import pathlib

import ai_edge_quantizer
import litert_torch
import numpy as np
import onnx
import torch
from ai_edge_quantizer import recipe
from onnx import numpy_helper
from torch import Tensor, nn

import inputs


def attributes(node: onnx.NodeProto) -> dict:
    return {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}


class Graph(nn.Module):
    """An ONNX graph of the benchmark's plain layers as a PyTorch module, NCHW in and out."""

    def __init__(self, model: onnx.ModelProto):
        super().__init__()
        self.nodes = [n for n in model.graph.node if n.op_type != "Constant"]
        self.image = model.graph.input[0].name
        self.result = model.graph.output[0].name
        self.constants = {i.name: torch.tensor(numpy_helper.to_array(i))
                          for i in model.graph.initializer}
        for node in model.graph.node:
            if node.op_type == "Constant":
                value = numpy_helper.to_array(attributes(node)["value"])
                self.constants[node.output[0]] = torch.tensor(value)

    def forward(self, image: Tensor) -> Tensor:
        values = self.constants | {self.image: image}
        for node in self.nodes:
            given = [values[name] for name in node.input]
            values[node.output[0]] = apply(node, given)
        return values[self.result]


def apply(node: onnx.NodeProto, given: list[Tensor]) -> Tensor:
    """What `node` makes of its inputs.

    Raises ValueError for an operator that the benchmark's networks don't have.
    """
    a = attributes(node)
    functions = nn.functional
    match node.op_type:
        case "Conv":
            return functions.conv2d(given[0], *given[1:], stride=a["strides"],
                                    padding=symmetric(a["pads"]), groups=a["group"])
        case "Gemm":
            weights = given[1] if a.get("transB", 0) else given[1].T
            return functions.linear(given[0], weights, given[2])
        case "Relu":
            return functions.relu(given[0])
        case "Clip" if [float(limit) for limit in given[1:]] == [0, 6]:
            return functions.relu6(given[0])
        case "MaxPool":
            return functions.max_pool2d(given[0], a["kernel_shape"], a["strides"],
                                        symmetric(a.get("pads", [0, 0, 0, 0])))
        case "GlobalAveragePool":
            return functions.adaptive_avg_pool2d(given[0], 1)
        case "Add":
            return given[0] + given[1]
        case "Flatten":
            return torch.flatten(given[0], 1)
    raise ValueError(f"operator {node.op_type} is not known here")


def symmetric(pads: list[int]) -> list[int]:
    """ONNX's padding (top, left, bottom, right) as PyTorch's (vertical, horizontal)."""
    if pads[:2] != pads[2:]:
        raise ValueError(f"padding {pads} is not the same on both sides")
    return pads[:2]


def convert(folder: pathlib.Path, images: np.ndarray) -> None:
    """Writes `float.tflite` and `int8.tflite` beside `folder`'s `float.onnx`.

    Both take NHWC pictures, LiteRT's own layout, so that no transposition is timed; the int8 file's
    picture and logits are int8. `images` is `[count, 3, size, size]`.
    """
    network = litert_torch.to_channel_last_io(Graph(onnx.load(folder / "float.onnx")).eval(), [0])
    images = np.ascontiguousarray(images.transpose(0, 2, 3, 1))
    model = litert_torch.convert(network, (torch.tensor(images[:1]),))
    model.export(str(folder / "float.tflite"))
    quantizer = ai_edge_quantizer.Quantizer(folder / "float.tflite", recipe.static_wi8_ai8())
    calibration = quantizer.calibrate(
        {"serving_default": [{"args_0": image[None]} for image in images]}, num_threads=2)
    quantizer.quantize(calibration).export_model(folder / "int8.tflite", overwrite=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Write a network for LiteRT.")
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--network", required=True)
    arguments = parser.parse_args()
    folder = arguments.folder / "models" / arguments.network
    model = onnx.load(folder / "float.onnx", load_external_data=False)
    size = model.graph.input[0].type.tensor_type.shape.dim[2].dim_value
    convert(folder, inputs.tensors(arguments.folder, size))


if __name__ == "__main__":
    main()
