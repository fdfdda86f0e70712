"""The power is cut at random instants of a traced run; see power.py for what may be left."""

import dataclasses
import os
import pathlib
import random
import shutil

from frames import check_at_least_once, check_each_once, parsed, reports_of, require
from power import Journal, tracer
from registry import case
from writers import write


def traced(box, count, *options, stdout=False):
    """Frames, and the journal of a run over all of them."""
    writer = box.writer()
    for _ in range(count):
        writer.direct()
    done = box.root / "done"
    done.mkdir()
    # Second names, because --done and --delete-done take the first ones away: a frame that comes
    # back must be the same file.
    masters = box.root / "masters"
    masters.mkdir()
    for frame in writer.frames:
        os.link(writer.at(frame), os.path.join(os.fsencode(masters), frame.path))
    trace = box.root / "trace"
    box.once("--max-queue", 96, *options, prefix=tracer(trace), stdout=stdout)
    before = [f"in/{os.fsdecode(frame.path)}" for frame in writer.frames]
    return writer, Journal(trace, box.root, before)


def cuts(box, journal, full, quick):
    """Instants, every part of the run among them."""
    choice = random.Random(box.seed)
    count = box.suite.scaled(full, quick)
    for number in range(count):
        begin, end = number * len(journal) // count, (number + 1) * len(journal) // count
        yield choice, choice.randrange(begin, max(end, begin + 1)) + 1


def found_by_next_start(box, journal, count, choice, options, stdout):
    """Makes the folders that a cut may leave, and lets a run finish on them."""
    world = journal.played(count)
    fresh = box.root / "cut"
    shutil.rmtree(fresh, ignore_errors=True)
    for folder in ("in", "done"):
        (fresh / folder).mkdir(parents=True)
    for path, left in world.after_cut(choice).items():
        if isinstance(left, str):
            os.link(box.root / "masters" / pathlib.Path(left).name, fresh / path)
        elif path != "stdout":
            write(fresh / path, left)
    seen = []
    if stdout and "stdout" in world.names:
        # What was written into a pipe has been read by somebody: a cut doesn't take it back.
        for line in bytes(world.names["stdout"].now).split(b"\n")[:-1]:
            seen.append(parsed(line, box.inside))
    inside, output, state = box.inside, box.output, box.state
    box.inside, box.output, box.state = fresh / "in", fresh / "out.jsonl", fresh / "state"
    older = [fresh / f"out.jsonl.{n}" for n in range(9, 0, -1)]
    try:
        watch = box.watch("--once", *placed(options, fresh), stdout=stdout)
        watch.before = 0
        watch.process.wait(60)
        require(watch.process.returncode == 0,
                f"left with {watch.process.returncode}: {watch.tail()}")
        paths = [watch.stdout_path] if stdout else [p for p in older if p.exists()] + [box.output]
        reports = [r for r in seen if r] + reports_of(paths, box.inside)
    finally:
        box.inside, box.output, box.state = inside, output, state
    return fresh, [stripped(report) for report in reports]


def placed(options, root):
    """The options with the folder DONE where it is this time."""
    return [root / "done" if option == "DONE" else option for option in options]


def stripped(report):
    """The report with its path below the folder, whichever of both folders it was."""
    return dataclasses.replace(report, path=os.path.basename(report.path))


def cut_often(box, full, quick, *options, stdout=False, frames=200):
    writer, journal = traced(
        box, box.suite.scaled(frames, 100), *placed(options, box.root), stdout=stdout)
    repeats = number = 0
    for choice, count in cuts(box, journal, full, quick):
        number += 1
        fresh, reports = found_by_next_start(box, journal, count, choice, options, stdout)
        try:
            if stdout:
                repeats += check_at_least_once(writer.frames, reports)
            else:
                check_each_once(writer.frames, reports)
            if "DONE" in options:
                box.check_gone(fresh / "in")
                require(len(box.left_over(fresh / "done")) == len(writer.frames),
                        "frames missing in --done")
            if "--delete-done" in options:
                box.check_gone(fresh / "in")
        except Exception as error:
            error.args = (f"cut {number}, after call {count} of {len(journal)}: {error.args[0]}",)
            raise
    box.note = f"{number} cuts in {len(journal)} calls" + (f", {repeats} replayed" if stdout else "")


@case("power-cut-output")
def output(box):
    cut_often(box, 30, 5)


@case("power-cut-output-done")
def output_done(box):
    cut_often(box, 30, 5, "--done", "DONE")


@case("power-cut-output-delete-done")
def output_delete(box):
    cut_often(box, 30, 5, "--delete-done")


@case("power-cut-rotation")
def rotation(box):
    cut_often(box, 30, 4, "--rotate-bytes", "24K", "--rotate-keep", "9")


@case("power-cut-compaction")
def compaction(box):
    """A ledger that must be compacted again and again."""
    cut_often(box, 30, 4, "--delete-done", "--remember", "128", frames=500)


@case("power-cut-stdout")
def stdout(box):
    cut_often(box, 20, 3, stdout=True)


@case("power-cut-stdout-delete-done", quick=False)
def stdout_delete(box):
    cut_often(box, 20, 3, "--delete-done", stdout=True)
