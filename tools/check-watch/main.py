"""Tries to make `sinf watch` lose a frame; see tools/check-watch.sh."""

import argparse
import concurrent.futures
import os
import pathlib
import random
import shlex
import shutil
import sys
import tempfile
import time
import traceback

import cases_cameras  # noqa: F401  (each adds its cases to the list)
import cases_disk  # noqa: F401
import cases_enemy  # noqa: F401
import cases_folder  # noqa: F401
import cases_kill  # noqa: F401
import cases_load  # noqa: F401
import cases_names  # noqa: F401
import cases_options  # noqa: F401
import cases_power  # noqa: F401
import cases_service  # noqa: F401
import cases_silent  # noqa: F401
import cases_writers  # noqa: F401
from frames import Impossible, Wrong
from registry import CASES
from runner import Box

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Suite:
    """What all cases share."""

    def __init__(self, options, folder):
        self.program = shlex.split(options.program)
        self.model = pathlib.Path(options.model).resolve()
        self.quick = options.quick
        self.seed = options.seed
        self.folder = folder
        # An emulator's own memory and system calls stand in front of the program's.
        self.emulated = len(self.program) > 1

    def scaled(self, full, quick):
        return quick if self.quick else full


def judged(suite, case, keep):
    """Runs one case; returns its line and whether it is "ok", "FAIL" or "skip"."""
    began = time.monotonic()
    box = Box(suite, case.name)
    verdict, text = "ok", ""
    try:
        case.run(box)
        text = f" ({box.note})" if box.note else ""
    except Impossible as reason:
        verdict, text = "skip", f": {reason}"
    except Wrong as reason:
        verdict, text = "FAIL", f": {reason}"
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        verdict = "FAIL"
        text = f": {type(error).__name__}: {error} ({pathlib.Path(place.filename).name}:{place.lineno})"
    box.close(keep and verdict == "FAIL")
    return verdict, f"{verdict} {case.name}{text}", time.monotonic() - began


def main():
    parser = argparse.ArgumentParser(prog="tools/check-watch.sh", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer cases, frames and kills")
    parser.add_argument("--program", default=str(ROOT / ".build/release/sinf"),
                        help="the command to test (default: .build/release/sinf)")
    parser.add_argument("--model", default=ROOT / "Tests/SINFModelTests/Golden/tiny-v1.sinf")
    parser.add_argument("--seed", type=int, help="of an earlier run, to repeat its choices")
    parser.add_argument("--only", action="append", default=[], metavar="TEXT",
                        help="only cases with this in their name; may be given again")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="cases at a time")
    parser.add_argument("--keep", metavar="FOLDER", help="leave the folders of failed cases here")
    parser.add_argument("--times", action="store_true", help="say how long each case took")
    options = parser.parse_args()
    if options.seed is None:
        options.seed = random.SystemRandom().randrange(1 << 32)
    # In memory where that is possible: a process that is killed leaves its writes to the system
    # wherever they go, and what a disk may lose is modelled.
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    folder = tempfile.mkdtemp(prefix="check-watch-", dir=options.keep or memory)
    suite = Suite(options, folder)
    program = shutil.which(suite.program[-1])
    if program is None:
        sys.exit(f"check-watch: no program {suite.program[-1]}; build it, or name it: --program")
    chosen = [case for case in CASES
              if (case.quick or not suite.quick)
              and (not options.only or any(text in case.name for text in options.only))]
    print(f"check-watch: {options.program}, {len(chosen)} cases, --seed {options.seed}", flush=True)
    counts = {"ok": 0, "FAIL": 0, "skip": 0}
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        running = [pool.submit(judged, suite, case, options.keep) for case in chosen]
        for future in concurrent.futures.as_completed(running):
            verdict, line, seconds = future.result()
            counts[verdict] += 1
            print(line + (f" [{seconds:.1f} s]" if options.times else ""), flush=True)
    if not options.keep:
        shutil.rmtree(folder, ignore_errors=True)
    impossible = f", {counts['skip']} not possible here" if counts["skip"] else ""
    print(f"{counts['ok']} passed, {counts['FAIL']} failed{impossible}")
    sys.exit(1 if counts["FAIL"] else 0)


if __name__ == "__main__":
    main()
