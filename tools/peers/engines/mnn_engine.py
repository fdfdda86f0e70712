"""MNN: CPU backend, session interface, memory planned once."""

import numpy as np


def load(model: str, threads: int, image: np.ndarray):
    import MNN

    interpreter = MNN.Interpreter(model)
    session = interpreter.createSession({"backend": "CPU", "numThread": threads})
    target = interpreter.getSessionInput(session)
    target.copyFrom(MNN.Tensor(image.shape, MNN.Halide_Type_Float, image,
                               MNN.Tensor_DimensionType_Caffe))

    def run():
        interpreter.runSession(session)

    def logits(_):
        output = interpreter.getSessionOutput(session)
        host = MNN.Tensor(output.getShape(), MNN.Halide_Type_Float,
                          np.zeros(output.getShape(), np.float32),
                          MNN.Tensor_DimensionType_Caffe)
        output.copyToHostTensor(host)
        return np.array(host.getNumpyData())

    return run, logits
