#!/usr/bin/env python3
"""Trains a network of `networks.py` on CIFAR-100 and writes it as ONNX.

    train.py --data cifar-100-binary.tar.gz --network sample --output sample-base.onnx

The last 5,000 records of `train.bin` are held out (see README.md). A checkpoint is written beside
the output after every epoch; `--resume` goes on from it.
"""

import argparse
import pathlib
import time

import numpy
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

import cifar
import export
import networks


def accuracy(network: nn.Module, images: torch.Tensor, labels: torch.Tensor,
             bfloat16: bool) -> float:
    """Top-1 accuracy in percent, by PyTorch."""
    network.eval()
    right = 0
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
        for batch, wanted in zip(images.split(500), labels.split(500)):
            batch = cifar.normalise(batch).contiguous(memory_format=torch.channels_last)
            right += (network(batch).argmax(1) == wanted).sum().item()
    return 100 * right / len(images)


def accuracy_by_onnxruntime(path: pathlib.Path, images: torch.Tensor,
                            labels: torch.Tensor) -> float:
    """Top-1 accuracy in percent of an exported network, by ONNX Runtime."""
    session = export.session(path)
    right = 0
    for batch, wanted in zip(images.split(500), labels.split(500)):
        logits = session.run(["logits"], {"image": cifar.normalise(batch).numpy()})[0]
        right += int((numpy.argmax(logits, 1) == wanted.numpy()).sum())
    return 100 * right / len(images)


def learning_rate(progress: float, peak: float, warm_up: float) -> float:
    """One cycle: a straight rise to `peak` over the share `warm_up`, then a cosine down to 0."""
    if progress < warm_up:
        return peak * (0.05 + 0.95 * progress / warm_up)
    rest = min(1.0, (progress - warm_up) / (1 - warm_up))
    return peak * 0.5 * (1 + float(numpy.cos(numpy.pi * rest)))


class Training:
    """State of a run: network, optimiser and averaged weights, saved and restored as one."""

    def __init__(self, options: argparse.Namespace, classes: int):
        self.options = options
        torch.manual_seed(options.seed)
        self.network = networks.build(options.network, classes).to(
            memory_format=torch.channels_last)
        # Scales, shifts and biases are few and not what overfits: weight decay leaves them alone.
        decayed = [p for p in self.network.parameters() if p.dim() > 1]
        others = [p for p in self.network.parameters() if p.dim() <= 1]
        self.optimiser = torch.optim.SGD(
            [{"params": decayed, "weight_decay": options.weight_decay},
             {"params": others, "weight_decay": 0}],
            lr=options.learning_rate, momentum=0.9, nesterov=True)
        self.averaged = AveragedModel(
            self.network, multi_avg_fn=get_ema_multi_avg_fn(options.averaging), use_buffers=True)
        self.loss = nn.CrossEntropyLoss(label_smoothing=options.label_smoothing)
        self.epoch = 0
        self.started = time.time()

    def save(self, path: pathlib.Path) -> None:
        temporary = path.with_suffix(".tmp")
        torch.save({"network": self.network.state_dict(), "averaged": self.averaged.state_dict(),
                    "optimiser": self.optimiser.state_dict(), "epoch": self.epoch,
                    "seconds": time.time() - self.started}, temporary)
        temporary.replace(path)

    def restore(self, path: pathlib.Path) -> None:
        state = torch.load(path, weights_only=True)
        self.network.load_state_dict(state["network"])
        self.averaged.load_state_dict(state["averaged"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.epoch = state["epoch"]
        self.started = time.time() - state["seconds"]

    def progress(self, share_of_epoch: float = 0) -> float:
        """Share of the run that is over, by epochs or by minutes, whichever is more."""
        share = (self.epoch + share_of_epoch) / self.options.epochs
        if self.options.minutes:
            share = max(share, (time.time() - self.started) / 60 / self.options.minutes)
        return min(1.0, share)

    def run_epoch(self, images: torch.Tensor, labels: torch.Tensor) -> float:
        """Mean loss of one pass over the images; stops inside it when the run is over."""
        options = self.options
        generator = torch.Generator().manual_seed(options.seed * 1_000_003 + self.epoch)
        order = torch.randperm(len(images), generator=generator)
        steps = len(images) // options.batch
        self.network.train()
        total, done = 0.0, 0
        for step in range(steps):
            share = self.progress(step / steps)
            if share >= 1:
                break
            for group in self.optimiser.param_groups:
                group["lr"] = learning_rate(share, options.learning_rate, options.warm_up)
            chosen = order[step * options.batch:(step + 1) * options.batch]
            batch = cifar.augment(images[chosen], generator, options.cutout, options.jitter)
            batch = batch.contiguous(memory_format=torch.channels_last)
            with torch.autocast("cpu", torch.bfloat16, enabled=options.bfloat16):
                logits = self.network(batch)
            loss = self.loss(logits.float(), labels[chosen])
            self.optimiser.zero_grad(set_to_none=True)
            loss.backward()
            self.optimiser.step()
            self.averaged.update_parameters(self.network)
            total, done = total + loss.item(), done + 1
        self.epoch += 1
        return total / max(1, done)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Train a network on CIFAR-100, write ONNX.")
    parser.add_argument("--data", type=pathlib.Path, required=True, metavar="ARCHIVE",
                        help="cifar-100-binary.tar.gz")
    parser.add_argument("--network", default="sample", choices=networks.names(), metavar="NAME",
                        help=", ".join(networks.names()))
    parser.add_argument("--output", type=pathlib.Path, required=True, metavar="FILE.onnx")
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--minutes", type=float, default=0,
                        help="squeeze the schedule into this time (then results depend on speed)")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--learning-rate", type=float, default=0.2)
    parser.add_argument("--warm-up", type=float, default=0.2, help="share of the run")
    parser.add_argument("--weight-decay", type=float, default=5e-4)
    parser.add_argument("--label-smoothing", type=float, default=0.1)
    parser.add_argument("--averaging", type=float, default=0.998, help="decay of the average")
    parser.add_argument("--cutout", type=int, default=8, metavar="PIXELS")
    parser.add_argument("--jitter", type=float, default=0.15)
    parser.add_argument("--bfloat16", action="store_true",
                        help="bfloat16 arithmetic: faster where the processor has it")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint")
    return parser.parse_args()


def main() -> None:
    options = parse()
    if networks.input_size(options.network) != 32:
        raise SystemExit(f"{options.network} is no network for 32x32 images")
    torch.set_num_threads(options.threads)
    data = cifar.Archive(options.data)
    run = Training(options, len(data.names))
    checkpoint = options.output.with_suffix(".checkpoint")
    options.output.parent.mkdir(parents=True, exist_ok=True)
    if options.resume and checkpoint.exists():
        run.restore(checkpoint)
        print(f"going on after epoch {run.epoch}")

    while run.progress() < 1:
        loss = run.run_epoch(*data.train)
        run.save(checkpoint)
        print(f"epoch {run.epoch:3d}  loss {loss:.3f}  held out "
              f"{accuracy(run.averaged, *data.held_out, options.bfloat16):.2f} %  "
              f"{time.time() - run.started:.0f} s  {100 * run.progress():.0f} %", flush=True)

    network = run.averaged.module.to(memory_format=torch.contiguous_format)
    torch.save(network.state_dict(), options.output.with_suffix(".pt"))
    export.export(network, 32, options.output)
    seen = tuple(part[:5000] for part in data.train)
    for part, images in (("training, first 5,000", seen), ("held out", data.held_out),
                         ("test", data.test)):
        print(f"{part}: {accuracy_by_onnxruntime(options.output, *images):.2f} % of "
              f"{len(images[0])} images by ONNX Runtime")


if __name__ == "__main__":
    main()
