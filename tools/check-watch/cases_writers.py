"""Every way in which a camera process may write: each frame once, and never half of one.

A pause between two pieces isn't a guess about time. It lets the watcher report another frame that
was written later, twice: by then it has seen, and could have wrongly taken, the unfinished one.
"""

import os
import signal
import time

from frames import Frame, check_each_once, require
from registry import case
from runner import SETTLE
from writers import write


def sentinels(watch, writer):
    """A function that waits until the watcher reported two new frames, one after the other, and
    longer than it waits for a file to settle."""

    def pause():
        end = time.monotonic() + 2.5 * SETTLE / 1000
        for _ in range(2):
            watch.reported(writer.direct())
        while time.monotonic() < end:
            watch.reported(writer.direct())

    return pause


def finish(box, watch, writer, failures=()):
    watch.reported(*writer.frames)
    watch.stop()
    check_each_once(writer.frames, box.reports(), failures)
    box.note = f"{len(writer.frames)} frames"


@case("write-at-once")
def direct(box):
    watch, writer = box.watch(), box.writer()
    for _ in range(20):
        writer.direct()
    finish(box, watch, writer)


@case("write-in-pieces")
def pieces(box):
    watch, writer = box.watch(), box.writer()
    writer.in_pieces(sentinels(watch, writer))
    finish(box, watch, writer)


@case("write-sparse-then-filled")
def sparse(box):
    watch, writer = box.watch(), box.writer()
    writer.sparse(sentinels(watch, writer))
    finish(box, watch, writer)


@case("write-through-a-mapping")
def mapped(box):
    watch, writer = box.watch(), box.writer()
    writer.mapped(sentinels(watch, writer))
    finish(box, watch, writer)


@case("write-by-two-one-closes")
def two(box):
    watch, writer = box.watch(), box.writer()
    writer.held_open(sentinels(watch, writer))
    finish(box, watch, writer)


@case("write-open-at-start")
def open_at_start(box):
    """The first scan finds a file that is still being written, and one that is complete."""
    writer = box.writer()
    writer.direct()
    frame = writer.frame(total=4000)
    with open(writer.at(frame), "wb", buffering=0) as file:
        file.write(frame.data[:2000])
        watch = box.watch()
        sentinels(watch, writer)()
        file.write(frame.data[2000:])
    finish(box, watch, writer)


@case("rename-in")
def renamed_in(box):
    watch, writer = box.watch(), box.writer()
    for _ in range(20):
        writer.renamed_in()
        writer.renamed_within()
    finish(box, watch, writer)


@case("rename-in-while-open")
def renamed_while_open(box):
    """Moved into the folder by a writer that has not finished it."""
    watch, writer = box.watch(), box.writer()
    pause = sentinels(watch, writer)
    frame = writer.frame(total=4000)
    with open(writer.beside(frame), "wb", buffering=0) as file:
        file.write(frame.data[:2000])
        os.rename(writer.beside(frame), writer.at(frame))
        pause()
        file.write(frame.data[2000:])
    finish(box, watch, writer)


@case("rename-within-is-new")
def renamed_again(box):
    watch, writer = box.watch(), box.writer()
    first = writer.direct()
    watch.reported(first)
    second = Frame(b"renamed.png", first.serial)
    writer.frames.append(second)
    os.rename(writer.at(first), writer.at(second))
    finish(box, watch, writer)


@case("link-in")
def linked(box):
    watch, writer = box.watch(), box.writer()
    for _ in range(20):
        writer.linked_in()
    finish(box, watch, writer)


@case("link-in-while-open")
def linked_while_open(box):
    """A second name for a file that somebody is still writing elsewhere."""
    watch, writer = box.watch(), box.writer()
    pause = sentinels(watch, writer)
    frame = writer.frame(total=4000)
    with open(writer.beside(frame), "wb", buffering=0) as file:
        file.write(frame.data[:2000])
        os.link(writer.beside(frame), writer.at(frame))
        pause()
        file.write(frame.data[2000:])
    finish(box, watch, writer)


@case("append-after-close")
def appended(box):
    """A frame that grows after it was reported is another frame."""
    watch, writer = box.watch(), box.writer()
    frame = writer.direct()
    watch.reported(frame)
    with open(writer.at(frame), "ab") as file:
        file.write(bytes(100))
    watch.until(lambda: len(watch.reports()) == 2, "a second report")
    watch.stop()
    first, second = box.reports()
    require(first.path == second.path and first.identity != second.identity, "one identity")
    require(not second.replayed, "the grown frame is called a replay")


@case("replace-under-its-name")
def replaced(box):
    """By rename and in place, by a picture of another length and of the same."""
    watch, writer = box.watch(), box.writer()
    name = b"latest.png"
    for way in (writer.renamed_in, writer.direct):
        for total in (900, 1000, 1000, 900, 900):
            watch.reported(way(name, total))
    finish(box, watch, writer)


@case("replace-before-it-is-read")
def replaced_early(box):
    """Of two frames under one name the later one at least must be reported."""
    watch, writer = box.watch(), box.writer()
    watch.pause()
    first = writer.direct(b"same.png")
    second = writer.renamed_in(b"same.png")
    watch.resume()
    watch.reported(second)
    writer.frames.remove(first)
    writer.frames.remove(second)
    last = writer.direct()
    watch.reported(last)
    watch.stop()
    found = [r.key for r in box.reports() if r.path == b"same.png" and r.status == "classified"]
    require(found == [second.key], f"reported {found}")


@case("unlink-before-it-is-read")
def unlinked(box):
    watch, writer = box.watch(), box.writer()
    watch.pause()
    gone = writer.direct()
    os.unlink(writer.at(gone))
    watch.resume()
    writer.frames.remove(gone)
    watch.reported(writer.direct())
    watch.stop()
    failed = [r for r in box.reports() if r.status == "failed"]
    require(len(failed) <= 1 and all(r.path == gone.path and r.error == "io" for r in failed),
            f"failed: {failed}")
    check_each_once(writer.frames, box.reports(), [r.path for r in failed])


@case("no-picture-fails-once")
def damaged(box):
    """Names of pictures without a picture: one failure each, also over a restart; a repaired file
    is a new frame."""
    watch, writer = box.watch(), box.writer()
    bad = {b"empty.png": b"", b"text.jpg": b"no picture", b"cut.png": writer.frame().data[:40]}
    writer.frames.clear()
    for name, data in bad.items():
        write(os.path.join(writer.folder, name), data)
    watch.reported(writer.direct())
    watch.until(lambda: sum(r.status == "failed" for r in watch.reports()) == len(bad), "failures")
    watch.stop()
    watch = box.watch()
    writer.renamed_in(b"cut.png")
    finish(box, watch, writer, list(bad))


@case("jpeg")
def jpeg(box):
    data = (box.suite.model.parents[2] / "Pictures/gradient.jpg").read_bytes()
    watch = box.watch()
    write(box.inside / "a.jpg", data)
    watch.until(lambda: watch.reports(), "a report")
    watch.stop()
    report, = box.reports()
    require(report.status == "classified" and report.bytes == len(data), f"{report}")


@case("stop-with-a-writer-at-work")
def stopped(box):
    """SIGTERM while a file is half written: it is left alone, and reported by the next run."""
    watch, writer = box.watch(), box.writer()
    frame = writer.frame(total=4000)
    with open(writer.at(frame), "wb", buffering=0) as file:
        file.write(frame.data[:2000])
        watch.reported(writer.direct())
        watch.stop(signal.SIGINT)
        file.write(frame.data[2000:])
    finish(box, box.watch(), writer)
