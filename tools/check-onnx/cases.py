"""One small network for each operator and attribute: (name, function of the operator set)."""

import numpy as np
from onnx import TensorProto, numpy_helper

from model import Model

CASES = []


def case(name, size, shape=(5, 9, 8), opsets=range(11, 99), batch="N", dtype=TensorProto.FLOAT):
    """A function that adds nodes to a model; `size` is the count of numbers they end in."""

    def register(body):
        def build(opset):
            if opset not in opsets:
                return None
            m = Model(shape, opset, seed=len(CASES), batch=batch, dtype=dtype)
            body(m)
            if size:
                m.finish(size)
            return m

        CASES.append((name, build))
        return body

    return register


@case("Conv without bias", 6 * 9 * 8)
def _(m):
    m.conv(5, 6, bias=False)


@case("Conv strides and uneven pads", 6 * 5 * 8)
def _(m):
    m.add("Conv", m.weights(6, 5, 3, 4), strides=[2, 1], pads=[0, 2, 2, 1])


@case("Conv 1x1 stride 2", 6 * 5 * 4)
def _(m):
    m.conv(5, 6, kernel=1, stride=2)


for mode, size in [("SAME_UPPER", 6 * 5 * 4), ("SAME_LOWER", 6 * 5 * 4), ("VALID", 6 * 3 * 3)]:

    @case(f"Conv auto_pad {mode}", size)
    def _(m, mode=mode):
        m.conv(5, 6, kernel=(4, 3), stride=2, auto_pad=mode)

    if mode != "VALID":
        @case(f"AveragePool auto_pad {mode}", 5 * 5 * 4)
        def _(m, mode=mode):
            m.add("AveragePool", kernel_shape=[4, 3], strides=[2, 2], auto_pad=mode)

    @case(f"MaxPool auto_pad {mode}", 5 * 5 * 4 if mode != "VALID" else 5 * 3 * 3)
    def _(m, mode=mode):
        m.add("MaxPool", kernel_shape=[4, 3], strides=[2, 2], auto_pad=mode)


@case("Conv groups", 12 * 9 * 8, shape=(8, 9, 8))
def _(m):
    m.conv(8, 12, groups=4)


@case("Conv depthwise", 8 * 5 * 4, shape=(8, 9, 8))
def _(m):
    m.conv(8, 8, groups=8, stride=2)


@case("Conv depthwise with multiplier", 16 * 9 * 8, shape=(8, 9, 8))
def _(m):
    m.conv(8, 16, groups=8)


for dtype in [np.float16, np.float64]:

    @case(f"Conv with {dtype.__name__} weights behind a Cast", 6 * 9 * 8)
    def _(m, dtype=dtype):
        image = m.x
        weights = m.node("Cast", m.weights(6, 5, 3, 3, dtype=dtype), to=TensorProto.FLOAT)
        m.node("Conv", image, weights, pads=[1, 1, 1, 1])


@case("BatchNormalization after Conv", 6 * 9 * 8)
def _(m):
    m.conv(5, 6)
    m.batch_norm(6)
    m.add("Relu")


@case("BatchNormalization before Conv without padding", 6 * 7 * 6)
def _(m):
    m.batch_norm(5)
    m.conv(5, 6, pads=[0, 0, 0, 0])


@case("BatchNormalization before Conv with padding", 6 * 9 * 8)
def _(m):
    m.batch_norm(5)
    m.conv(5, 6)


@case("BatchNormalization with a second reader before it", 6 * 9 * 8)
def _(m):
    conv = m.conv(5, 6)
    normal = m.batch_norm(6)
    m.node("Add", conv, normal)


@case("BatchNormalization of a vector", 0, shape=(12,))
def _(m):
    m.batch_norm(12)
    m.linear(12, 7)
    m.batch_norm(7)


@case("Relu with a second reader before it", 6 * 9 * 8)
def _(m):
    conv = m.conv(5, 6)
    m.add("Relu")
    m.node("Add", conv, m.x)


def scalar(m, value):
    return m.constant(np.float32(value))


for low, high in [(0, 6), (-0.5, 0.25), (None, 0.5), (-0.25, None)]:

    @case(f"Clip {low} {high}", 6 * 9 * 8)
    def _(m, low=low, high=high):
        m.conv(5, 6)
        operands = ["" if low is None else scalar(m, low)]
        operands += [] if high is None else [scalar(m, high)]
        m.add("Clip", *operands)


POOLS = {
    "plain": (dict(kernel_shape=[2, 2], strides=[2, 2]), 4 * 4),
    "overlapping": (dict(kernel_shape=[3, 2], strides=[1, 1]), 7 * 7),
    "padded": (dict(kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]), 5 * 4),
    "uneven": (dict(kernel_shape=[3, 3], strides=[2, 3], pads=[0, 1, 2, 0]), 5 * 3),
    "ceil": (dict(kernel_shape=[2, 3], strides=[2, 2], ceil_mode=1), 5 * 4),
    "ceil padded": (dict(kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1], ceil_mode=1), 5 * 5),
    "whole": (dict(kernel_shape=[9, 8]), 1),
}
for label, (attributes, pixels) in POOLS.items():

    @case(f"MaxPool {label}", 5 * pixels)
    def _(m, attributes=attributes):
        m.add("MaxPool", **attributes)

    for counted in [0, 1]:

        @case(f"AveragePool {label} count_include_pad {counted}", 5 * pixels)
        def _(m, attributes=attributes, counted=counted):
            m.add("AveragePool", count_include_pad=counted, **attributes)


for operator in ["MaxPool", "AveragePool"]:

    @case(f"{operator} ceil without the window that begins in the padding", 5)
    def _(m, operator=operator):
        # Runtime's shape inference counts that window, its kernel doesn't: hide the size.
        m.add(operator, kernel_shape=[2, 2], strides=[3, 3], pads=[1, 1, 1, 1], ceil_mode=1)
        m.add("GlobalAveragePool")


@case("GlobalAveragePool", 5)
def _(m):
    m.add("GlobalAveragePool")


@case("GlobalMaxPool", 5)
def _(m):
    m.add("GlobalMaxPool")


@case("ReduceMean keepdims", 5)
def _(m):
    m.mean(keepdims=1)


@case("ReduceMean without keepdims", 0)
def _(m):
    m.mean(keepdims=0)
    m.linear(5, 10)


@case("Add of two tensors and Relu", 6 * 9 * 8)
def _(m):
    first = m.conv(5, 6)
    m.x = "image"
    m.conv(5, 6)
    m.node("Add", first, m.x)
    m.add("Relu")


@case("Add of a tensor to itself", 5 * 9 * 8)
def _(m):
    m.node("Add", m.x, m.x)


@case("normalisation inside the graph", 6 * 9 * 8)
def _(m):
    m.add("Div", scalar(m, 2))
    m.add("Sub", m.weights(1, 5, 1, 1))
    m.add("Mul", m.weights(5, 1, 1))
    m.node("Sub", m.weights(1, 5, 1, 1), m.x)
    m.add("Add", m.weights(1))
    m.conv(5, 6)
    m.node("Mul", m.weights(6, 1, 1), m.x)


@case("Concat of three", 17 * 9 * 8)
def _(m):
    first = m.conv(5, 6)
    m.x = "image"
    second = m.conv(5, 6, kernel=1)
    m.node("Concat", first, "image", second, axis=1)


@case("Concat on axis -3", 11 * 9 * 8)
def _(m):
    m.node("Concat", m.conv(5, 6), "image", axis=-3)


@case("Gemm alpha, beta, without transB", 0, shape=(3, 4, 5))
def _(m):
    m.add("Flatten")
    m.add("Gemm", m.weights(60, 8), m.weights(1, 8), alpha=0.5, beta=2.0)


@case("Gemm without C, after -> Relu", 0, shape=(3, 4, 5))
def _(m):
    m.add("Flatten", axis=1)
    m.add("Relu")
    m.add("Gemm", m.weights(8, 60), transB=1)


@case("MatMul and Add", 0, shape=(3, 4, 5))
def _(m):
    m.add("Flatten")
    m.add("MatMul", m.weights(60, 8))
    m.add("Add", m.weights(8))
    m.add("Relu")
    m.add("MatMul", m.weights(8, 4))
    m.node("Add", m.weights(1, 4), m.x)


@case("MatMul with a transposed constant", 0, shape=(3, 4, 5))
def _(m):
    m.add("Flatten")
    image = m.x
    weights = m.node("Transpose", m.weights(8, 60), perm=[1, 0])
    m.node("MatMul", image, weights)


for target in [[0, -1], [-1, 360], [0, 360]]:

    @case(f"Reshape {target}", 0)
    def _(m, target=target):
        m.add("Reshape", m.integers(target))
        m.linear(360, 4)


@case("Reshape [1, -1] with a fixed batch", 0, batch=1)
def _(m):
    m.add("Reshape", m.integers([1, -1]))
    m.linear(360, 4)


@case("Reshape by Shape, Gather, Unsqueeze, Concat", 0)
def _(m):
    image = m.x
    shape = m.node("Shape", image)
    m.node("Gather", shape, m.constant(np.int64(0)), axis=0)
    batch = m.reaxed("Unsqueeze", [0])
    m.node("Cast", m.node("Concat", batch, m.integers([-1]), axis=0), to=7)
    m.node("Reshape", image, m.x)
    m.linear(360, 4)


@case("Reshape by Shape, Slice, Mul", 0)
def _(m):
    image = m.x
    shape = m.node("Shape", image)
    batch = m.node("Slice", shape, m.integers([0]), m.integers([1]))
    area = m.node(
        "Mul", m.node("Gather", shape, m.integers([1])),
        m.constant(np.asarray([72], np.int64)))
    m.node("Reshape", image, m.node("Concat", batch, area, axis=0))
    m.linear(360, 4)


@case("Squeeze, Unsqueeze, Identity, Dropout", 0)
def _(m):
    m.add("GlobalAveragePool")
    m.reaxed("Squeeze", [2, -1])
    m.add("Identity")
    m.reaxed("Unsqueeze", [-1, 2])
    if m.opset < 12:
        m.add("Dropout", ratio=0.3)
    else:
        m.add("Dropout", m.constant(np.float32(0.3)), m.constant(np.bool_(False)))
    m.conv(5, 6, kernel=1)
    m.reaxed("Squeeze", [2, 3])


@case("Pad before Conv and AveragePool", 11 * 10 * 10)
def _(m):
    m.add("Pad", m.integers([0, 0, 1, 2, 0, 0, 2, 2]), scalar(m, 0))
    padded = m.x
    first = m.add("AveragePool", kernel_shape=[3, 3])
    m.x = padded
    m.conv(5, 6, pads=[0, 0, 0, 0])
    m.node("Concat", first, m.x, axis=1)


@case("Pad before MaxPool of negative numbers", 5 * 5 * 4)
def _(m):
    m.add("Sub", scalar(m, 3))
    m.add("Pad", m.integers([0, 0, 1, 1, 0, 0, 1, 1]))
    m.add("MaxPool", kernel_shape=[3, 3], strides=[2, 2])


@case("Pad after Relu before MaxPool", 5 * 5 * 4)
def _(m):
    m.add("Relu")
    m.add("Pad", m.integers([0, 0, 1, 1, 0, 0, 1, 1]), mode="constant")
    m.add("MaxPool", kernel_shape=[3, 3], strides=[2, 2])


@case("Pad with axes", 5 * 9 * 12, opsets=[21])
def _(m):
    m.add("Pad", m.integers([1, 3]), "", m.integers([-1]))


@case("Constant nodes", 6 * 9 * 8)
def _(m):
    weights = numpy_helper.from_array(m.random.standard_normal((6, 5, 3, 3)).astype("f4"))
    image = m.x
    weights = m.node("Constant", value=weights)
    bias = m.node("Constant", value_floats=[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]) if m.opset > 11 else ""
    m.node("Conv", image, weights, bias, pads=[1, 1, 1, 1])


@case("LogSoftmax at the end", 0)
def _(m):
    m.finish(360)
    m.add("LogSoftmax", axis=-1)


@case("Softmax at the end by default axis", 0)
def _(m):
    m.finish(360)
    m.add("Softmax")
