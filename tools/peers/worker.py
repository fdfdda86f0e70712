#!/usr/bin/env python3
"""One engine with one network, kept alive and told what to do over standard input.

    worker.py ENGINE MODEL THREADS IMAGE.npy

Writes `ready NANOSECONDS` (from the start of this program to the first result), then answers
`run K` by `times` and K durations in nanoseconds, `logits` by the numbers, and `memory` by the
process's largest resident memory in bytes. The clock runs around the engine's call alone.
"""

import time

BEGIN = time.monotonic_ns()

import importlib  # noqa: E402
import sys  # noqa: E402

import numpy as np  # noqa: E402


def peak_bytes() -> int:
    with open("/proc/self/status") as status:
        line = next(line for line in status if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def main() -> None:
    engine, model, threads, image = sys.argv[1:]
    if engine == "none":
        print(f"ready {time.monotonic_ns() - BEGIN}", flush=True)
        run, logits = (lambda: None), (lambda _: np.zeros(1))
    else:
        module = importlib.import_module(f"engines.{engine}_engine")
        run, logits = module.load(model, int(threads), np.load(image))
        run()
        print(f"ready {time.monotonic_ns() - BEGIN}", flush=True)
    for line in sys.stdin:
        match line.split():
            case ["run", count]:
                times = [0] * int(count)
                for i in range(len(times)):
                    start = time.perf_counter_ns()
                    run()
                    times[i] = time.perf_counter_ns() - start
                print("times", *times, flush=True)
            case ["logits"]:
                values = np.asarray(logits(run())).ravel()
                print("logits", *(f"{v:.6g}" for v in values), flush=True)
            case ["memory"]:
                print("memory", peak_bytes(), flush=True)


if __name__ == "__main__":
    main()
