import json
import pathlib
import subprocess

import numpy
import pytest
import sinf
from PIL import Image

ROOT = pathlib.Path(__file__).parents[2]


@pytest.fixture(scope="session")
def model_file():
    return ROOT / "samples" / "cifar100.sinf"


@pytest.fixture()
def model(model_file):
    with sinf.Model(model_file) as model:
        yield model


@pytest.fixture(scope="session")
def pictures(tmp_path_factory):
    """PNG files of all usual kinds, of noise on a gradient."""
    folder = tmp_path_factory.mktemp("pictures")
    random = numpy.random.default_rng(1)
    for number, shape in enumerate([(40, 60, 3), (300, 211, 3), (33, 32), (7, 9, 3)]):
        slope = numpy.linspace(0, 200, shape[1]).reshape((1, -1) + (1,) * (len(shape) - 2))
        pixels = (slope + random.integers(0, 56, shape)).astype(numpy.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.png")
    return sorted(folder.iterdir())


@pytest.fixture(scope="session")
def said(model_file, pictures):
    """What the program says of them: label, share, path and cluster."""
    from sinf import _native

    output = subprocess.run(
        [_native.program("sinf"), "classify", "--model", model_file, "--format", "json", *pictures],
        check=True, capture_output=True, text=True,
    ).stdout
    answers = [json.loads(line) for line in output.splitlines()]
    return [
        (a["labels"][0]["probability"], a["labels"][0]["label"], a["path"], a["cluster"]["name"])
        for a in answers if a["status"] == "classified"
    ]
