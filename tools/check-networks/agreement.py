"""Compiles a network to 8-bit integers and counts how often it chooses the float network's class.

The pictures' labels are what the float network says of them, so that the accuracy of which the
compiler tells is the agreement with it, measured by the runtime that ships."""

import json
import subprocess

import numpy as np
import onnxruntime
import torch
from onnxruntime import quantization
from PIL import Image

import export

CLASSES = 10
PICTURES = 600
MEAN, DEVIATION = 0.5, 0.25


def centre(model, images):
    """Takes each class's mean score from its bias: random weights prefer one class whatever they
    see. The scores."""
    def all_scores():
        with torch.no_grad():
            return torch.cat([model(part) for part in images.split(50)])

    last = [m for m in model.modules()
            if getattr(m, "out_features", getattr(m, "out_channels", 0)) == CLASSES]
    if last and last[-1].bias is not None:
        last[-1].bias.data -= all_scores().mean(0)
    return all_scores()


def write(library, name, side, exporter, folder):
    """The network with ten classes, labelled pictures in a folder a class; what both are to torch:
    (images, labels)."""
    model = export.build(library, name, side, classes=CLASSES)
    levels = (export.pictures(PICTURES, side, seed=3) * DEVIATION + MEAN).mul(255).round()
    levels = levels.clamp(0, 255)
    images = (levels / 255 - MEAN) / DEVIATION
    labels = centre(model, images).argmax(1)
    export.export(model, exporter, images, str(folder / "network.onnx"))
    for index, (picture, label) in enumerate(zip(levels, labels)):
        place = folder / "data" / f"class{label}"
        place.mkdir(parents=True, exist_ok=True)
        pixels = picture.permute(1, 2, 0).numpy().astype(np.uint8)
        Image.fromarray(pixels).save(place / f"{index}.png")
    (folder / "classes.txt").write_text("".join(f"class{i}\n" for i in range(CLASSES)))
    return images.numpy(), labels.numpy()


class Calibration(quantization.CalibrationDataReader):
    def __init__(self, name, images):
        self.rest = iter([{name: image[None]} for image in images])

    def get_next(self):
        return next(self.rest, None)


def by_runtime(images, labels, folder):
    """The share of classes that ONNX Runtime's quantiser keeps: a scale a channel, 200 pictures."""
    prepared, quantised = folder / "prepared.onnx", folder / "quantised.onnx"
    quantization.quant_pre_process(folder / "network.onnx", prepared)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    providers = ["CPUExecutionProvider"]
    name = onnxruntime.InferenceSession(prepared, options, providers=providers).get_inputs()[0].name
    quantization.quantize_static(
        prepared, quantised, Calibration(name, images[:200]), per_channel=True)
    session = onnxruntime.InferenceSession(quantised, options, providers=providers)
    rest = range(200, len(images))
    found = [session.run(None, {name: images[i:i + 1]})[0].argmax() for i in rest]
    return float(np.mean(np.array(found) == labels[200:]))


def measure(compiler, library, name, side, exporter, folder):
    """The shares of pictures on which 8-bit integers keep the float network's class: `agreement`
    for ours, `runtime` for ONNX Runtime's; `reason` where one is missing."""
    images, labels = write(library, name, side, exporter, folder)
    classes = len(set(labels.tolist()))
    if classes < CLASSES:
        return {"reason": f"chooses among {classes} of {CLASSES} classes only"}
    done = subprocess.run(
        [compiler, "compile", folder / "network.onnx", "--data", folder / "data", "--plain",
         "--classes", folder / "classes.txt", "--mean", ",".join([str(MEAN)] * 3),
         "--std", ",".join([str(DEVIATION)] * 3), "--quiet", "--format", "json",
         "--output", folder / "network.sinf"],
        capture_output=True, text=True)
    if done.returncode != 0:
        return {"reason": done.stderr.strip().replace(f"{folder}/", "")}
    found = json.loads(done.stdout)
    result = {"agreement": found["base_int8_accuracy"], "float": found["base_float_accuracy"]}
    try:
        result["runtime"] = by_runtime(images, labels, folder)
    except Exception as error:  # its quantiser refuses what it doesn't know
        result["reason"] = "ONNX Runtime's quantiser: " + str(error).strip().splitlines()[0][:160]
    return result
