#!/usr/bin/env python3
"""Trains what `sinfc thin` wrote: the thin network, and the route predictor that reads it, from the
answers of the original network and the labels together.

    sinfc thin network.onnx --data DATA --cost-share 0.3 --output DIR
    tools/tune/tune.py DIR
    sinfc compile network.onnx --data DATA --tuned DIR --output model.sinf

First all weights for --epochs passes, then those behind the split for --tail-epochs more. The target
is 0.7 softmax(original) + 0.3 one-hot on pictures that are shifted and mirrored, the loss half the
predictor's cross-entropy and the network's own. A checkpoint is written after every pass, and a run
that was broken off goes on from it.
"""

import argparse
import json
import pathlib
import time

import numpy
import torch
from torch import Tensor
from torch.nn import functional

from head import Head
from network import Network

TEACHER_SHARE = 0.7


class Pictures:
    """The fit images (uint8 [N, H, W, C]) and labels that `sinfc thin` wrote."""

    def __init__(self, folder: pathlib.Path, settings: dict):
        self.images = numpy.load(folder / "images.npy", mmap_mode="r")
        self.labels = torch.from_numpy(numpy.load(folder / "labels.npy").astype(numpy.int64))
        self.mean = torch.tensor(settings["mean"]).view(1, -1, 1, 1)
        self.deviation = torch.tensor(settings["deviation"]).view(1, -1, 1, 1)
        self.mirrors = settings["mirrors"]

    def __len__(self) -> int:
        return len(self.labels)

    def batch(self, chosen: Tensor, generator: torch.Generator | None) -> Tensor:
        """Some pictures as the networks take them; changed at random where there is a generator."""
        pixels = torch.from_numpy(self.images[numpy.sort(chosen.numpy())])
        pixels = pixels[torch.argsort(torch.argsort(chosen))]
        x = pixels.permute(0, 3, 1, 2).float() / 255
        x = (x - self.mean) / self.deviation
        if generator is not None:
            x = self.changed(x, generator)
        return x.contiguous(memory_format=torch.channels_last)

    def changed(self, x: Tensor, generator: torch.Generator) -> Tensor:
        """Shifted by up to an eighth of the side, edges going on, and mirrored or not."""
        count, _, height, width = x.shape
        most = max(1, height // 8), max(1, width // 8)
        x = functional.pad(x, (most[1], most[1], most[0], most[0]), mode="replicate")
        down = torch.randint(0, 2 * most[0] + 1, (count,), generator=generator)
        right = torch.randint(0, 2 * most[1] + 1, (count,), generator=generator)
        rows = (down.view(-1, 1) + torch.arange(height)).view(count, 1, height, 1)
        columns = (right.view(-1, 1) + torch.arange(width)).view(count, 1, 1, width)
        x = x[torch.arange(count).view(-1, 1, 1, 1), torch.arange(x.shape[1]).view(1, -1, 1, 1),
              rows, columns]
        if not self.mirrors:
            return x
        mirrored = torch.rand(count, generator=generator) < 0.5
        return torch.where(mirrored.view(-1, 1, 1, 1), x.flip(3), x)


def targets(teacher: Network, x: Tensor, labels: Tensor) -> Tensor:
    with torch.no_grad():
        soft = functional.softmax(teacher(x), 1)
        return TEACHER_SHARE * soft + (1 - TEACHER_SHARE) * functional.one_hot(
            labels, soft.shape[1])


class Tuning:
    def __init__(self, options: argparse.Namespace):
        self.options = options
        folder = options.folder
        self.settings = json.loads((folder / "tune.json").read_text())
        self.pictures = Pictures(folder, self.settings)
        self.teacher = Network(str(folder / "base.onnx")).eval()
        self.network = Network(str(folder / "thin.onnx"))
        self.split = self.settings["split"]
        with torch.no_grad():
            features, = self.network.values(
                self.pictures.batch(torch.arange(1), None), [self.split])
            classes = self.teacher(self.pictures.batch(torch.arange(1), None)).shape[1]
        self.head = Head(tuple(features.shape[1:]), self.settings["side"], classes)
        self.epoch = 0

    def start_head(self) -> None:
        """The predictor on the features as they are: a good place to begin."""
        generator = torch.Generator().manual_seed(self.options.seed)
        pooled, wanted = [], []
        count = min(len(self.pictures), 20000)
        with torch.no_grad():
            for chosen in torch.randperm(len(self.pictures), generator=generator)[:count].split(500):
                x = self.pictures.batch(chosen, generator)
                features, = self.network.values(x, [self.split])
                pooled.append(self.head.pool(features))
                wanted.append(targets(self.teacher, x, self.pictures.labels[chosen]))
        self.head.fit(torch.cat(pooled), torch.cat(wanted))

    def run_epoch(self) -> tuple[float, float]:
        """One pass; shares of the changed pictures that predictor and network name right."""
        options = self.options
        tail_only = self.epoch >= options.epochs
        if tail_only:
            parameters = self.network.trained_between({self.split}, self.network.output)
            rate, first, last = options.learning_rate / 2, options.epochs, options.tail_epochs
        else:
            parameters = [*self.network.parameters(), *self.head.parameters()]
            rate, first, last = options.learning_rate, 0, options.epochs
        if self.epoch in (0, options.epochs) or self.optimiser is None:
            self.optimiser = torch.optim.AdamW(parameters, lr=rate, weight_decay=1e-2)
        generator = torch.Generator().manual_seed(options.seed * 1_000_003 + self.epoch)
        order = torch.randperm(len(self.pictures), generator=generator)
        steps = len(order) // options.batch
        early_right = late_right = 0
        for step in range(steps):
            share = (self.epoch - first + step / steps) / last
            for group in self.optimiser.param_groups:
                group["lr"] = rate * (1 - share)
            chosen = order[step * options.batch:(step + 1) * options.batch]
            x = self.pictures.batch(chosen, generator)
            labels = self.pictures.labels[chosen]
            wanted = targets(self.teacher, x, labels)
            if tail_only:
                with torch.no_grad():
                    features, = self.network.values(x, [self.split])
            else:
                features, = self.network.values(x, [self.split])
            late, = self.network.between({self.split: features}, [self.network.output])
            early = self.head(features)
            loss = functional.cross_entropy(late, wanted)
            if not tail_only:
                loss = loss + 0.5 * functional.cross_entropy(early, wanted)
            self.optimiser.zero_grad(set_to_none=True)
            loss.backward()
            self.optimiser.step()
            early_right += (early.argmax(1) == labels).sum().item()
            late_right += (late.argmax(1) == labels).sum().item()
        self.epoch += 1
        seen = steps * options.batch
        return early_right / seen, late_right / seen

    def save(self, path: pathlib.Path) -> None:
        temporary = path.with_suffix(".tmp")
        torch.save({"network": self.network.state_dict(), "head": self.head.state_dict(),
                    "optimiser": self.optimiser.state_dict(), "epoch": self.epoch}, temporary)
        temporary.replace(path)

    def restore(self, path: pathlib.Path) -> None:
        state = torch.load(path, weights_only=True)
        self.network.load_state_dict(state["network"])
        self.head.load_state_dict(state["head"])
        self.epoch = state["epoch"]

    optimiser: torch.optim.Optimizer | None = None


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Train a thin network and its route predictor from the original network.")
    parser.add_argument("folder", type=pathlib.Path, help="what sinfc thin wrote")
    parser.add_argument("--epochs", type=int, default=5, help="passes over all weights")
    parser.add_argument("--tail-epochs", type=int, default=3, help="more behind the split")
    parser.add_argument("--batch", type=int, default=125)
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fresh", action="store_true", help="begin anew, whatever was done")
    return parser.parse_args()


def main() -> None:
    options = parse()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    tuning = Tuning(options)
    checkpoint = options.folder / "tune.checkpoint"
    if checkpoint.exists() and not options.fresh:
        tuning.restore(checkpoint)
        print(f"going on behind pass {tuning.epoch}", flush=True)
    else:
        started = time.time()
        tuning.start_head()
        print(f"predictor fitted in {time.time() - started:.0f} s", flush=True)
    last = options.epochs + options.tail_epochs
    while tuning.epoch < last:
        started = time.time()
        early, late = tuning.run_epoch()
        tuning.save(checkpoint)
        print(f"pass {tuning.epoch} of {last}: predictor {early:.2%}, network {late:.2%} of the "
              f"changed pictures, {time.time() - started:.0f} s", flush=True)
    tuning.network.save(str(options.folder / "tuned.onnx"))
    tuning.head.save(str(options.folder / "route.onnx"))
    print(f"wrote {options.folder}/tuned.onnx and {options.folder}/route.onnx")


if __name__ == "__main__":
    main()
