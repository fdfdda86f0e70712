"""OpenVINO: CPU device with the latency hint, one stream, input shared instead of copied."""

import numpy as np


def load(model: str, threads: int, image: np.ndarray):
    import openvino

    core = openvino.Core()
    compiled = core.compile_model(model, "CPU", {
        "PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": 1,
        "INFERENCE_PRECISION_HINT": "f32"})
    request = compiled.create_infer_request()
    request.set_input_tensor(openvino.Tensor(image, shared_memory=True))

    def run():
        request.infer()
        return image  # The request reads the array's own memory, which must outlive it.

    return run, lambda _: request.get_output_tensor().data
