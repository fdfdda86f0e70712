"""Whole networks with random weights: VGG16, a ResNet with bottlenecks, MobileNetV2, a DenseNet."""

import numpy as np

from model import Model


def vgg16(opset):
    """VGG16 with batch normalisation, half width, for 32x32 images."""
    m = Model((3, 32, 32), opset, seed=1)
    channels = 3
    for width in [32, 32, 0, 64, 64, 0, 128, 128, 128, 0, 256, 256, 256, 0, 256, 256, 256, 0]:
        if width == 0:
            m.add("MaxPool", kernel_shape=[2, 2], strides=[2, 2])
            continue
        m.conv(channels, width)
        m.batch_norm(width)
        m.add("Relu")
        channels = width
    m.add("Flatten")
    m.linear(256, 128)
    m.add("Relu")
    m.add("Dropout")
    m.linear(128, 100)
    m.add("Softmax", axis=1)
    return m


def resnet(opset):
    """ResNet50's blocks at an eighth of its width on 64x64 images, with its stem and strides."""
    m = Model((3, 64, 64), opset, seed=2)
    m.conv(3, 8, kernel=7, stride=2, bias=False)
    m.batch_norm(8)
    m.add("Relu")
    m.add("MaxPool", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    channels = 8
    for stage, blocks in enumerate([3, 4, 6, 3]):
        width = 8 << stage
        for block in range(blocks):
            stride = 2 if block == 0 and stage > 0 else 1
            shortcut = m.x
            m.conv(channels, width, kernel=1, bias=False)
            m.batch_norm(width)
            m.add("Relu")
            m.conv(width, width, stride=stride, bias=False)
            m.batch_norm(width)
            m.add("Relu")
            m.conv(width, 4 * width, kernel=1, bias=False)
            main = m.batch_norm(4 * width)
            if block == 0:
                m.x = shortcut
                m.conv(channels, 4 * width, kernel=1, stride=stride, bias=False)
                shortcut = m.batch_norm(4 * width)
            m.node("Add", main, shortcut)
            m.add("Relu")
            channels = 4 * width
    m.add("GlobalAveragePool")
    m.add("Flatten")
    m.linear(channels, 100)
    return m


def mobilenet_v2(opset):
    """Inverted residuals with depthwise convolutions and ReLU6."""
    m = Model((3, 64, 64), opset, seed=3)

    def relu6():
        m.add("Clip", m.constant(np.float32(0)), m.constant(np.float32(6)))

    m.conv(3, 16, stride=2, bias=False)
    m.batch_norm(16)
    relu6()
    channels = 16
    for expansion, width, blocks, stride in [
        (1, 8, 1, 1), (6, 12, 2, 2), (6, 16, 3, 2), (6, 32, 4, 2), (6, 48, 3, 1), (6, 80, 3, 2),
    ]:
        for block in range(blocks):
            start, inner = m.x, channels * expansion
            if expansion > 1:
                m.conv(channels, inner, kernel=1, bias=False)
                m.batch_norm(inner)
                relu6()
            m.conv(inner, inner, stride=stride if block == 0 else 1, groups=inner, bias=False)
            m.batch_norm(inner)
            relu6()
            m.conv(inner, width, kernel=1, bias=False)
            m.batch_norm(width)
            if block > 0:
                m.node("Add", start, m.x)
            channels = width
    m.conv(channels, 160, kernel=1, bias=False)
    m.batch_norm(160)
    relu6()
    m.mean(keepdims=0)
    m.linear(160, 100)
    return m


def densenet(opset):
    """Concatenations; normalisation and ReLU before the convolutions, so that not all can fold."""
    m = Model((3, 32, 32), opset, seed=4)
    m.conv(3, 16, bias=False)
    channels = 16
    for _ in range(2):
        for _ in range(3):
            before = m.x
            m.batch_norm(channels)
            m.add("Relu")
            m.conv(channels, 12, bias=False)
            m.node("Concat", before, m.x, axis=1)
            channels += 12
        m.batch_norm(channels)
        m.add("Relu")
        m.conv(channels, channels // 2, kernel=1, bias=False)
        m.add("AveragePool", kernel_shape=[2, 2], strides=[2, 2])
        channels //= 2
    m.mean(keepdims=1)
    m.add("Flatten")
    m.linear(channels, 100)
    return m


NETWORKS = {"vgg16": vgg16, "resnet": resnet, "mobilenet-v2": mobilenet_v2, "densenet": densenet}

# Written with nothing that operator sets before 11 don't have.
OLD_NETWORKS = ["vgg16", "resnet", "densenet"]
