"""Base networks for images of any size, defined for training and for ONNX export.

`build(name, classes)` returns a `torch.nn.Module` that maps float images `[N, 3, H, W]` to logits
`[N, classes]`. `names()` lists what it can build and `input_size(name)` the height and width that
a network is meant for.

Every network is a chain of convolution, batch normalisation and ReLU/ReLU6 with additions or
max pooling between, ends in global average pooling and one linear layer, and holds nothing that a
static integer runtime could not run (no attention, no squeeze-and-excitation, no dynamic shapes).
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn


def convolution(inputs: int, outputs: int, size: int = 3, stride: int = 1, groups: int = 1,
                activation: type[nn.Module] | None = nn.ReLU) -> nn.Sequential:
    """Convolution without bias, batch normalisation and, unless None, an activation.

    Padding keeps the size at stride 1.
    """
    layers: list[nn.Module] = [
        nn.Conv2d(inputs, outputs, size, stride, size // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs),
    ]
    if activation is not None:
        layers.append(activation(inplace=True))
    return nn.Sequential(*layers)


def head(channels: int, classes: int) -> nn.Sequential:
    """Global average pooling and the linear classifier."""
    return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, classes))


class VGG(nn.Sequential):
    """VGG with batch normalisation and one linear layer (Simonyan and Zisserman 2014).

    `plan` lists the output channels at full width, `"M"` being 2x2 max pooling. The last stage is
    averaged instead of pooled, so that 32x32 images leave 2x2 maps to average.
    """

    PLANS = {
        16: [64, 64, "M", 128, 128, "M", 256, 256, 256, "M", 512, 512, 512, "M", 512, 512, 512],
        19: [64, 64, "M", 128, 128, "M", 256, 256, 256, 256, "M", 512, 512, 512, 512, "M",
             512, 512, 512, 512],
    }

    def __init__(self, classes: int, depth: int = 16, width: float = 1.0):
        layers: list[nn.Module] = []
        channels = 3
        for step in self.PLANS[depth]:
            if step == "M":
                layers.append(nn.MaxPool2d(2))
            else:
                outputs = int(step * width)
                layers.append(convolution(channels, outputs))
                channels = outputs
        super().__init__(*layers, head(channels, classes))


class Bottleneck(nn.Module):
    """1x1, 3x3, 1x1 convolutions beside a shortcut (He et al. 2015; stride on the 3x3)."""

    EXPANSION = 4

    def __init__(self, inputs: int, planes: int, stride: int):
        super().__init__()
        outputs = planes * self.EXPANSION
        self.body = nn.Sequential(
            convolution(inputs, planes, 1),
            convolution(planes, planes, 3, stride),
            convolution(planes, outputs, 1, activation=None),
        )
        self.shortcut = (nn.Identity() if stride == 1 and inputs == outputs
                         else convolution(inputs, outputs, 1, stride, activation=None))
        self.activation = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.activation(self.body(x) + self.shortcut(x))


class BottleneckResNet(nn.Sequential):
    """ResNet of bottleneck blocks; `blocks` a stage, the first stage of `planes` planes.

    `imagenet_stem` is the 7x7 stride 2 convolution with 3x3 stride 2 max pooling; without it the
    stem is one 3x3 convolution at full size, the usual choice for 32x32 images.
    """

    def __init__(self, classes: int, blocks: tuple[int, ...] = (3, 4, 6, 3), planes: int = 64,
                 imagenet_stem: bool = False):
        layers: list[nn.Module] = []
        if imagenet_stem:
            layers += [convolution(3, planes, 7, 2), nn.MaxPool2d(3, 2, 1)]
        else:
            layers += [convolution(3, planes)]
        channels = planes
        for stage, count in enumerate(blocks):
            for index in range(count):
                stride = 2 if stage > 0 and index == 0 else 1
                layers.append(Bottleneck(channels, planes << stage, stride))
                channels = (planes << stage) * Bottleneck.EXPANSION
        super().__init__(*layers, head(channels, classes))


class InvertedResidual(nn.Module):
    """1x1 expansion, depthwise convolution, linear 1x1 projection (Sandler et al. 2018)."""

    def __init__(self, inputs: int, outputs: int, expansion: int, size: int, stride: int):
        super().__init__()
        hidden = inputs * expansion
        layers: list[nn.Module] = []
        if expansion != 1:
            layers.append(convolution(inputs, hidden, 1, activation=nn.ReLU6))
        layers += [
            convolution(hidden, hidden, size, stride, groups=hidden, activation=nn.ReLU6),
            convolution(hidden, outputs, 1, activation=None),
        ]
        self.body = nn.Sequential(*layers)
        self.adds = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        return x + self.body(x) if self.adds else self.body(x)


class InvertedResidualNet(nn.Sequential):
    """MobileNetV2 and EfficientNet-Lite: inverted residuals between two plain convolutions.

    `stages` rows are (expansion, channels, blocks, depthwise size, stride). `width` scales all
    channels, rounded to multiples of 8 but, as in the published code, by no more than a tenth down.
    """

    MOBILENET_V2 = ((1, 16, 1, 3, 1), (6, 24, 2, 3, 2), (6, 32, 3, 3, 2), (6, 64, 4, 3, 2),
                    (6, 96, 3, 3, 1), (6, 160, 3, 3, 2), (6, 320, 1, 3, 1))
    EFFICIENTNET_LITE0 = ((1, 16, 1, 3, 1), (6, 24, 2, 3, 2), (6, 40, 2, 5, 2), (6, 80, 3, 3, 2),
                          (6, 112, 3, 5, 1), (6, 192, 4, 5, 2), (6, 320, 1, 3, 1))

    def __init__(self, classes: int, stages: tuple[tuple[int, ...], ...], width: float = 1.0,
                 stem_stride: int = 2, second_stride: int = 2):
        """`second_stride` is the stride of the second stage: 1 for 32x32 images."""

        def scaled(channels: int) -> int:
            value = max(8, int(channels * width + 4) // 8 * 8)
            return value + 8 if value < 0.9 * channels * width else value

        channels = scaled(32)
        layers: list[nn.Module] = [convolution(3, channels, 3, stem_stride, activation=nn.ReLU6)]
        for stage, (expansion, outputs, count, size, stride) in enumerate(stages):
            if stage == 1:
                stride = second_stride
            for index in range(count):
                layers.append(InvertedResidual(channels, scaled(outputs), expansion, size,
                                               stride if index == 0 else 1))
                channels = scaled(outputs)
        last = max(1280, scaled(1280)) if width >= 1 else scaled(1280)
        layers.append(convolution(channels, last, 1, activation=nn.ReLU6))
        super().__init__(*layers, head(last, classes))


class Residual(nn.Module):
    """Two 3x3 convolutions whose activated result is added to what went in."""

    def __init__(self, channels: int):
        super().__init__()
        self.body = nn.Sequential(convolution(channels, channels), convolution(channels, channels))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.body(x)


class ResNet9(nn.Sequential):
    """Nine-layer residual network after the fast CIFAR-10 training work of D. Page (2018).

    `widths` are the channels of the stem and of the three stages, each of which starts with a
    convolution and 2x2 max pooling; `residuals` counts the residual blocks of each stage. Global
    average pooling replaces that work's global max pooling.
    """

    def __init__(self, classes: int, widths: tuple[int, int, int, int],
                 residuals: tuple[int, int, int]):
        layers: list[nn.Module] = [convolution(3, widths[0])]
        for inputs, outputs, count in zip(widths, widths[1:], residuals):
            layers += [convolution(inputs, outputs), nn.MaxPool2d(2)]
            layers += [Residual(outputs) for _ in range(count)]
        super().__init__(*layers, head(widths[-1], classes))


MOBILENET_V2 = InvertedResidualNet.MOBILENET_V2
EFFICIENTNET_LITE0 = InvertedResidualNet.EFFICIENTNET_LITE0

# name: (what builds it for a number of classes, input height and width)
NETWORKS: dict[str, tuple[Callable[[int], nn.Module], int]] = {
    "sample": (lambda n: ResNet9(n, (32, 48, 96, 192), (1, 1, 1)), 32),
    "resnet9-tiny": (lambda n: ResNet9(n, (8, 16, 16, 24), (1, 0, 1)), 32),
    "vgg16": (lambda n: VGG(n, 16), 32),
    "vgg16-w050": (lambda n: VGG(n, 16, 0.5), 32),
    "vgg16-w0125": (lambda n: VGG(n, 16, 0.125), 32),
    "vgg19": (lambda n: VGG(n, 19), 32),
    "resnet50": (lambda n: BottleneckResNet(n), 32),
    "resnet50-w0125": (lambda n: BottleneckResNet(n, planes=8), 32),
    "resnet26-tiny": (lambda n: BottleneckResNet(n, (2, 2, 2, 2), 4), 32),
    "resnet50-224": (lambda n: BottleneckResNet(n, imagenet_stem=True), 224),
    "mobilenetv2": (lambda n: InvertedResidualNet(n, MOBILENET_V2), 224),
    "mobilenetv2-32": (lambda n: InvertedResidualNet(n, MOBILENET_V2, 1.0, 1, 1), 32),
    "mobilenetv2-32-w025": (lambda n: InvertedResidualNet(n, MOBILENET_V2, 0.25, 1, 1), 32),
    "efficientnet-lite0": (lambda n: InvertedResidualNet(n, EFFICIENTNET_LITE0), 224),
    "efficientnet-lite0-32-w025":
        (lambda n: InvertedResidualNet(n, EFFICIENTNET_LITE0, 0.25, 1, 1), 32),
}


def names() -> list[str]:
    """The names `build` knows."""
    return list(NETWORKS)


def input_size(name: str) -> int:
    """Height and width in pixels of the images the network is meant for."""
    return NETWORKS[name][1]


def build(name: str, classes: int) -> nn.Module:
    """A freshly initialised network; He initialisation for convolutions.

    Raises KeyError for an unknown name.
    """
    network = NETWORKS[name][0](classes)
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
    return network


def randomise(network: nn.Module, size: int, seed: int) -> None:
    """Gives batch normalisation and biases random values of plausible size, in place.

    A fresh network has mean 0, variance 1, scale 1 and shift 0 everywhere, so that an importer
    that folds them wrongly would still be right. The running statistics are first measured on
    noise images of `size` pixels, which keeps activations in range
    however deep the network is. Leaves the network in evaluation mode.
    """
    generator = torch.Generator().manual_seed(seed)

    def uniform(like: Tensor, low: float, high: float) -> Tensor:
        return torch.rand(like.shape, generator=generator) * (high - low) + low

    def measure(module: nn.Module, inputs: tuple[Tensor], _: Tensor) -> None:
        x = inputs[0].transpose(0, 1).flatten(1)
        module.running_mean = x.mean(1) + x.std(1) * uniform(module.running_mean, -0.3, 0.3)
        module.running_var = (x.var(1) + 1e-3) * uniform(module.running_var, 0.6, 1.6)

    hooks = []
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.weight.data = uniform(module.weight, 0.5, 1.5)
            module.bias.data = uniform(module.bias, -0.4, 0.6)
            hooks.append(module.register_forward_hook(measure))
        elif isinstance(module, nn.Linear):
            module.bias.data = uniform(module.bias, -1, 1)
    network.train()
    with torch.no_grad():
        network(torch.randn(8, 3, size, size, generator=generator))
    for hook in hooks:
        hook.remove()
    network.eval()
