"""What no event tells of, and readers that stand still."""

import os
import signal
import subprocess

from faults import run
from frames import Impossible, check_at_least_once, check_each_once, require
from registry import case
from writers import write


@case("changes-without-events", quick=False)
def without_events(box):
    """A file comes through the lower side of an overlay, as on NFS or SMB from another machine."""
    disk = box.root / "layers"
    disk.mkdir()
    run("mount", "-t", "tmpfs", "tmpfs", str(disk))
    try:
        for name in ("low", "up", "work"):
            (disk / name).mkdir()
        run("mount", "-t", "overlay", "overlay", "-o",
            f"lowerdir={disk}/low,upperdir={disk}/up,workdir={disk}/work", str(box.inside))
        try:
            watch, writer = box.watch(), box.writer()
            watch.reported(writer.direct())
            frame = writer.frame()
            write(disk / "up" / os.fsdecode(frame.path), frame.data)
            watch.reported(*writer.frames)
            watch.stop()
            require("overlayfs" in watch.errors(), f"doesn't name it: {watch.errors()}")
            check_each_once(writer.frames, box.reports())
        finally:
            run("umount", "-l", str(box.inside))
    finally:
        run("umount", "-l", str(disk))


@case("no-events-at-all")
def no_events(box):
    """The kernel refuses events: it scans, and names the limit."""
    prefix = ("unshare", "--user", "--map-root-user", "sh", "-c",
              'echo 0 > /proc/sys/user/max_inotify_instances && exec "$@"', "sh")
    if subprocess.run([*prefix, "true"], capture_output=True).returncode != 0:
        raise Impossible("no user namespace of its own")
    watch, writer = box.watch(prefix=prefix), box.writer()
    for _ in range(3):
        watch.reported(writer.direct())
    watch.stop()
    require("max_user_instances" in watch.errors(), f"doesn't name the limit: {watch.errors()}")
    check_each_once(writer.frames, box.reports())


@case("watchdog-of-ages")
def ages(box):
    """WATCHDOG_USEC as large as can be."""
    for microseconds in (2**64 - 1, 2**63 - 1, 10**30, 2**33):
        watch = box.watch(environment={"WATCHDOG_USEC": str(microseconds)})
        writer = box.writer(100 * len(box.watches))
        watch.reported(writer.direct())
        watch.stop()


@case("stop-while-the-reader-stands-still")
def stopped(box):
    """SIGTERM while the pipe is full: it leaves, and what was not reported is by the next run."""
    watch, writer = box.watch("--max-queue", 64, pipe=True), box.writer()
    watch.reported(writer.direct())
    watch.resumed.clear()
    writer.burst(box.suite.scaled(900, 500))
    watch.until(lambda: is_waiting(watch), "a full pipe")
    watch.process.send_signal(signal.SIGTERM)
    watch.process.wait(20)
    require(watch.process.returncode == 0, f"left with {watch.process.returncode}: {watch.tail()}")
    watch.drained()
    first = watch.reports(torn=True)
    again = box.watch(stdout=True)
    again.until(lambda: len({r.key for r in first + again.reports()}) == len(writer.frames),
                "all other frames")
    again.stop()
    check_at_least_once(writer.frames, first + again.reports())


def is_waiting(watch):
    """Whether the writer of the pipe sleeps in poll(2), for want of room."""
    import fcntl
    import struct
    import termios

    held = struct.unpack("i", fcntl.ioctl(watch.process.stdout, termios.FIONREAD, bytes(4)))[0]
    return held >= 48 * 1024


@case("failures-stand-before-nobody")
def failures(box):
    """More damaged files than can be remembered, and a good one."""
    for number in range(200):
        write(box.inside / f"a{number}.jpg", b"")
    watch, writer = box.watch("--remember", 128, "--max-queue", 16), box.writer()
    watch.says("failures that can be remembered")
    for _ in range(3):
        watch.reported(writer.direct())
    counts = watch.stop()
    require(counts["classified"] == 3 and counts["failed"] == 96, f"counts {counts}")
