"""ncnn: its default options but for the convolution algorithms that `ncnn_options.py` found slower.

A blob is asked for by name and an extractor serves one inference, as the library wants it.
"""

import pathlib
from collections.abc import Iterable

import numpy as np


def runner(model: str, threads: int, image: np.ndarray, off: Iterable[str]):
    """A function that runs `model` once on `image`, the options named by `off` switched off."""
    import ncnn

    net = ncnn.Net()
    net.opt.num_threads = threads
    net.opt.use_vulkan_compute = False
    for option in off:
        setattr(net.opt, option, False)
    net.load_param(model)
    net.load_model(model.removesuffix(".param") + ".bin")
    given = ncnn.Mat(image[0]).clone()

    def run():
        extractor = net.create_extractor()
        extractor.input("image", given)
        return extractor.extract("logits")[1]

    return run


def load(model: str, threads: int, image: np.ndarray):
    off = pathlib.Path(model).with_suffix(".options").read_text().split()
    return runner(model, threads, image, off), lambda result: np.array(result)
