"""Builds networks with random weights that behave like trained ones, and exports them."""

import logging
import warnings

import numpy as np
import timm
import torch
import torchvision

EXPORTERS = ("tracing", "dynamo")
IMAGES = 4


def pictures(count, side, seed):
    """Smooth random images of mean 0 and deviation 1, as photographs are after normalisation."""
    generator = torch.Generator().manual_seed(seed)
    result = torch.zeros(count, 3, side, side)
    for cells in (2, 4, 8, 16, 32):
        noise = torch.randn(count, 3, cells, cells, generator=generator)
        result += torch.nn.functional.interpolate(
            noise, (side, side), mode="bilinear", align_corners=False)
    return (result - result.mean()) / result.std()


def build(library, name, side, classes=1000):
    """The network for inference; its normalisations know what they meet, since with the statistics
    that it begins with the numbers of a deep one explode, and none is zero, as those at the ends of
    blocks begin in many libraries: their blocks would make no difference."""
    torch.manual_seed(0)
    if library == "torchvision":
        extra = {}
        if name in ("googlenet", "inception_v3"):
            extra = {"aux_logits": False, "init_weights": True}
        model = torchvision.models.get_model(name, weights=None, num_classes=classes, **extra)
    else:
        model = timm.create_model(name, pretrained=False, num_classes=classes)
    norms = [m for m in model.modules() if isinstance(m, torch.nn.modules.batchnorm._BatchNorm)]
    model.eval()
    for norm in norms:
        norm.train()
        norm.momentum = None
        if norm.weight is not None and not norm.weight.any():
            torch.nn.init.constant_(norm.weight, 0.5)
    with torch.no_grad():
        model(pictures(16, side, seed=1))
    return model.eval()


def export(model, exporter, images, path):
    """Writes one ONNX file the way that the exporter's documentation shows."""
    logging.disable(logging.WARNING)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        if exporter == "tracing":
            torch.onnx.export(model, (images[:1],), path, dynamo=False)
        else:
            torch.onnx.export(model, (images[:1],), path, dynamo=True, verbose=False)


def scores(model, images):
    with torch.no_grad():
        return model(images).numpy().astype(np.float32)
