"""sinf.compile: a torch module, its pictures, and the model that comes of them."""

import subprocess
import sys

import numpy
import pytest
import sinf
from PIL import Image



@pytest.fixture(scope="module")
def network():
    """An ONNX model that tells four colours apart: exactly right without any training."""
    onnx = pytest.importorskip("onnx")
    helper, numbers = onnx.helper, onnx.numpy_helper
    first = numpy.zeros((8, 3, 3, 3), numpy.float32)
    last = numpy.zeros((4, 8), numpy.float32)
    for colour in range(3):
        first[colour, colour, 1, 1] = 1
        last[colour, colour] = 4
    constants = {
        "first": first, "last": last, "bias": numpy.array([0, 0, 0, 1.5], numpy.float32)
    }
    nodes = [
        helper.make_node("Conv", ["image", "first"], ["c"], pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["c"], ["r"]),
        helper.make_node("GlobalAveragePool", ["r"], ["p"]),
        helper.make_node("Flatten", ["p"], ["f"]),
        helper.make_node("Gemm", ["f", "last", "bias"], ["scores"], transB=1),
    ]
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes, "colours", [value("image", 1, [1, 3, 16, 16])], [value("scores", 1, [1, 4])],
        [numbers.from_array(array, name) for name, array in constants.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    random = numpy.random.default_rng(2)
    for index, name in enumerate(["a-red", "b-green", "c-blue", "d-dark"]):
        (folder / name).mkdir()
        for number in range(40):
            pixels = random.integers(0, 50, (16, 16, 3))
            if index < 3:
                pixels[:, :, index] += 180
            Image.fromarray(pixels.astype(numpy.uint8)).save(folder / name / f"{number}.png")
    return folder


def check(data, file, result):
    assert result["base_int8_accuracy"] == 1.0
    with sinf.Model(file) as model:
        assert model.classes == ("a-red", "b-green", "c-blue", "d-dark")
        for name in model.classes:
            assert model.classify(data / name / "3.png").label == name


def test_an_onnx_model_becomes_a_model(network, data, tmp_path):
    lines = []
    result = sinf.compile(
        network, data, tmp_path / "colours.sinf", plain=True, progress=lines.append
    )
    check(data, tmp_path / "colours.sinf", result)
    assert lines
    (tmp_path / "n.onnx").write_bytes(network.SerializeToString())
    again = sinf.compile(
        tmp_path / "n.onnx", data, tmp_path / "again.sinf", plain=True, progress=False
    )
    check(data, tmp_path / "again.sinf", again)


def test_a_torch_module_becomes_a_model(network, data, tmp_path):
    torch = pytest.importorskip("torch")
    weights = {i.name: torch.from_numpy(onnx_array(i)) for i in network.graph.initializer}

    class Colours(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.first = torch.nn.Conv2d(3, 8, 3, padding=1)
            self.last = torch.nn.Linear(8, 4)
            self.load_state_dict({
                "first.weight": weights["first"], "first.bias": torch.zeros(8),
                "last.weight": weights["last"], "last.bias": weights["bias"],
            })

        def forward(self, image):
            return self.last(torch.relu(self.first(image)).mean((2, 3)))

    module = Colours().train()
    file = tmp_path / "colours.sinf"
    result = sinf.compile(module, data, file, input_size=(16, 16), plain=True, progress=False)
    assert module.training
    check(data, file, result)
    with pytest.raises(sinf.ArgumentError, match="input_size"):
        sinf.compile(module, data, file)


def onnx_array(tensor):
    import onnx

    return onnx.numpy_helper.to_array(tensor).copy()


def test_errors_are_those_of_sinfc(network, data, tmp_path):
    file = tmp_path / "x.sinf"
    with pytest.raises(sinf.ArgumentError, match="type int"):
        sinf.compile(3, data, file)
    with pytest.raises(sinf.CompileError, match="nonsense") as caught:
        sinf.compile(network, data, file, nonsense=1, progress=False)
    assert caught.value.status == 2
    with pytest.raises(sinf.CompileError, match="nowhere") as caught:
        sinf.compile(network, tmp_path / "nowhere", file, progress=False)
    assert caught.value.status == 1
    with pytest.raises(sinf.CompileError, match="(?i)onnx"):
        sinf.compile(b"this is no network", data, file, progress=False)
    assert not file.exists()


def test_the_programs_are_there(model_file):
    shown = subprocess.run(
        [sys.executable, "-m", "sinf", "inspect", str(model_file)], capture_output=True, text=True
    )
    assert shown.returncode == 0 and "100" in shown.stdout
    version = subprocess.run(
        [sys.executable, "-m", "sinf", "--version"], capture_output=True, text=True
    )
    assert sinf.__version__ in version.stdout
