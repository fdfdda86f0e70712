"""More than it can take at once: everything is reported, and memory stays what it was."""

import os
import signal

from faults import short_event_queue
from frames import check_each_once, require
from registry import case
from runner import SETTLE


def drained(watch, count):
    """Waits until so many lines are there, as long as there come more."""
    lines = watch.lines()
    while lines < count:
        before = lines
        lines = watch.until(lambda: max(0, watch.lines() - before), f"more than {before} lines")
        lines += before


@case("burst")
def burst(box):
    """20,000 files into a queue of 64, and resident memory the same at the half as at the end."""
    count = box.suite.scaled(20_000, 1_000)
    watch, writer = box.watch("--max-queue", 64), box.writer()
    writer.burst(count // 2)
    drained(watch, count // 2)
    half = watch.resident()
    writer.burst(count - count // 2)
    drained(watch, count)
    grown = watch.resident() - half
    counts = watch.stop()
    check_each_once(writer.frames, box.reports())
    require(counts["classified"] == count, f"{counts}")
    if not box.suite.emulated:
        require(grown <= 64 * 1024, f"{grown} bytes more resident after {count // 2} frames")
    box.note = f"{count} frames, {counts['overloads']} overloads, {counts['scans']} scans, " \
        f"{grown // 1024} KiB grown"


@case("burst-before-start")
def backlog(box):
    """What was there before it started, more than the queue holds."""
    writer = box.writer()
    count = box.suite.scaled(1000, 200)
    writer.burst(count)
    watch = box.watch("--max-queue", 16)
    for _ in range(20):
        writer.linked_in()
    drained(watch, count + 20)
    watch.stop()
    check_each_once(writer.frames, box.reports())


@case("full-queue-and-an-open-file")
def open_file(box):
    """A file that stays open for writing must not keep what didn't fit the queue from its turn."""
    watch, writer = box.watch("--max-queue", 8), box.writer()
    frame = writer.frame(total=4000)
    with open(writer.at(frame), "wb", buffering=0) as file:
        file.write(frame.data[:2000])
        writer.burst(100)
        watch.reported(*(f for f in writer.frames if f is not frame))
        file.write(frame.data[2000:])
    watch.reported(frame)
    watch.stop()
    check_each_once(writer.frames, box.reports())


@case("full-queue-of-open-files")
def open_files(box):
    """As many files stay open as the queue holds."""
    watch, writer = box.watch("--max-queue", 4), box.writer()
    held = [writer.frame() for _ in range(6)]
    files = [open(writer.at(frame), "wb", buffering=0) for frame in held]
    for frame, file in zip(held, files):
        file.write(frame.data[:20])
    writer.burst(30)
    watch.reported(*(f for f in writer.frames if f not in held))
    for frame, file in zip(held, files):
        file.write(frame.data[20:])
        file.close()
    watch.reported(*held)
    watch.stop()
    check_each_once(writer.frames, box.reports())


@case("event-queue-overflows")
def overflow(box):
    """The kernel drops events while the watcher stands: a rescan finds what they told."""
    with short_event_queue(32):
        watch = box.watch()
    writer = box.writer()
    watch.pause()
    for _ in range(60):
        writer.direct()
        writer.renamed_in()
        writer.linked_in()
    watch.resume()
    watch.reported(*writer.frames)
    counts = watch.stop()
    check_each_once(writer.frames, box.reports())
    require(counts["scans"] >= 2, f"no second scan counted: {counts}")


@case("event-queue-overflows-recursive")
def overflow_recursive(box):
    """Folders whose making was among what the kernel dropped."""
    with short_event_queue(32):
        watch = box.watch("--recursive")
    writer = box.writer()
    watch.pause()
    writer.burst(40)
    for number in range(10):
        (box.inside / f"d{number}/e").mkdir(parents=True)
        writer.direct(b"d%d/e/x.png" % number)
        writer.direct(b"d%d/y.png" % number)
    watch.resume()
    watch.reported(*writer.frames)
    writer.direct(b"d7/e/late.png")
    writer.linked_in()
    watch.reported(*writer.frames)
    watch.stop()
    check_each_once(writer.frames, box.reports())


@case("event-queue-overflows-half-written")
def overflow_half_written(box):
    """The rescan finds a file that is still being written."""
    with short_event_queue(32):
        watch = box.watch()
    writer = box.writer()
    frame = writer.frame(total=4000)
    with open(writer.at(frame), "wb", buffering=0) as file:
        watch.pause()
        file.write(frame.data[:2000])
        writer.burst(60)
        watch.resume()
        watch.reported(*(f for f in writer.frames if f is not frame))
        watch.reported(writer.direct())
        file.write(frame.data[2000:])
    watch.reported(frame)
    watch.stop()
    check_each_once(writer.frames, box.reports())


@case("stop-in-a-burst")
def stop(box):
    """SIGTERM with hundreds of frames waiting: it leaves within a batch, and the rest is not lost."""
    for round_number, target in enumerate(("parent", "group", "worker")):
        watch, writer = box.watch(), box.writer(round_number * 1000)
        watch.reported(writer.direct())
        watch.pause()
        writer.burst(600)
        before = watch.lines()
        if target == "group":
            watch.signal_all(signal.SIGTERM)
        else:
            os.kill(watch.process.pid if target == "parent" else watch.worker, signal.SIGTERM)
        watch.resume()
        watch.left()
        more = len(box.reports()) - before
        require(more <= 130, f"{more} frames after SIGTERM to the {target}")
        box.once()
        check_each_once(writer.frames, [r for r in box.reports()
                                        if r.key in {f.key for f in writer.frames}])
        for frame in writer.frames:
            os.unlink(writer.at(frame))


@case("reader-that-stands-still")
def stalled(box):
    """Standard output goes into a pipe that nobody empties for a while."""
    watch, writer = box.watch("--max-queue", 64, pipe=True), box.writer()
    watch.reported(writer.direct())
    watch.resumed.clear()
    writer.burst(box.suite.scaled(600, 300))
    # The pipe is full when no more bytes come into it; its size is the kernel's business.
    watch.until(lambda: state_of_waiting(watch), "a full pipe")
    watch.resumed.set()
    watch.reported(*writer.frames)
    watch.stop()
    check_each_once(writer.frames, watch.reports())


def state_of_waiting(watch):
    """Whether the pipe holds as much as one write that doesn't fit leaves in it."""
    import fcntl
    import struct
    import termios

    held = struct.unpack("i", fcntl.ioctl(watch.process.stdout, termios.FIONREAD, bytes(4)))[0]
    return held >= 48 * 1024


@case("remember-is-full")
def remember(box):
    """More frames stay in the folder than it may remember: it waits for them to go, loses none."""
    watch, writer = box.watch("--remember", 128), box.writer()
    writer.burst(300)
    watch.says(r"--remember|remember")
    require(len(watch.reports()) <= 128, f"{len(watch.reports())} reported, 128 can be remembered")
    # Whatever has been reported goes away, until all have been.
    def cleared():
        for report in watch.reports():
            try:
                os.unlink(os.path.join(writer.folder, report.path))
            except FileNotFoundError:
                pass
        return watch.lines() >= 300

    watch.until(cleared, "300 reports")
    watch.stop()
    check_each_once(writer.frames, box.reports())


@case("remember-across-many", quick=False)
def remembered(box):
    """Ten times as many frames as are remembered, deleted as they are reported; kept ones stay
    remembered over restarts and over the ledger's compaction."""
    writer = box.writer()
    kept = [writer.direct() for _ in range(20)]
    count = 1500
    for _ in range(3):
        watch = box.watch("--remember", 128)
        for _ in range(count // 3 // 50):
            fresh = [writer.direct() for _ in range(50)]
            watch.reported(*fresh)
            for frame in fresh:
                os.unlink(writer.at(frame))
        watch.stop()
    box.once("--remember", 128)
    check_each_once(writer.frames, box.reports())
    require(len(box.left_over()) == len(kept), "frames that were to stay are gone")
    size = box.state.stat().st_size
    require(size < 256 * 1024, f"the ledger grew to {size} bytes")
