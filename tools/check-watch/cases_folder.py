"""The watched folder goes and comes back; outputs and --done under the hands of others."""

import dataclasses
import os
import re
import shutil
import threading

from faults import Disk
from frames import Frame, check_each_once, require
from registry import case
from writers import write


@case("folder-removed-and-made-again")
def removed(box):
    watch, writer = box.watch(), box.writer()
    for round_number in range(2):
        writer.burst(10)
        watch.reported(*writer.frames)
        shutil.rmtree(box.inside)
        watch.says(r"(?i)^sinf: .*(gone|no longer|removed|not there|vanished|missing|no such)",
                   round_number + 1)
        box.inside.mkdir()
        writer.burst(10)
        watch.reported(*writer.frames)
        # It is watched, not only scanned.
        watch.reported(writer.direct())
        watch.reported(writer.linked_in())
    counts = watch.stop()
    require(counts["classified"] == len(writer.frames), f"the counts start over: {counts}")
    check_each_once(writer.frames, box.reports())


@case("folder-replaced-by-another")
def swapped(box):
    """Moved away, and another folder moved to its place: names known, files new."""
    watch, writer = box.watch(), box.writer()
    writer.burst(5)
    watch.reported(*writer.frames)
    fresh = box.root / "fresh"
    fresh.mkdir()
    for number in range(5):
        frame = Frame(b"frame-%06d.png" % number, 500 + number)
        write(fresh / os.fsdecode(frame.path), frame.data)
        writer.frames.append(frame)
    os.rename(box.inside, box.root / "old")
    os.rename(fresh, box.inside)
    watch.reported(*writer.frames)
    writer.next = 1000
    watch.reported(writer.direct())
    watch.stop()
    check_each_once(writer.frames, box.reports())


@case("folder-unmounted-and-mounted")
def unmounted(box):
    writer = box.writer()
    with Disk(box.inside, size="4m") as disk:
        watch = box.watch()
        writer.burst(5)
        watch.reported(*writer.frames)
        for _ in range(2):
            disk.unmount()
            disk.mount()
            writer.burst(5)
            watch.reported(*writer.frames)
            watch.reported(writer.direct())
        watch.stop()
        check_each_once(writer.frames, box.reports())


@case("folder-recursive-removed")
def removed_below(box):
    watch, writer = box.watch("--recursive"), box.writer()
    for _ in range(5):
        (box.inside / "a/b").mkdir(parents=True)
        frames = [writer.direct(b"a/b/%d.png" % writer.next), writer.direct(b"a/%d.png" % writer.next)]
        watch.reported(*frames)
        shutil.rmtree(box.inside / "a")
    watch.reported(writer.direct())
    watch.stop()
    check_each_once(writer.frames, box.reports())


@case("folder-missing-at-start")
def missing(box):
    """Not there when it starts: one clear line, or it waits; either way no crash, no loss."""
    shutil.rmtree(box.inside)
    watch = box.watch(ready=False)
    watch.says(r"^sinf: ")
    box.inside.mkdir()
    writer = box.writer()
    writer.direct()
    if watch.process.poll() is None:
        watch.until(lambda: watch.process.poll() is not None or watch.lines(), "an end or a report")
    if watch.process.poll() is not None:
        require(watch.process.returncode in (1, 2), f"left with {watch.process.returncode}")
        require(str(box.inside) in watch.errors(), f"doesn't name it: {watch.tail()}")
        watch = box.watch()
    watch.reported(*writer.frames)
    watch.stop()
    check_each_once(writer.frames, box.reports())


@case("output-folder-gone")
def output_gone(box):
    """What was written goes with the folder; what comes later is written when it is back."""
    logs = box.root / "logs"
    logs.mkdir()
    box.output = logs / "out.jsonl"
    watch, writer = box.watch(), box.writer()
    watch.reported(writer.direct())
    writer.frames.clear()
    shutil.rmtree(logs)
    writer.burst(3)
    watch.says(r"^sinf: .*out\.jsonl")
    logs.mkdir()
    watch.reported(*writer.frames)
    watch.before = 0
    watch.process.terminate()
    watch.left(counted=False)
    check_each_once(writer.frames, box.reports())


@case("output-moved-by-others")
def output_moved(box):
    """Somebody else's rotation renames the output: later lines go into a new file."""
    watch, writer = box.watch(), box.writer()
    for number in range(1, 4):
        watch.reported(writer.direct())
        os.rename(box.output, box.root / f"out.jsonl.{10 - number}")
        watch.reported(writer.direct())
        require(box.output.exists(), "no new file")
    watch.stop()
    check_each_once(writer.frames, box.reports())


@case("done-never-overwrites")
def collisions(box):
    """The same name again and again, in --done before it started too."""
    done = box.root / "done"
    done.mkdir()
    write(done / "same.png", b"mine")
    watch, writer = box.watch("--done", done), box.writer()
    for _ in range(12):
        watch.reported(writer.renamed_in(b"same.png"))
        watch.until(lambda: not box.left_over(), "the folder to be empty")
    watch.stop()
    check_each_once(writer.frames, box.reports())
    require((done / "same.png").read_bytes() == b"mine", "overwrote a file in --done")
    found = sorted(path.read_bytes() for path in done.iterdir() if path.name != "same.png")
    require(found == sorted(f.data for f in writer.frames), f"{len(found)} files in --done")


@case("done-takes-no-newer-frame")
def racing(box):
    """A writer replaces names while the watcher moves what it classified under them."""
    done = box.root / "done"
    done.mkdir()
    watch, writer = box.watch("--done", done), box.writer()
    names = [b"cam%d.png" % number for number in range(4)]

    def hammer():
        for _ in range(box.suite.scaled(250, 60)):
            for name in names:
                writer.renamed_in(name)

    thread = threading.Thread(target=hammer)
    thread.start()
    thread.join()
    watch.until(lambda: not box.left_over(), "the folder to be empty")
    last = {frame.path: frame for frame in writer.frames}
    watch.reported(*last.values())
    watch.stop()
    # A newer frame that was moved aside gets its name back, with a number before it where a still newer
    # one has taken that.
    reports = [dataclasses.replace(r, path=re.sub(rb"^\d+-", b"", r.path)) for r in box.reports()]
    serials = {(f.path, f.key[1], f.key[2]) for f in writer.frames}
    for report in reports:
        require(report.status == "failed" and report.error == "io" or report.key in serials,
                f"reported wrongly: {report}")
    classified = [r.key for r in reports if r.status == "classified"]
    require(len(classified) == len(set(classified)), "one frame twice")
    # A file in --done that has no report is a frame that was taken for another.
    sizes = {r.key[1:] for r in reports if r.status == "classified"}
    for path in done.iterdir():
        data = path.read_bytes()
        size = int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
        require(size in sizes, f"{path.name} lies in --done without having been classified")
    box.note = f"{len(writer.frames)} written, {len(classified)} classified"


@case("failed-folder")
def failed(box):
    done, bad = box.root / "done", box.root / "bad"
    done.mkdir(), bad.mkdir()
    watch, writer = box.watch("--done", done, "--failed", bad), box.writer()
    for number in range(5):
        write(box.inside / f"broken{number}.png", b"broken")
        writer.direct()
    watch.until(lambda: not box.left_over(), "the folder to be empty")
    watch.reported(*writer.frames)
    watch.stop()
    names = [b"broken%d.png" % n for n in range(5)]
    check_each_once(writer.frames, box.reports(), names)
    require(box.left_over(bad) == names, f"--failed has {box.left_over(bad)}")
    require(box.left_over(done) == sorted(f.path for f in writer.frames), "--done differs")


@case("delete-done-keeps-failures")
def keeps(box):
    watch, writer = box.watch("--delete-done"), box.writer()
    write(box.inside / "broken.png", b"broken")
    for _ in range(20):
        writer.direct()
    watch.reported(*writer.frames)
    watch.until(lambda: box.left_over() == [b"broken.png"], "only the failure to stay")
    watch.stop()
    check_each_once(writer.frames, box.reports(), [b"broken.png"])
