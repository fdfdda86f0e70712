"""The route predictor: means of a feature map, then one linear layer."""

import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn
from torch.nn import functional


class Head(nn.Module):
    """Reads N x C x H x W features, pooled to at most side x side means."""

    def __init__(self, shape: tuple[int, int, int], side: int, classes: int):
        super().__init__()
        channels, height, width = shape
        self.shape = shape
        rows, columns = min(side, height), min(side, width)
        # As the compiler pools: adjacent windows where the sides divide, else overlapping ones.
        self.strides = height // rows, width // columns
        self.kernel = (height - (rows - 1) * self.strides[0],
                       width - (columns - 1) * self.strides[1])
        self.layer = nn.Conv2d(channels, classes, (rows, columns))

    def pool(self, features: Tensor) -> Tensor:
        return functional.avg_pool2d(features, self.kernel, self.strides)

    def forward(self, features: Tensor) -> Tensor:
        return self.layer(self.pool(features)).flatten(1)

    def fit(self, pooled: Tensor, targets: Tensor, epochs: int = 10, batch: int = 250) -> None:
        """Fits the layer to soft targets by AdamW on standardised features, from nothing."""
        x = pooled.flatten(1)
        mean, scale = x.mean(0), 1 / x.std(0).clamp_min(1e-5)
        layer = nn.Linear(x.shape[1], targets.shape[1])
        nn.init.zeros_(layer.weight)
        nn.init.zeros_(layer.bias)
        optimiser = torch.optim.AdamW(layer.parameters(), lr=1e-3, weight_decay=0.1)
        steps = epochs * (len(x) // batch)
        for step in range(steps):
            if step % (len(x) // batch) == 0:
                order = torch.randperm(len(x))
            start = step % (len(x) // batch) * batch
            chosen = order[start:start + batch]
            optimiser.param_groups[0]["lr"] = 1e-3 * (1 - step / steps)
            loss = functional.cross_entropy(layer((x[chosen] - mean) * scale), targets[chosen])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        with torch.no_grad():
            weight = layer.weight * scale
            self.layer.bias.copy_(layer.bias - weight @ mean)
            self.layer.weight.copy_(weight.view_as(self.layer.weight))

    def save(self, path: str) -> None:
        """The predictor as a network of its own."""
        weight = self.layer.weight.detach().contiguous().numpy()
        bias = self.layer.bias.detach().numpy()
        rows, columns = weight.shape[2:]
        nodes = [
            helper.make_node("AveragePool", ["features"], ["pooled"], kernel_shape=self.kernel,
                             strides=self.strides),
            helper.make_node("Conv", ["pooled", "weight", "bias"], ["classes"],
                             kernel_shape=(rows, columns)),
            helper.make_node("Flatten", ["classes"], ["scores"], axis=1),
        ]
        graph = helper.make_graph(
            nodes, "route",
            [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["N", *self.shape])],
            [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["N", weight.shape[0]])],
            [numpy_helper.from_array(weight, "weight"), numpy_helper.from_array(bias, "bias")])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
        model.ir_version = 8
        onnx.checker.check_model(model)
        onnx.save(model, path)
