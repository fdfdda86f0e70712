"""ncnn: the options its documentation recommends for the CPU are its defaults.

A blob is asked for by name and an extractor serves one inference, as the library wants it.
"""

import numpy as np


def load(model: str, threads: int, image: np.ndarray):
    import ncnn

    net = ncnn.Net()
    net.opt.num_threads = threads
    net.opt.use_vulkan_compute = False
    net.load_param(model)
    net.load_model(model.removesuffix(".param") + ".bin")
    given = ncnn.Mat(image[0]).clone()

    def run():
        extractor = net.create_extractor()
        extractor.input("image", given)
        return extractor.extract("logits")[1]

    return run, lambda result: np.array(result)
