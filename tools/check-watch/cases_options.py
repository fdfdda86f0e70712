"""Rotation, --once, settling and the formats."""

import json
import os
import subprocess

from frames import check_each_once, parsed, require, whole_lines
from registry import case
from writers import write


@case("once")
def once(box):
    """Drains what is there and leaves; a second run has nothing to do."""
    writer = box.writer()
    writer.burst(30)
    require(box.once().closing_counts()["classified"] == 30, "not all of 30")
    require(box.once().closing_counts()["classified"] == 0, "reported again")
    check_each_once(writer.frames, box.reports())
    write(box.inside / "broken.png", b"broken")
    box.once(status=1)
    box.once(status=0)
    check_each_once(writer.frames, box.reports(), [b"broken.png"])


@case("once-waits-for-writers")
def once_waits(box):
    """What is open for writing when it starts is not given up, and not read early."""
    writer = box.writer()
    writer.direct()
    frame = writer.frame(total=4000)
    with open(writer.at(frame), "wb", buffering=0) as file:
        file.write(frame.data[:2000])
        run = box.watch("--once")
        run.until(lambda: run.lines() >= 1, "the other frame")
        file.write(frame.data[2000:])
    run.left()
    check_each_once(writer.frames, [r for r in box.reports()] if len(box.reports()) == 2
                    else box.reports() + once_again(box))


def once_again(box):
    """Where --once leaves an unfinished file alone, the next run reports it."""
    before = len(box.reports())
    box.once()
    return box.reports()[before:]


@case("rotation")
def rotation(box):
    """Many files under load: each of whole lines, none lost between them, sizes kept to."""
    watch = box.watch("--rotate-bytes", "64K", "--rotate-keep", 9)
    writer = box.writer()
    count = box.suite.scaled(800, 300)
    for _ in range(count // 20):
        writer.burst(20)
        watch.reported(*writer.frames[-20:])
    watch.stop()
    check_each_once(writer.frames, box.reports())
    files = box.rotated()
    require(len(files) > 2, f"{len(files)} files")
    for path in files:
        # A batch of 64 lines may be written before a rotation.
        require(path.stat().st_size < 64 * 1024 + 64 * 1024, f"{path.name} is too large")
    box.note = f"{count} frames over {len(files)} files"


@case("rotation-keeps-so-many")
def keeps(box):
    watch = box.watch("--rotate-bytes", "4K", "--rotate-keep", 2)
    writer = box.writer()
    for _ in range(60):
        watch.until(lambda: True, "")
        frame = writer.direct()
        watch.reported(frame)
    watch.process.terminate()
    watch.left(counted=False)
    files = sorted(p.name for p in box.root.glob("out.jsonl*"))
    require(files == ["out.jsonl", "out.jsonl.1", "out.jsonl.2"], f"{files}")
    found = {r.key for r in box.reports()}
    newest = writer.frames[-len(found):]
    require(found == {f.key for f in newest}, "what is kept is not the newest")


@case("state-beside-the-frames")
def beside(box):
    """Without --state the ledger lies in the folder, is no frame, and works."""
    writer = box.writer()
    writer.burst(5)
    box.watch("--once", state=False).left()
    require(any(n.startswith(b".sinf") for n in os.listdir(os.fsencode(box.inside))), "no ledger")
    writer.direct()
    box.watch("--once", state=False).left()
    check_each_once(writer.frames, box.reports())


@case("settle-zero")
def settle_zero(box):
    watch, writer = box.watch(settle=0), box.writer()
    for _ in range(10):
        writer.direct()
        writer.linked_in()
    watch.reported(*writer.frames)
    watch.stop()
    check_each_once(writer.frames, box.reports())


@case("output-line")
def line(box):
    """A line has what a line of classify has, in its order, and its own keys."""
    writer = box.writer()
    frame = writer.direct()
    box.once()
    run = subprocess.run(
        [*box.suite.program, "classify", "--model", box.suite.model, "--format", "json",
         os.fsdecode(writer.at(frame))], capture_output=True, check=True)
    theirs = json.loads(run.stdout.split(b"\n")[0])
    mine = json.loads(whole_lines(box.output)[0])
    order = [key for key in mine if key not in ("id", "time")]
    require(order == list(theirs), f"keys {list(mine)}, of classify {list(theirs)}")
    for key in theirs:
        if key not in ("times_ns", "file"):
            require(mine[key] == theirs[key], f"{key}: {mine[key]}, of classify {theirs[key]}")
    require(parsed(whole_lines(box.output)[-1], box.inside) is None, "no closing line")


@case("wrong-options")
def wrong(box):
    """Refused in one line with status 2, before anything is touched."""
    for options in (["--settle", "soon"], ["--max-queue", "0"], ["--order", "random"],
                    ["--rotate-keep", "10"], ["--remember", "-1"], ["--nosuch"],
                    ["--done", str(box.outside), "--delete-done"]):
        run = box.watch(*options, ready=False)
        run.process.wait(60)
        require(run.process.returncode == 2, f"{options}: left with {run.process.returncode}")
        text = run.errors().strip()
        require(options[0] in text, f"{options}: says {text!r}")
    require(not box.output.exists() and not box.state.exists(), "wrote files nevertheless")
