"""kill -9 at random instants, again and again, while a camera writes."""

import os
import random
import signal
import time

from frames import check_at_least_once, check_each_once, require
from registry import case
from runner import PATIENCE, SETTLE, children_of
from writers import Stream


def instant(box, watch, choice):
    """Lets the watcher come to a random instant: of its start, of its rest, or of its work."""
    kind = choice.random()
    if kind < 0.25:
        time.sleep(choice.uniform(0, 0.04))
    elif kind < 0.4:
        time.sleep(choice.uniform(0, 3 * SETTLE / 1000))
    else:
        goal = watch.lines() + choice.randrange(1, 30)
        watch.until(lambda: watch.lines() >= goal, "lines before a kill")
        time.sleep(choice.uniform(0, 0.004))


def killed(box, full, quick, *options, targets=("all",), **settings):
    """Kills so often while frames come, lets a last run finish, and returns frames and runs."""
    choice = random.Random(box.seed)
    writer = box.writer()
    stream = Stream(writer, box.seed)
    stream.start()
    kills = box.suite.scaled(full, quick)
    runs = []
    for number in range(kills):
        watch = box.watch(*options, ready=False, **settings)
        runs.append(watch)
        instant(box, watch, choice)
        watch.kill(targets[number % len(targets)])
    stream.finish()
    last = box.watch(*options, **settings)
    runs.append(last)

    def complete():
        return len({r.key for r in gathered(box, runs)}) >= len(writer.frames)

    last.until(complete, f"{len(writer.frames)} frames in all")
    last.stop()
    box.note = f"{kills} kills, {len(writer.frames)} frames"
    return writer, runs


def gathered(box, runs):
    """What all these runs reported."""
    if not runs[0].to_stdout:
        return box.reports(torn=True)
    return [report for run in runs for report in run.reports()]


def check_output(box, writer):
    check_each_once(writer.frames, box.reports())


def check_stdout(box, writer, runs):
    repeats = check_at_least_once(writer.frames, gathered(box, runs))
    box.note += f", {repeats} replayed"


def check_moved(box, writer, done):
    """Every frame lies in --done under its own name, and nowhere else."""
    box.check_gone()
    names = sorted(frame.path for frame in writer.frames)
    require(box.left_over(done) == names, "--done has other names than were written")


@case("kill-output")
def output(box):
    writer, _ = killed(box, 34, 6)
    check_output(box, writer)


@case("kill-output-done")
def output_done(box):
    done = box.root / "done"
    done.mkdir()
    writer, _ = killed(box, 34, 4, "--done", done)
    check_output(box, writer)
    check_moved(box, writer, done)


@case("kill-output-delete-done")
def output_delete(box):
    writer, _ = killed(box, 34, 4, "--delete-done")
    check_output(box, writer)
    box.check_gone()


@case("kill-output-rotated")
def output_rotated(box):
    done = box.root / "done"
    done.mkdir()
    writer, _ = killed(box, 20, 3, "--done", done, "--rotate-bytes", "250K", "--rotate-keep", 9)
    check_output(box, writer)
    check_moved(box, writer, done)
    box.note += f", {len(box.rotated())} files"


@case("kill-parent-or-child")
def one_process(box):
    """Only one of the processes dies: the other must not go on alone."""
    writer, _ = killed(box, 24, 4, targets=("parent", "child"))
    check_output(box, writer)


@case("kill-decoder")
def decoder(box):
    """Only the process that decodes dies: that costs the picture in its hands and no other."""
    choice = random.Random(box.seed)
    writer = box.writer()
    stream = Stream(writer, box.seed)
    watch = box.watch()
    stream.start()
    kills = 0
    for _ in range(box.suite.scaled(60, 10)):
        time.sleep(choice.uniform(0, 0.03))
        for server in children_of(watch.worker):
            for process in children_of(server):
                try:
                    os.kill(process, signal.SIGKILL)
                    kills += 1
                except ProcessLookupError:
                    pass
    stream.finish()
    watch.until(lambda: len(watch.reports()) >= len(writer.frames), "a report of every frame")
    watch.stop()
    reports = box.reports()
    crashed = [report for report in reports if report.status == "failed"]
    require(len(crashed) <= kills, f"{len(crashed)} failed by {kills} kills")
    require(all("decoder_crashed" in (report.error or "") for report in crashed),
            f"failed otherwise: {crashed[:3]}")
    # A path may be written several times; the failed ones are told apart by neither size.
    lost = {report.path for report in crashed}
    kept = [frame for frame in writer.frames if frame.path not in lost]
    check_each_once(kept, [report for report in reports if report.path not in lost])
    require(len(reports) == len(writer.frames),
            f"{len(reports)} reports of {len(writer.frames)} frames")
    require(kills >= 5, f"only {kills} kills")
    box.note = f"{kills} kills, {len(writer.frames)} frames, {len(crashed)} failed"


@case("kill-stdout")
def stdout(box):
    writer, runs = killed(box, 16, 3, stdout=True)
    check_stdout(box, writer, runs)


@case("kill-stdout-done")
def stdout_done(box):
    done = box.root / "done"
    done.mkdir()
    writer, runs = killed(box, 14, 3, "--done", done, stdout=True)
    check_stdout(box, writer, runs)
    check_moved(box, writer, done)


@case("kill-stdout-delete-done")
def stdout_delete(box):
    writer, runs = killed(box, 12, 2, "--delete-done", stdout=True)
    check_stdout(box, writer, runs)
    box.check_gone()


@case("kill-pipe")
def pipe(box):
    writer, runs = killed(box, 12, 2, pipe=True)
    check_stdout(box, writer, runs)


@case("kill-small-memory")
def small(box):
    """A queue of 8 and 256 remembered ids: rescans and compactions under the kills."""
    writer, _ = killed(box, 16, 2, "--delete-done", "--max-queue", 8, "--remember", 256)
    check_output(box, writer)


@case("torn-last-line")
def torn(box):
    """An output that ends in half a line: cut off before the next line is written."""
    writer = box.writer()
    writer.burst(3)
    box.once()
    whole = box.output.read_bytes()
    for length in (1, 30, 200):
        box.output.write_bytes(whole + whole[:length].replace(b"\n", b" "))
        writer.direct()
        box.once()
        check_each_once(writer.frames, box.reports())
        whole = box.output.read_bytes()


@case("unknown-ledger")
def unknown(box):
    """A state file that is none of ours is refused and left as it is."""
    text = b"my notes, not to be lost\n" * 20
    box.state.write_bytes(text)
    writer = box.writer()
    writer.direct()
    run = box.watch(ready=False)
    run.process.wait(PATIENCE)
    require(run.process.returncode not in (0, None), "took a foreign file as its ledger")
    require(str(box.state) in run.errors(), f"doesn't name it: {run.tail()}")
    require(box.state.read_bytes() == text, "changed a foreign file")


@case("second-watcher")
def second(box):
    """Two on one ledger: the second is refused in a line, the first goes on."""
    first, writer = box.watch(), box.writer()
    other = box.watch(ready=False, output=box.root / "other.jsonl")
    other.process.wait(PATIENCE)
    require(other.process.returncode not in (0, None), "a second watcher started")
    lines = other.errors().strip().split("\n")
    require(len(lines) == 1 and str(box.state) in lines[0], f"says {lines}")
    first.reported(writer.direct())
    first.stop()
    check_each_once(writer.frames, box.reports())
