#!/usr/bin/env python3
"""Writes a network of `networks.py` as ONNX, with random or trained weights.

    export.py --network resnet50 --random --output resnet50.onnx
    export.py --network sample --weights sample.pt --output sample-base.onnx

The file takes `image` [N, 3, H, W] (float32) and gives `logits` [N, classes], N being symbolic.
Random weights depend only on the network and `--seed`.
"""

import argparse
import pathlib

import numpy
import onnx
import onnxruntime
import torch

import networks

OPSET = 17


def export(network: torch.nn.Module, size: int, path: pathlib.Path, fold: bool = True) -> None:
    """Writes `network` to `path`; `fold` merges batch normalisation into convolutions."""
    network.eval()
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = torch.onnx.TrainingMode.EVAL if fold else torch.onnx.TrainingMode.PRESERVE
    torch.onnx.export(
        network, (torch.zeros(2, 3, size, size),), str(path), opset_version=OPSET,
        input_names=["image"], output_names=["logits"], training=mode,
        dynamic_axes={"image": {0: "N"}, "logits": {0: "N"}}, dynamo=False,
        do_constant_folding=fold)
    model = onnx.load(str(path))
    model.doc_string = ""
    for node in model.graph.node:
        node.doc_string = ""
    onnx.save(model, str(path))
    onnx.checker.check_model(str(path), full_check=True)


def session(path: pathlib.Path, threads: int = 2) -> onnxruntime.InferenceSession:
    """ONNX Runtime on `path`, CPU only."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def largest_difference(network: torch.nn.Module, size: int, path: pathlib.Path) -> float:
    """Largest difference between PyTorch and ONNX Runtime on noise, relative to the largest logit.

    Uses 3 images, so that a batch size fixed by the export would be found out.
    """
    image = torch.randn(3, 3, size, size, generator=torch.Generator().manual_seed(7))
    with torch.no_grad():
        expected = network(image).numpy()
    found = session(path).run(["logits"], {"image": image.numpy()})[0]
    return float(numpy.abs(expected - found).max() / numpy.abs(expected).max())


def multiply_accumulates(network: torch.nn.Module, size: int) -> int:
    """Multiply-accumulates of all convolutions and linear layers for one image."""
    total = 0

    def count(module: torch.nn.Module, _: object, output: torch.Tensor) -> None:
        nonlocal total
        places = output[0, 0].numel() if output.dim() == 4 else 1
        total += module.weight.numel() * places

    hooks = [m.register_forward_hook(count) for m in network.modules()
             if isinstance(m, (torch.nn.Conv2d, torch.nn.Linear))]
    network.eval()
    with torch.no_grad():
        network(torch.zeros(1, 3, size, size))
    for hook in hooks:
        hook.remove()
    return total


def main() -> None:
    parser = argparse.ArgumentParser(description="Write a network as ONNX.")
    parser.add_argument("--network", required=True, choices=networks.names(), metavar="NAME",
                        help=", ".join(networks.names()))
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--random", action="store_true", help="random weights")
    source.add_argument("--weights", type=pathlib.Path, help="weights written by train.py")
    parser.add_argument("--output", type=pathlib.Path, required=True, metavar="FILE.onnx")
    parser.add_argument("--classes", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep-batchnorm", action="store_true",
                        help="leave BatchNormalization nodes in the graph")
    arguments = parser.parse_args()

    torch.manual_seed(arguments.seed)
    size = networks.input_size(arguments.network)
    network = networks.build(arguments.network, arguments.classes)
    if arguments.random:
        networks.randomise(network, size, arguments.seed)
    else:
        network.load_state_dict(torch.load(arguments.weights, weights_only=True))
    export(network, size, arguments.output, fold=not arguments.keep_batchnorm)
    difference = largest_difference(network, size, arguments.output)
    parameters = sum(p.numel() for p in network.parameters())
    print(f"{arguments.output}: {arguments.network}, {parameters / 1e6:.2f} M parameters, "
          f"{multiply_accumulates(network, size) / 1e6:.1f} M MAC at {size}x{size}, "
          f"{arguments.output.stat().st_size / 1e6:.1f} MB, "
          f"largest relative difference to PyTorch {difference:.1e}")
    if difference > 1e-4:
        raise SystemExit("ONNX Runtime and PyTorch disagree")


if __name__ == "__main__":
    main()
