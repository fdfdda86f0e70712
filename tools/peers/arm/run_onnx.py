"""usage: run_onnx.py NETWORK.onnx COUNT

Runs a network COUNT times on one thread with the same seeded input, for counting instructions: the
difference between two counts leaves only the inferences. Prints the sum of the answers' magnitudes.
"""

import sys

import numpy
import onnxruntime


def main():
    path, count = sys.argv[1], int(sys.argv[2])
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    source = session.get_inputs()[0]
    shape = [side if isinstance(side, int) else 1 for side in source.shape]
    image = numpy.random.default_rng(1).standard_normal(shape).astype(numpy.float32)
    for _ in range(count):
        answer = session.run(None, {source.name: image})[0]
    print(float(numpy.abs(answer).sum()))


main()
