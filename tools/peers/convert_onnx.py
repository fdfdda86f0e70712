"""ONNX networks with batch 1, in float and quantised by ONNX Runtime's own tools.

Two int8 forms are written, for ONNX Runtime and OpenVINO to choose the faster from: `u8s8`
(unsigned activations) and `s8s8` (signed, symmetric), both with signed weights, one scale a channel.
"""

import pathlib

import numpy as np
import onnx
from onnxruntime.quantization import (CalibrationDataReader, CalibrationMethod, QuantFormat,
                                      QuantType, quantize_static)
from onnxruntime.quantization.shape_inference import quant_pre_process


class Reader(CalibrationDataReader):
    """Hands pictures to the calibration one by one."""

    def __init__(self, images: np.ndarray):
        self.images = iter(images)

    def get_next(self):
        image = next(self.images, None)
        return None if image is None else {"image": image[None]}


def convert(source: pathlib.Path, folder: pathlib.Path, images: np.ndarray) -> None:
    """Writes `float.onnx`, `u8s8.onnx` and `s8s8.onnx` to `folder`."""
    model = onnx.load(source)
    for value in [*model.graph.input, *model.graph.output]:
        value.type.tensor_type.shape.dim[0].dim_value = 1
    onnx.save(model, folder / "float.onnx")
    prepared = folder / "prepared.onnx"
    quant_pre_process(
        str(folder / "float.onnx"), str(prepared), skip_symbolic_shape=True)
    for name, activations in ("u8s8", QuantType.QUInt8), ("s8s8", QuantType.QInt8):
        quantize_static(
            str(prepared), str(folder / f"{name}.onnx"), Reader(images),
            quant_format=QuantFormat.QDQ, per_channel=True, activation_type=activations,
            weight_type=QuantType.QInt8, calibrate_method=CalibrationMethod.MinMax,
            extra_options={"ActivationSymmetric": activations == QuantType.QInt8})
    prepared.unlink()
