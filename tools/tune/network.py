"""A network that `sinfc thin` wrote, as a PyTorch module whose weights can be trained and written
back. Only the operators that it writes are read."""

import numpy
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn
from torch.nn import functional


def _attributes(node: onnx.NodeProto) -> dict:
    return {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}


def _padded(x: Tensor, pads: list[int], value: float = 0.0) -> Tensor:
    top, left, bottom, right = pads
    return functional.pad(x, (left, right, top, bottom), value=value) if any(pads) else x


class Network(nn.Module):
    """N x C x H x W in, N x classes out; `values` gives tensors by name."""

    def __init__(self, path: str):
        super().__init__()
        self.model = onnx.load(path)
        graph = self.model.graph
        self.input, self.output = graph.input[0].name, graph.output[0].name
        self.constants = {i.name: numpy_helper.to_array(i).copy() for i in graph.initializer}
        weights = {name: nn.Parameter(torch.from_numpy(array))
                   for name, array in self.constants.items() if array.ndim > 0}
        self.weights = nn.ParameterDict(weights)
        self.steps = [(n.op_type, list(n.input), n.output[0], _attributes(n)) for n in graph.node]

    def forward(self, x: Tensor) -> Tensor:
        return self.values(x, [self.output])[0]

    def values(self, x: Tensor, wanted: list[str]) -> list[Tensor]:
        """The wanted tensors, in one pass."""
        return self.between({self.input: x}, wanted)

    def between(self, known: dict[str, Tensor], wanted: list[str]) -> list[Tensor]:
        """The wanted tensors from known ones; what neither needs is not computed."""
        known = dict(known)
        for operator, inputs, output, attributes in self._path(set(known), set(wanted)):
            known[output] = self._run(operator, inputs, attributes, known)
        return [known[name] for name in wanted]

    def _path(self, known: set[str], wanted: set[str]) -> list:
        """The steps that lead from known tensors to the wanted ones."""
        path = []
        for step in reversed(self.steps):
            if step[2] in wanted and step[2] not in known:
                path.append(step)
                wanted = wanted | {name for name in step[1] if name not in self.constants}
        return path[::-1]

    def trained_between(self, start: set[str], end: str) -> list[nn.Parameter]:
        """The weights of the steps that lead from some tensors to another."""
        return [self.weights[name] for _, inputs, _, _ in self._path(start, {end})
                for name in inputs if name in self.weights]

    def _run(self, operator: str, inputs: list[str], a: dict, known: dict) -> Tensor:
        x = [known[name] for name in inputs if name in known]
        match operator:
            case "Conv":
                weight, bias = (self.weights[name] for name in inputs[1:])
                return functional.conv2d(_padded(x[0], a["pads"]), weight, bias,
                                         stride=tuple(a["strides"]), groups=a["group"])
            case "Relu":
                return functional.relu(x[0])
            case "Clip":
                low, high = (float(self.constants[name]) for name in inputs[1:])
                return x[0].clamp(low, high)
            case "MaxPool":
                return functional.max_pool2d(_padded(x[0], a["pads"], float("-inf")),
                                             tuple(a["kernel_shape"]), tuple(a["strides"]))
            case "AveragePool":
                kernel, strides = tuple(a["kernel_shape"]), tuple(a["strides"])
                sums = functional.avg_pool2d(_padded(x[0], a["pads"]), kernel, strides)
                if not any(a["pads"]) or a["count_include_pad"]:
                    return sums
                ones = _padded(torch.ones_like(x[0][:1, :1]), a["pads"])
                return sums / functional.avg_pool2d(ones, kernel, strides)
            case "GlobalAveragePool":
                return x[0].mean((2, 3), keepdim=True)
            case "Add":
                return x[0] + x[1]
            case "Mul":
                return x[0] * x[1]
            case "Concat":
                return torch.cat(x, 1)
            case "Flatten":
                return x[0].flatten(1)
            case "Identity":
                return x[0]
        raise SystemExit(f"tune: '{operator}' is none of the operators that sinfc writes")

    def save(self, path: str) -> None:
        """The file again, with the weights as they are now."""
        for initializer in self.model.graph.initializer:
            if initializer.name in self.weights:
                array = self.weights[initializer.name].detach().contiguous().numpy()
                initializer.CopyFrom(
                    numpy_helper.from_array(array.astype(numpy.float32), initializer.name))
        onnx.checker.check_model(self.model)
        onnx.save(self.model, path)
