"""ONNX Runtime: CPU provider, all graph optimisations, bound input and output."""

import numpy as np


def load(model: str, threads: int, image: np.ndarray):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    binding = session.io_binding()
    binding.bind_cpu_input(session.get_inputs()[0].name, image)
    output = onnxruntime.OrtValue.ortvalue_from_shape_and_type(
        session.get_outputs()[0].shape, np.float32)
    binding.bind_ortvalue_output(session.get_outputs()[0].name, output)

    def run():
        session.run_with_iobinding(binding)
        return output

    return run, lambda result: result.numpy()
