"""Writes ONNX graphs of plain layers as ncnn's `.param` and `.bin` files, in float or int8.

The Python package of ncnn has no quantiser, so this does what `ncnn2table` and `ncnn2int8` do:
symmetric scales, one an output channel for weights and one a tensor for activations (127 by the
largest magnitude on the calibration pictures), and requantisation fused between two convolutions
when every reader of the value is an int8 layer with the same scale. Depthwise convolutions stay in
float, as that project's mixed precision allows: on x86 its int8 kernels for them are the slower ones.
"""

import dataclasses
import pathlib
import struct

import numpy as np
import onnx
from onnx import numpy_helper

INT8_TAG = 0x000D4B38
# Added to a layer's int8_scale_term if it also writes int8.
REQUANTISES = 100


@dataclasses.dataclass
class Layer:
    """A line of the `.param` file and its part of the `.bin` file."""

    kind: str
    name: str
    inputs: list[str]
    output: str
    parameters: dict[int, str]
    weights: np.ndarray | None = None
    bias: np.ndarray | None = None
    outputs: list[str] = dataclasses.field(default_factory=list)


def attributes(node: onnx.NodeProto) -> dict:
    return {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}


def layers(model: onnx.ModelProto) -> list[Layer]:
    """The graph's layers in order, activations fused into convolutions.

    Raises ValueError for an operator that the benchmark's networks don't have.
    """
    constants = {i.name: numpy_helper.to_array(i) for i in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type == "Constant":
            constants[node.output[0]] = numpy_helper.to_array(attributes(node)["value"])
    readers: dict[str, int] = {}
    for node in model.graph.node:
        for name in node.input:
            readers[name] = readers.get(name, 0) + 1
    image = model.graph.input[0].name
    result = [Layer("Input", "input", [], image, {})]
    made = {image: result[0]}
    alias: dict[str, str] = {}
    for node in model.graph.node:
        given = [alias.get(i, i) for i in node.input]
        output, a = node.output[0], attributes(node)
        previous = made.get(given[0]) if given else None
        layer = None
        if node.op_type == "Constant":
            continue
        if node.op_type == "Conv":
            weights = constants[given[1]]
            groups = a.get("group", 1)
            pads = a.get("pads", [0, 0, 0, 0])
            layer = Layer(
                "ConvolutionDepthWise" if groups > 1 else "Convolution", output, given[:1], output,
                {0: len(weights), 1: a["kernel_shape"][1], 11: a["kernel_shape"][0],
                 3: a.get("strides", [1, 1])[1], 4: pads[1], 14: pads[0], 15: pads[3],
                 16: pads[2], 5: 1, 6: weights.size}, weights,
                constants[given[2]] if len(given) > 2 else np.zeros(len(weights), np.float32))
            if groups > 1:
                layer.parameters[7] = groups
        elif node.op_type == "Gemm":
            weights = constants[given[1]]
            if not a.get("transB", 0):
                weights = np.ascontiguousarray(weights.T)
            layer = Layer("InnerProduct", output, given[:1], output,
                          {0: len(weights), 1: 1, 2: weights.size}, weights, constants[given[2]])
        elif node.op_type in ("Relu", "Clip"):
            limits = [float(constants[i]) for i in given[1:3]]
            if previous.weights is not None and readers[node.input[0]] == 1:
                previous.parameters[9] = 3 if limits else 1
                if limits:
                    previous.parameters[-23310] = f"2,{limits[0]:e},{limits[1]:e}"
                del made[previous.output]
                previous.output = output
                made[output] = previous
                continue
            layer = Layer("Clip" if limits else "ReLU", output, given[:1], output,
                          {i: f"{x:e}" for i, x in enumerate(limits)})
        elif node.op_type == "MaxPool":
            pads = a.get("pads", [0, 0, 0, 0])
            layer = Layer("Pooling", output, given, output,
                          {0: 0, 1: a["kernel_shape"][0], 2: a["strides"][0], 3: pads[0], 5: 1})
        elif node.op_type == "GlobalAveragePool":
            layer = Layer("Pooling", output, given, output, {0: 1, 4: 1})
        elif node.op_type == "Add":
            layer = Layer("BinaryOp", output, given, output, {0: 0})
        elif node.op_type == "Flatten":
            alias[output] = given[0]
            continue
        else:
            raise ValueError(f"operator {node.op_type} is not known here")
        result.append(layer)
        made[output] = layer
    return result


def split(found: list[Layer]) -> list[Layer]:
    """Gives every reader of a value its own blob through a Split layer, as ncnn wants it."""
    readers: dict[str, int] = {}
    for layer in found:
        for name in layer.inputs:
            readers[name] = readers.get(name, 0) + 1
    taken: dict[str, int] = {}
    result = []
    for layer in found:
        for place, name in enumerate(layer.inputs):
            if readers[name] > 1:
                layer.inputs[place] = f"{name}_split{taken.get(name, 0)}"
                taken[name] = taken.get(name, 0) + 1
        layer.outputs = [layer.output]
        result.append(layer)
        if readers.get(layer.output, 0) > 1:
            copies = [f"{layer.output}_split{i}" for i in range(readers[layer.output])]
            result.append(Layer("Split", "split_" + layer.output, [layer.output], "", {},
                                outputs=copies))
    return result


def write(model: onnx.ModelProto, path: pathlib.Path,
          largest: dict[str, float] | None = None) -> None:
    """Writes `path` (`.param`) and its `.bin`; int8, but for depthwise convolutions, if `largest`
    gives the largest magnitude of every value on calibration pictures."""
    found = layers(model)
    origin = {layer.output: layer for layer in found}
    found[-1].output = "logits"
    readers: dict[str, list[Layer]] = {}
    for layer in found:
        for name in layer.inputs:
            readers.setdefault(name, []).append(layer)
    inputs = {id(layer): list(layer.inputs) for layer in found}
    outputs = {id(layer): name for name, layer in origin.items()}
    binary = bytearray()
    for layer in found:
        if layer.weights is None:
            continue
        rows = layer.weights.reshape(len(layer.weights), -1)
        if largest is None or layer.kind == "ConvolutionDepthWise":
            binary += struct.pack("<I", 0) + rows.astype("<f4").tobytes()
            binary += layer.bias.astype("<f4").tobytes()
            continue
        next_layers = readers.get(outputs[id(layer)], [])
        requantises = bool(next_layers) and all(
            n.kind == "Convolution" for n in next_layers
        ) and layer.kind != "InnerProduct"
        layer.parameters[8] = 1 + REQUANTISES * requantises
        scales = 127 / np.maximum(np.abs(rows).max(1), 1e-12)
        stored = np.clip(np.rint(rows * scales[:, None]), -127, 127).astype(np.int8).tobytes()
        binary += struct.pack("<I", INT8_TAG) + stored + bytes(-len(stored) % 4)
        binary += layer.bias.astype("<f4").tobytes() + scales.astype("<f4").tobytes()
        binary += struct.pack("<f", 127 / largest[inputs[id(layer)][0]])
        if requantises:
            binary += struct.pack("<f", 127 / largest[outputs[id(layer)]])
    lines = split(found)
    text = ["7767517", f"{len(lines)} {sum(len(layer.outputs) for layer in lines)}"]
    for layer in lines:
        parameters = " ".join(f"{k}={v}" for k, v in layer.parameters.items())
        text.append(" ".join(
            [layer.kind, clean(layer.name), str(len(layer.inputs)), str(len(layer.outputs)),
             *map(clean, layer.inputs + layer.outputs), parameters]).strip())
    path.write_text("\n".join(text) + "\n")
    path.with_suffix(".bin").write_bytes(binary)


def clean(name: str) -> str:
    """A blob name without what ONNX exporters put in."""
    return name.replace("/", "_").replace(":", "_")


def magnitudes(model: onnx.ModelProto, images: np.ndarray) -> dict[str, float]:
    """The largest magnitude of every value of the graph over `images`."""
    import onnxruntime

    probe = onnx.ModelProto()
    probe.CopyFrom(model)
    names = [n.output[0] for n in model.graph.node if n.op_type != "Constant"]
    del probe.graph.output[:]
    probe.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names)
    session = onnxruntime.InferenceSession(probe.SerializeToString(),
                                           providers=["CPUExecutionProvider"])
    image = model.graph.input[0].name
    largest = {image: float(np.abs(images).max())}
    for picture in images:
        for name, value in zip(names, session.run(names, {image: picture[None]})):
            largest[name] = max(largest.get(name, 1e-6), float(np.abs(value).max()))
    return largest
