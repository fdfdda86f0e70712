"""Writes ONNX models node by node, with random weights that repeat for a seed."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


class Model:
    """A network under construction; `x` names the latest tensor."""

    def __init__(self, shape, opset=17, seed=0, batch="N", dtype=TensorProto.FLOAT):
        self.shape = shape
        self.dtype = dtype
        self.opset = opset
        self.batch = batch
        self.random = np.random.default_rng(seed)
        self.nodes = []
        self.initialisers = []
        self.x = "image"

    def name(self, stem):
        return f"{stem}_{len(self.nodes) + len(self.initialisers)}"

    def constant(self, values, stem="constant"):
        """An initialiser; the name of it."""
        name = self.name(stem)
        self.initialisers.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def weights(self, *shape, scale=1.0, offset=0.0, dtype=np.float32):
        return self.constant((offset + scale * self.random.standard_normal(shape)).astype(dtype))

    def node(self, operator, *inputs, **attributes):
        """Adds a node; its output becomes the latest tensor unless the caller restores `x`."""
        output = self.name(operator.lower())
        self.nodes.append(helper.make_node(operator, list(inputs), [output], **attributes))
        self.x = output
        return output

    def add(self, operator, *inputs, **attributes):
        """A node on the latest tensor."""
        return self.node(operator, self.x, *inputs, **attributes)

    def conv(self, inputs, outputs, kernel=3, stride=1, groups=1, bias=True, **attributes):
        size = (kernel, kernel) if isinstance(kernel, int) else kernel
        fan = inputs // groups * size[0] * size[1]
        operands = [self.weights(outputs, inputs // groups, *size, scale=(2 / fan) ** 0.5)]
        if bias:
            operands.append(self.weights(outputs, scale=0.1))
        if not {"pads", "auto_pad"} & attributes.keys():
            attributes["pads"] = [size[0] // 2, size[1] // 2] * 2
        return self.add(
            "Conv", *operands, kernel_shape=size, strides=[stride, stride], group=groups,
            **attributes)

    def batch_norm(self, channels):
        return self.add(
            "BatchNormalization", self.weights(channels, scale=0.2, offset=1),
            self.weights(channels, scale=0.2), self.weights(channels, scale=0.2),
            self.constant(self.random.uniform(0.5, 2, channels).astype(np.float32)),
            epsilon=1e-3)

    def integers(self, values):
        return self.constant(np.asarray(values, np.int64))

    def mean(self, keepdims):
        """ReduceMean over height and width, as the operator set writes it."""
        if self.opset < 18:
            return self.add("ReduceMean", axes=[2, 3], keepdims=keepdims)
        return self.add("ReduceMean", self.integers([-1, -2]), keepdims=keepdims)

    def reduce(self, operator, axes, keepdims):
        """A reduction, as the operator set writes it."""
        first = 13 if operator == "ReduceSum" else 18
        if self.opset < first:
            return self.add(operator, axes=axes, keepdims=keepdims)
        return self.add(operator, self.integers(axes), keepdims=keepdims)

    def reaxed(self, operator, axes):
        """Squeeze or Unsqueeze, as the operator set writes it."""
        if self.opset < 13:
            return self.add(operator, axes=axes)
        return self.add(operator, self.integers(axes))

    def linear(self, inputs, outputs):
        return self.add(
            "Gemm", self.weights(outputs, inputs, scale=inputs**-0.5), self.weights(outputs),
            transB=1)

    def finish(self, inputs, outputs=10):
        """Flattens and classifies, so that every number of the latest tensor counts."""
        self.add("Flatten")
        self.linear(inputs, outputs)

    def split(self, parts, axis=1):
        """Split into parts of these sizes; their names."""
        names = [self.name(f"part{i}") for i in range(len(parts))]
        if self.opset < 13:
            self.nodes.append(
                helper.make_node("Split", [self.x], names, axis=axis, split=list(parts)))
        else:
            self.nodes.append(
                helper.make_node("Split", [self.x, self.integers(parts)], names, axis=axis))
        return names

    def build(self):
        graph = helper.make_graph(
            self.nodes, "network",
            [helper.make_tensor_value_info("image", self.dtype, [self.batch, *self.shape])],
            [helper.make_tensor_value_info(self.x, TensorProto.FLOAT, None)], self.initialisers)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)])
        model.ir_version = 10 if self.opset > 19 else 8
        return model

    def save(self, path, external=False):
        if external:
            onnx.save(
                self.build(), path, save_as_external_data=True, location=path.name + ".data",
                size_threshold=0)
        else:
            onnx.save(self.build(), path)
