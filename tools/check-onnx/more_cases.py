"""Activations, layouts, selections, constant arithmetic, heads and quantised graphs."""

import numpy as np
from onnx import TensorProto

from cases import case, scalar

ANY = range(7, 99)


# Activations, whole and in pieces.

def unary(name, opsets=range(11, 99), **attributes):
    @case(f"{name} {attributes or ''}", 6 * 9 * 8, opsets=opsets)
    def _(m):
        m.conv(5, 6)
        m.add(name, **attributes)


for name in ["Sigmoid", "Tanh", "Softplus", "Softsign", "Elu", "Selu", "LeakyRelu", "HardSigmoid"]:
    unary(name, opsets=ANY)
unary("HardSigmoid", alpha=1 / 6, beta=0.5)
unary("LeakyRelu", alpha=0.2)
unary("ThresholdedRelu", alpha=0.4)
unary("Elu", alpha=0.5)
unary("Celu", opsets=range(12, 99), alpha=0.7)
unary("HardSwish", opsets=range(14, 99))
unary("Mish", opsets=range(18, 99))
unary("Gelu", opsets=range(20, 99))
unary("Gelu", opsets=range(20, 99), approximate="tanh")
for name in ["Erf", "Abs", "Neg", "Exp", "Sin", "Cos"]:
    unary(name)


@case("SiLU as x * Sigmoid(x)", 6 * 9 * 8, opsets=ANY)
def _(m):
    x = m.conv(5, 6)
    m.node("Mul", m.add("Sigmoid"), x)


@case("x * HardSigmoid(x)", 6 * 9 * 8)
def _(m):
    x = m.conv(5, 6)
    m.node("Mul", x, m.add("HardSigmoid", alpha=1 / 6, beta=0.5))


@case("hard swish by Add, Clip, Div, Mul", 6 * 9 * 8)
def _(m):
    x = m.conv(5, 6)
    m.add("Add", scalar(m, 3))
    m.add("Clip", scalar(m, 0), scalar(m, 6))
    m.node("Mul", x, m.add("Div", scalar(m, 6)))


@case("hard swish by Add, Clip, Mul, Div behind a sum", 6 * 9 * 8)
def _(m):
    a = m.conv(5, 6)
    m.x = "image"
    m.conv(5, 6)
    x = m.node("Add", a, m.x)
    m.add("Add", scalar(m, 3))
    m.add("Clip", scalar(m, 0), scalar(m, 6))
    m.node("Mul", m.x, x)
    m.add("Div", scalar(m, 6))


@case("GELU by Erf", 6 * 9 * 8)
def _(m):
    x = m.conv(5, 6)
    m.add("Div", scalar(m, 2**0.5))
    m.add("Erf")
    m.add("Add", scalar(m, 1))
    m.node("Mul", x, m.x)
    m.add("Mul", scalar(m, 0.5))


@case("GELU by Tanh and Pow", 6 * 9 * 8)
def _(m):
    x = m.conv(5, 6)
    m.add("Pow", scalar(m, 3))
    m.add("Mul", scalar(m, 0.044715))
    m.node("Add", x, m.x)
    m.add("Mul", scalar(m, (2 / np.pi) ** 0.5))
    m.add("Tanh")
    m.add("Add", scalar(m, 1))
    half = m.node("Mul", x, scalar(m, 0.5))
    previous = m.nodes[-2].output[0]
    m.node("Mul", half, previous)


@case("Mish by Softplus and Tanh", 6 * 9 * 8)
def _(m):
    x = m.conv(5, 6)
    m.add("Softplus")
    m.node("Mul", x, m.add("Tanh"))


@case("ReLU and ReLU6 by Max and Min", 6 * 9 * 8)
def _(m):
    m.conv(5, 6)
    m.add("Max", scalar(m, 0))
    m.conv(6, 6)
    m.add("Min", m.constant(np.full((1, 1, 1), 6, np.float32)))
    m.node("Max", scalar(m, 0), m.x)


@case("Max of x and a slope of it", 6 * 9 * 8)
def _(m):
    x = m.conv(5, 6)
    m.node("Max", x, m.add("Mul", scalar(m, 0.1)))


for label, slopes in [("one", (1,)), ("one a channel", (6, 1, 1)), ("equal", None)]:

    @case(f"PRelu {label}", 6 * 9 * 8, opsets=ANY)
    def _(m, slopes=slopes):
        m.conv(5, 6)
        m.add("PRelu", m.weights(*slopes) if slopes
              else m.constant(np.full((6, 1, 1), 0.25, np.float32)))


@case("Swish behind a scale, before a scale", 6 * 9 * 8)
def _(m):
    m.conv(5, 6)
    x = m.add("Mul", scalar(m, 1.5))
    m.node("Mul", x, m.add("Sigmoid"))
    m.add("Mul", scalar(m, 1.7))
    m.add("Clip", scalar(m, -0.2), scalar(m, 2))


# Squeeze and excitation.

def gate(m, channels, activation):
    x = m.x
    m.add("GlobalAveragePool")
    m.conv(channels, 4, kernel=1)
    m.add("Relu")
    m.conv(4, channels, kernel=1)
    m.add(activation)
    return x


for order in ["gate first", "image first"]:

    @case(f"squeeze and excitation, {order}", 6 * 9 * 8, opsets=ANY)
    def _(m, order=order):
        m.conv(5, 6)
        x = gate(m, 6, "Sigmoid")
        m.node("Mul", *([m.x, x] if order == "gate first" else [x, m.x]))


@case("squeeze and excitation by linear layers", 6 * 9 * 8)
def _(m):
    x = m.conv(5, 6)
    m.mean(keepdims=0)
    m.linear(6, 4)
    m.add("Relu")
    m.linear(4, 6)
    m.add("HardSigmoid")
    m.node("Mul", x, m.add("Reshape", m.integers([0, 6, 1, 1])))


@case("Mul of two images, of an image and a map", 6 * 9 * 8)
def _(m):
    a = m.conv(5, 6)
    m.x = "image"
    b = m.conv(5, 6)
    product = m.node("Mul", a, b)
    m.x = "image"
    m.conv(5, 1)
    m.node("Mul", product, m.add("Sigmoid"))


# Channels last.

@case("NHWC input, transposed", 6 * 9 * 8, shape=(9, 8, 3), opsets=ANY)
def _(m):
    m.add("Transpose", perm=[0, 3, 1, 2])
    m.conv(3, 6)


@case("NHWC between convolutions", 6 * 9 * 8, shape=(9, 8, 3))
def _(m):
    m.add("Transpose", perm=[0, 3, 1, 2])
    m.conv(3, 6)
    m.add("Transpose", perm=[0, 2, 3, 1])
    m.add("Add", m.weights(6))
    m.add("Mul", m.weights(1, 1, 1, 6))
    x = m.add("Relu")
    m.add("Transpose", perm=[0, 3, 1, 2])
    m.conv(6, 6)
    m.add("Transpose", perm=[0, 2, 3, 1])
    m.node("Concat", x, m.x, axis=3)
    m.add("Transpose", perm=[0, 3, 1, 2])
    m.conv(12, 6)


@case("NHWC before Flatten", 0, shape=(5, 4, 3))
def _(m):
    m.add("Transpose", perm=[0, 3, 1, 2])
    m.conv(3, 6)
    m.add("Transpose", perm=[0, 2, 3, 1])
    m.add("Reshape", m.integers([-1, 120]))
    m.add("MatMul", m.weights(120, 8))


@case("NHWC mean, then Dense", 0, shape=(5, 4, 3))
def _(m):
    m.add("Transpose", perm=[0, 3, 1, 2])
    m.conv(3, 6)
    m.add("Transpose", perm=[0, 2, 3, 1])
    m.reduce("ReduceMean", [1, 2], keepdims=0)
    m.add("MatMul", m.weights(6, 8))
    m.add("Add", m.weights(8))


@case("NHWC pooled, transposed before Flatten", 0, shape=(8, 8, 3))
def _(m):
    m.add("Transpose", perm=[0, 3, 1, 2])
    m.conv(3, 6)
    m.add("MaxPool", kernel_shape=[2, 2], strides=[2, 2])
    m.add("Transpose", perm=[0, 2, 3, 1])
    m.add("Flatten")
    m.linear(96, 5)


@case("NHWC matrix for each pixel", 0, shape=(5, 4, 3))
def _(m):
    m.add("MatMul", m.weights(3, 7))
    m.add("Add", m.weights(7))
    m.add("Relu")
    m.add("Flatten")
    m.linear(140, 5)


@case("NHWC Pad", 0, shape=(6, 5, 3))
def _(m):
    m.add("Pad", m.integers([0, 1, 0, 0, 0, 2, 1, 0]))
    m.add("Transpose", perm=[0, 3, 1, 2])
    m.conv(3, 6, pads=[0, 0, 0, 0])
    m.add("GlobalAveragePool")
    m.add("Squeeze", *([] if m.opset < 13 else [m.integers([2, 3])]),
          **(dict(axes=[2, 3]) if m.opset < 13 else {}))


# Choices among channels and pixels.

@case("channel shuffle", 8 * 9 * 8, shape=(8, 9, 8), opsets=ANY)
def _(m):
    m.conv(8, 8)
    m.add("Reshape", m.integers([0, 2, 4, 9, 8]))
    m.add("Transpose", perm=[0, 2, 1, 3, 4])
    m.add("Reshape", m.integers([0, 8, 9, 8]))
    m.conv(8, 8)


@case("channel shuffle before a depthwise convolution", 12 * 9 * 8, shape=(12, 9, 8))
def _(m):
    m.add("Reshape", m.integers([-1, 3, 4, 9, 8]))
    m.add("Transpose", perm=[0, 2, 1, 3, 4])
    m.add("Reshape", m.integers([-1, 12, 9, 8]))
    m.conv(12, 12, groups=12)


@case("channel shuffle across the batch of one", 8 * 9 * 8, shape=(8, 9, 8), batch=1)
def _(m):
    m.add("Reshape", m.integers([4, 2, 72]))
    m.add("Transpose", perm=[1, 0, 2])
    halves = m.add("Reshape", m.integers([2, -1, 4, 9, 8]))
    first = m.add("Gather", m.constant(np.int64(0)), axis=0)
    second = m.node("Gather", halves, m.constant(np.int64(1)), axis=0)
    m.conv(4, 4)
    m.node("Concat", first, m.x, axis=1)


@case("Split and Concat", 9 * 9 * 8, shape=(9, 9, 8), opsets=ANY)
def _(m):
    m.conv(9, 9)
    a, b, c = m.split([2, 4, 3])
    m.x = b
    m.conv(4, 4)
    m.node("Concat", c, m.x, a, axis=1)


@case("Split in halves by default", 8 * 9 * 8, shape=(8, 9, 8), opsets=range(7, 18))
def _(m):
    from onnx import helper
    m.nodes.append(helper.make_node("Split", ["image"], ["half1", "half2"], axis=1))
    m.node("Concat", "half2", "half1", axis=1)
    m.add("Relu")


@case("Slice of channels, shared and residual", 6 * 9 * 8, shape=(8, 9, 8))
def _(m):
    x = m.conv(8, 8)
    tail = m.add("Slice", m.integers([2]), m.integers([2**63 - 1]), m.integers([1]))
    m.conv(6, 6)
    m.node("Add", tail, m.x)


@case("Slice of every second pixel", 5 * 5 * 4)
def _(m):
    m.add("Slice", m.integers([0, 0]), m.integers([9, 8]), m.integers([2, 3]), m.integers([2, 2]))


@case("Slice of odd rows, last columns", 5 * 4 * 3)
def _(m):
    m.conv(5, 5)
    m.add("Slice", m.integers([1, -3]), m.integers([9, 2**31]), m.integers([-2, -1]),
          m.integers([2, 1]))


@case("Slice of inner pixels", 5 * 4 * 3)
def _(m):
    m.add("Slice", m.integers([2, 1]), m.integers([6, 7]), m.integers([2, 3]), m.integers([1, 2]))


@case("Slice of reversed channels", 5 * 9 * 8)
def _(m):
    m.add("Slice", m.integers([-1]), m.integers([-(2**63) + 1]), m.integers([1]), m.integers([-1]))
    m.conv(5, 5)


@case("Gather of channels", 4 * 9 * 8)
def _(m):
    m.add("Gather", m.integers([4, 0, -2, 0]), axis=1)
    m.add("Relu")


@case("shortcut of option A", 9 * 5 * 4)
def _(m):
    x = m.add("Slice", m.integers([0, 0]), m.integers([9, 8]), m.integers([2, 3]),
              m.integers([2, 2]))
    shortcut = m.add("Pad", m.integers([0, 2, 0, 0, 0, 2, 0, 0]))
    m.x = "image"
    m.conv(5, 9, stride=2)
    m.node("Add", m.x, shortcut)


@case("Pad by negative numbers", 5 * 8 * 6)
def _(m):
    m.add("Pad", m.integers([0, 0, -1, -1, 0, 0, 0, -1]))
    m.add("Relu")


@case("SpaceToDepth", 6 * 4 * 4, shape=(3, 8, 8), opsets=ANY)
def _(m):
    m.add("SpaceToDepth", blocksize=2)
    m.conv(12, 6)


@case("SpaceToDepth by Reshape and Transpose", 12 * 4 * 4, shape=(3, 8, 8))
def _(m):
    m.add("Reshape", m.integers([-1, 3, 4, 2, 4, 2]))
    m.add("Transpose", perm=[0, 3, 5, 1, 2, 4])
    m.add("Reshape", m.integers([-1, 12, 4, 4]))
    m.add("Relu")


@case("Focus: four slices", 6 * 4 * 4, shape=(3, 8, 8))
def _(m):
    parts = [
        m.node("Slice", "image", m.integers([y, x]), m.integers([8, 8]), m.integers([2, 3]),
               m.integers([2, 2]))
        for y, x in [(0, 0), (1, 0), (0, 1), (1, 1)]]
    m.node("Concat", *parts, axis=1)
    m.conv(12, 6)


for dilations, size in [([2, 2], 6 * 7 * 6), ([1, 3], 6 * 9 * 4)]:

    @case(f"Conv dilations {dilations}", size, opsets=ANY)
    def _(m, dilations=dilations):
        m.conv(5, 6, dilations=dilations)


@case("Conv depthwise, dilated, strided", 8 * 5 * 4, shape=(8, 9, 8))
def _(m):
    m.conv(8, 8, groups=8, stride=2, dilations=[2, 2], pads=[2, 2, 2, 2])


# Sums and reductions.

@case("Sum of three, Mean of two", 6 * 9 * 8, opsets=range(8, 99))
def _(m):
    a = m.conv(5, 6)
    m.x = "image"
    b = m.conv(5, 6)
    m.node("Sum", a, b, a)
    m.node("Mean", m.x, b)


@case("Sub of two tensors", 6 * 9 * 8, opsets=ANY)
def _(m):
    a = m.conv(5, 6)
    m.x = "image"
    m.node("Sub", a, m.conv(5, 6))


for operator in ["ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin"]:
    for axes, keepdims in [([2, 3], 1), ([3, 2], 0), ([2], 1), ([-1], 0)]:

        @case(f"{operator} {axes} keepdims {keepdims}", 0)
        def _(m, operator=operator, axes=axes, keepdims=keepdims):
            m.reduce(operator, axes, keepdims)
            m.add("Flatten")
            m.linear({2: 5, 1: 40 if axes == [2] else 45}[len(axes)], 4)


for operator in ["ReduceMean", "ReduceSum"]:

    @case(f"{operator} of channels", 72)
    def _(m, operator=operator):
        m.reduce(operator, [1], 1)


# Constant arithmetic.

@case("padding as torch.onnx traces it", 6 * 4 * 4, shape=(3, 9, 8))
def _(m):
    image = m.x
    rest = m.node("ConstantOfShape", m.integers([4]))
    rest = m.node("Cast", rest, to=7)
    pads = m.node("Concat", m.integers([0, 1, 0, 1]), rest, axis=0)
    pairs = m.node("Reshape", pads, m.integers([-1, 2]))
    turned = m.node("Slice", pairs, m.integers([-1]), m.integers([-(2**63) + 1]), m.integers([0]),
                    m.integers([-1]))
    flat = m.node("Reshape", m.node("Transpose", turned, perm=[1, 0]), m.integers([-1]))
    m.node("Pad", image, m.node("Cast", flat, to=7))
    m.conv(3, 6, stride=2, pads=[0, 0, 0, 0])


@case("padding from the size, by Shape, Div, Ceil, Mul, Sub", 6 * 5 * 4, shape=(3, 9, 8))
def _(m):
    image = m.x
    sizes = m.node("Slice", m.node("Shape", image), m.integers([2]), m.integers([4]))
    real = m.node("Cast", sizes, to=1)
    steps = m.node("Ceil", m.node("Div", real, scalar(m, 2)))
    total = m.node("Sub", m.node("Mul", m.node("Sub", steps, scalar(m, 1)), scalar(m, 2)), real)
    total = m.node("Max", m.node("Add", total, scalar(m, 3)), scalar(m, 0))
    before = m.node("Floor", m.node("Div", total, scalar(m, 2)))
    after = m.node("Sub", total, before)
    zeros = m.constant(np.zeros(2, np.float32))
    pads = m.node("Cast", m.node("Concat", zeros, before, zeros, after, axis=0), to=7)
    m.node("Pad", image, pads)
    m.conv(3, 6, stride=2, pads=[0, 0, 0, 0])


@case("shape by Gather, Range, Where, Equal, Expand", 0)
def _(m):
    image = m.x
    shape = m.node("Shape", image)
    batch = m.node("Gather", shape, m.constant(np.int64(0)), axis=0)
    numbers = m.node("Range", m.constant(np.int64(0)), m.constant(np.int64(2)),
                     m.constant(np.int64(1)))
    is_first = m.node("Equal", numbers, m.constant(np.int64(0)))
    rest = m.node("Expand", m.integers([-1]), m.integers([2]))
    target = m.node("Where", is_first, m.node("Expand", batch, m.integers([2])), rest)
    m.node("Reshape", image, target)
    m.linear(360, 4)


@case("weights behind Identity, Transpose, Mul", 6 * 9 * 8)
def _(m):
    image = m.x
    kernel = m.node("Identity", m.weights(3, 3, 5, 6))
    kernel = m.node("Transpose", kernel, perm=[3, 2, 0, 1])
    kernel = m.node("Mul", kernel, m.weights(6, 1, 1, 1))
    m.node("Conv", image, kernel, pads=[1, 1, 1, 1])


# Inputs and batches.

@case("uint8 input behind a Cast", 6 * 9 * 8, shape=(3, 9, 8), dtype=TensorProto.UINT8)
def _(m):
    m.add("Cast", to=TensorProto.FLOAT)
    m.add("Div", scalar(m, 255))
    m.add("Sub", m.weights(1, 3, 1, 1))
    m.conv(3, 6)


@case("uint8 NHWC input", 6 * 9 * 8, shape=(9, 8, 3), dtype=TensorProto.UINT8)
def _(m):
    m.add("Cast", to=TensorProto.FLOAT)
    m.add("Transpose", perm=[0, 3, 1, 2])
    m.conv(3, 6)


@case("free height and width", 0, shape=(3, "height", "width"))
def _(m):
    m.conv(3, 6, stride=2)
    m.add("Relu")
    m.add("GlobalAveragePool")
    m.add("Flatten")
    m.linear(6, 5)


@case("batch fixed at 4", 0, batch=4)
def _(m):
    m.conv(5, 6)
    m.add("Reshape", m.integers([4, -1]))
    m.linear(432, 4)


@case("batch fixed at 4 with a channel shuffle", 0, shape=(8, 9, 8), batch=4)
def _(m):
    m.add("Reshape", m.integers([4, 2, 4, 9, 8]))
    m.add("Transpose", perm=[0, 2, 1, 3, 4])
    m.add("Reshape", m.integers([4, 8, 9, 8]))
    m.conv(8, 6)
    m.add("GlobalAveragePool")
    m.add("Flatten")
    m.linear(6, 5)


# Operator sets before 11.

@case("Clip, Pad, Slice, Unsqueeze by attributes", 0, opsets=range(7, 10))
def _(m):
    m.conv(5, 6)
    m.add("Clip", min=0.0, max=1.0)
    m.add("Pad", pads=[0, 0, 1, 1, 0, 0, 1, 1])
    m.add("Slice", starts=[1, 0], ends=[6, 7], axes=[1, 2])
    m.add("MaxPool", kernel_shape=[2, 2], strides=[2, 2])
    m.finish(5 * 3 * 5)


# Heads.

for name, attributes in [
    ("Sigmoid", {}), ("Softmax", dict(axis=1)), ("LogSoftmax", dict(axis=1)),
    ("ArgMax", dict(axis=1, keepdims=0)), ("ArgMax", dict(axis=-1)),
]:

    @case(f"{name} at the end {attributes}", 0)
    def _(m, name=name, attributes=attributes):
        m.finish(360)
        m.add(name, **attributes)


@case("Softmax and TopK at the end", 0)
def _(m):
    m.finish(360)
    m.add("Softmax", axis=1)
    m.add("TopK", m.integers([3]))
    m.nodes[-1].output.append("indices")


@case("classes behind a shuffle of the scores", 0)
def _(m):
    m.finish(360, 12)
    m.add("Reshape", m.integers([-1, 3, 4]))
    m.add("Transpose", perm=[0, 2, 1])
    m.add("Reshape", m.integers([-1, 12]))
