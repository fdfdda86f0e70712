#!/usr/bin/env python3
"""Times engines beside each other: rounds in which every engine runs, in rotating order.

    bench.py --folder .build-peers --sinf PROGRAM --rounds 15 [--network NAME]...

Prints one JSON object: for each network and number of threads, each engine's milliseconds,
quartiles, ratio to ours round by round, cosine to the float network, peak memory and start-up. An
engine whose logits don't agree with the float network is named in `refused` and never timed.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

import inputs

HERE = pathlib.Path(__file__).parent
LEAST_COSINE = 0.98
# After a run the engines' threads wait busily for the next: ONNX Runtime's take some 40 ms of
# processor time. The engine that comes next must not pay for that.
PAUSE_SECONDS = 0.1
OURS = "sinf int8"
ROUTED = "sinf int8, routed"
# label: engine module, model file
PEERS = {
    "ONNX Runtime float": ("onnxruntime", "float.onnx"),
    "ONNX Runtime int8 (u8s8)": ("onnxruntime", "u8s8.onnx"),
    "ONNX Runtime int8 (s8s8)": ("onnxruntime", "s8s8.onnx"),
    "OpenVINO float": ("openvino", "float.onnx"),
    "OpenVINO int8 (u8s8)": ("openvino", "u8s8.onnx"),
    "OpenVINO int8 (s8s8)": ("openvino", "s8s8.onnx"),
    "ncnn float": ("ncnn", "float.param"),
    "ncnn int8": ("ncnn", "int8.param"),
    "MNN float": ("mnn", "float.mnn"),
    "LiteRT float": ("litert", "float.tflite"),
    "LiteRT int8": ("litert", "int8.tflite"),
}


class Worker:
    """A peer's process; `start_nanoseconds` is from before exec to the first result."""

    def __init__(self, engine: str, model: pathlib.Path, threads: int, image: str):
        begin = time.monotonic_ns()
        self.process = subprocess.Popen(
            [sys.executable, HERE / "worker.py", engine, model, str(threads), image],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env=os.environ | {"OMP_NUM_THREADS": str(threads), "PIP_REQUIRE_VIRTUALENV": "1"})
        self.answer("ready")
        self.start_nanoseconds = time.monotonic_ns() - begin

    def answer(self, kind: str) -> list[str]:
        """The fields of the next line that begins with `kind`; engines may write lines too."""
        for line in self.process.stdout:
            fields = line.split()
            if fields[:1] == [kind]:
                return fields[1:]
        raise RuntimeError("the engine's process ended")

    def ask(self, request: str, kind: str) -> list[str]:
        self.process.stdin.write(request + "\n")
        self.process.stdin.flush()
        return self.answer(kind)

    def run(self, count: int) -> float:
        """Median nanoseconds of `count` inferences."""
        return statistics.median(map(int, self.ask(f"run {count}", "times")))

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()


class Ours:
    """`sinf bench`, whose own clock gives the time in the network. Each round is a fresh process
    that runs all inputs before it measures, as the peers' processes have done."""

    def __init__(self, program: pathlib.Path, model: pathlib.Path, threads: int,
                 pictures: pathlib.Path, route: str):
        self.program, self.model, self.threads = program, model, threads
        self.pictures, self.route = pictures, route
        first = sorted(pictures.glob("*.png"))[0]
        begin = time.monotonic_ns()
        self.call("classify", "--route", route, first)
        self.start_nanoseconds = time.monotonic_ns() - begin
        self.peak_bytes = self.bench(10)["memory"]["peak_resident_bytes"]

    def call(self, command: str, *words) -> str:
        return subprocess.run(
            [self.program, command, "--model", self.model, "--threads", str(self.threads),
             "--format", "json", *words], check=True, capture_output=True, text=True).stdout

    def bench(self, count: int) -> dict:
        # What is routed depends on the picture; the whole network's time doesn't.
        inputs = [self.pictures] if self.route == "auto" else []
        return json.loads(self.call("bench", "--route", self.route, "--iterations", str(count),
                                    "--warmup", "10", *inputs))

    def run(self, count: int) -> float:
        """Median nanoseconds of `count` inferences; routed, the mean over all pictures."""
        if self.route == "auto":
            pictures = len(list(self.pictures.glob("*.png")))
            return self.bench(pictures)["times_ns"]["network"]["mean"]
        return self.bench(count)["times_ns"]["network"]["p50"]


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    return float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))


def quartiles(values: list[float]) -> list[float]:
    return [float(q) for q in np.percentile(values, [25, 50, 75])]


def compare(network: str, threads: int, options: argparse.Namespace) -> dict:
    """The figures of one network: `engines` by label, `refused` by label with the reason."""
    models = options.folder / "models" / network
    size = 224 if network in ("mobilenetv2", "efficientnet-lite0") else 32
    runners, found, refused = {}, {}, {}
    with tempfile.NamedTemporaryFile(suffix=".npy") as image:
        np.save(image.name, inputs.tensors(options.folder, size, 1))
        reference = None
        for label, (engine, file) in PEERS.items():
            if not (models / file).exists():
                refused[label] = "no model: its tools did not write one"
                continue
            try:
                worker = Worker(engine, models / file, threads, image.name)
                logits = np.array(worker.ask("logits", "logits"), float)
            except (RuntimeError, BrokenPipeError) as error:
                refused[label] = str(error)
                continue
            reference = logits if reference is None else reference
            agreement = cosine(logits, reference)
            if agreement < LEAST_COSINE:
                refused[label] = f"cosine to the float network {agreement:.3f}"
                worker.close()
                continue
            worker.run(10)
            found[label] = {"cosine": agreement, "start_ms": worker.start_nanoseconds / 1e6,
                            "peak_bytes": int(worker.ask("memory", "memory")[0])}
            runners[label] = worker
        bare = Worker("none", models, threads, image.name)
        interpreter = {"start_ms": bare.start_nanoseconds / 1e6,
                       "peak_bytes": int(bare.ask("memory", "memory")[0])}
        bare.close()
        for label, name, route in ((OURS, network, "whole"), (ROUTED, f"{network}-routed", "auto")):
            model = options.folder / "ours" / f"{name}.sinf"
            pictures = options.folder / (
                "pictures-routed" if route == "auto" else f"pictures-{size}/pictures")
            if not model.exists():
                continue
            ours = Ours(options.sinf, model, threads, pictures, route)
            runners[label] = ours
            found[label] = {"cosine": None, "start_ms": ours.start_nanoseconds / 1e6,
                            "peak_bytes": ours.peak_bytes}
        times = {label: [] for label in runners}
        labels = list(runners)
        for turn in range(options.rounds):
            shift = turn % len(labels)
            for label in labels[shift:] + labels[:shift]:
                time.sleep(PAUSE_SECONDS)
                times[label].append(runners[label].run(options.inferences) / 1e6)
        for label, runner in runners.items():
            found[label]["milliseconds"] = quartiles(times[label])
            if OURS in times:
                found[label]["ratio_to_ours"] = quartiles(
                    [a / b for a, b in zip(times[label], times[OURS])])
            if isinstance(runner, Worker):
                runner.close()
    return {"network": network, "threads": threads, "engines": found, "refused": refused,
            "interpreter": interpreter}


def main() -> None:
    parser = argparse.ArgumentParser(description="Time engines beside each other.")
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--sinf", type=pathlib.Path, required=True)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--inferences", type=int, default=10)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--network", action="append", required=True)
    options = parser.parse_args()
    json.dump([compare(network, threads, options)
               for network in options.network for threads in options.threads],
              sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
