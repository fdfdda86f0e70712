"""LiteRT: the interpreter with XNNPACK, which is its default on CPUs and takes all layers.

The picture is turned to the file's NHWC and, for int8, quantised before the clock runs.
"""

import numpy as np


def load(model: str, threads: int, image: np.ndarray):
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_path=model, num_threads=threads)
    interpreter.allocate_tensors()
    given = interpreter.get_input_details()[0]
    image = np.ascontiguousarray(image.transpose(0, 2, 3, 1))
    if given["dtype"] == np.int8:
        scale, zero = given["quantization"]
        image = np.clip(np.rint(image / scale) + zero, -128, 127).astype(np.int8)
    interpreter.set_tensor(given["index"], image)
    found = interpreter.get_output_details()[0]

    def logits(_):
        values = interpreter.get_tensor(found["index"])
        if found["dtype"] == np.int8:
            scale, zero = found["quantization"]
            values = (values.astype(np.float32) - zero) * scale
        return values

    return interpreter.invoke, logits
