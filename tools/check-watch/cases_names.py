"""Names and kinds of entries: strange names come back to the byte, what is no file isn't opened."""

import os
import socket

from frames import check_each_once, require
from registry import case
from writers import Writer, write

STRANGE = [
    b"with space.png", b"line\nfeed.png", b"quote\"and\\back.png", b"it's.png", b"$(reboot).png",
    b"-leading.png", b"caf\xc3\xa9.png", b"latin-\xe9\xff.png", b"\xf0\x9f\x93\xb7.png",
    b"tab\tand\x01control.png", b"x" * 251 + b".png", b"%s%n.png", b"UPPER.PNG", b"del\x7f.png",
]


@case("strange-names")
def strange(box):
    watch, writer = box.watch(), box.writer()
    for name in STRANGE:
        writer.direct(name)
    watch.reported(*writer.frames)
    watch.stop()
    check_each_once(writer.frames, box.reports())


@case("strange-names-moved")
def strange_moved(box):
    """The same through --done, found by the first scan."""
    writer = box.writer()
    for name in STRANGE:
        writer.direct(name)
    done = box.root / "done"
    done.mkdir()
    box.once("--done", done)
    check_each_once(writer.frames, box.reports())
    require(box.left_over(done) == sorted(STRANGE), "names in --done differ")


@case("no-files")
def no_files(box):
    """Links, FIFOs, sockets: skipped, each counted once, none of them opened. Folders and names that
    begin with a dot are nobody's business."""
    inside = box.inside
    write(box.outside / "target.png", box.writer().frame().data)
    os.symlink(box.outside / "target.png", inside / "link.png")
    os.symlink("nowhere", inside / "dangling.png")
    os.symlink(box.outside, inside / "folder-link.png")
    os.symlink("loop.png", inside / "loop.png")
    os.mkfifo(inside / "fifo.png")
    os.mkdir(inside / "folder.png")
    entries = 5
    listener = socket.socket(socket.AF_UNIX)
    here = os.open(inside, os.O_RDONLY)
    listener.bind(f"/proc/self/fd/{here}/socket.png")
    entries += 1
    write(inside / ".hidden.png", b"")
    write(inside / "notes.txt", b"no picture")
    entries += 1
    writer = box.writer(1)
    writer.direct()
    counts = box.once()
    counts = counts.closing_counts()
    os.close(here)
    listener.close()
    check_each_once(writer.frames, box.reports())
    require(counts["skipped"] == entries, f"{counts['skipped']} skipped, expected {entries}")


@case("no-files-by-event")
def no_files_by_event(box):
    """The same kinds, made while it watches: it neither opens nor waits for any of them."""
    watch, writer = box.watch(), box.writer()
    os.symlink("nowhere", box.inside / "dangling.png")
    os.mkfifo(box.inside / "fifo.png")
    os.mkdir(box.inside / "folder.png")
    write(box.inside / "notes.txt", b"no picture")
    write(box.inside / ".hidden.png", b"")
    watch.reported(writer.direct())
    watch.reported(writer.linked_in())
    counts = watch.stop()
    check_each_once(writer.frames, box.reports())
    require(counts["skipped"] >= 1, f"{counts['skipped']} skipped")


@case("include")
def include(box):
    writer = box.writer()
    taken = [writer.direct(b"cam1-a.raw.png"), writer.direct(b"other.frame")]
    writer.direct(b"cam2-a.png")
    writer.direct(b"cam1-a.jpg")
    run = box.once("--include", "cam1-*.png", "--include", "*.frame")
    check_each_once(taken, box.reports())
    require(run.closing_counts()["skipped"] == 2, f"{run.closing_counts()}")


@case("order")
def order(box):
    """--order decides by time of modification over more frames than the queue holds."""
    writer = box.writer()
    for index in range(200):
        frame = writer.direct(b"%03d.png" % (index * 77 % 200))
        # Some of 1970, some of the same instant; none of the future, which would have to settle.
        second = [index, 1_000_000_000 + index // 2, 1_000_000_000][index % 3]
        os.utime(writer.at(frame), (second, second))
    by_age = sorted(writer.frames, key=lambda f: (os.stat(writer.at(f)).st_mtime_ns, f.path))
    for way, expected in (("oldest", by_age), ("newest", by_age[::-1])):
        box.output.unlink(missing_ok=True)
        box.state.unlink(missing_ok=True)
        box.once("--order", way, "--max-queue", 16)
        check_each_once(writer.frames, box.reports())
        found = [r.path for r in box.reports()]
        if way == "newest":
            # Among equals the order of names may go either way.
            found = sorted(found, key=lambda p: (-os.stat(
                os.path.join(writer.folder, p)).st_mtime_ns, 0)) == found and found
            require(found, "not by time, newest first")
        else:
            require(found == [f.path for f in expected], "not by time, then name")


@case("clock-set-back")
def clock(box):
    """Times in the future and before the start, in a running watcher: both are just times."""
    watch, writer = box.watch(), box.writer()
    for second in (0, 1, 4_102_444_800, 2_000_000_000, 86_400):
        frame = writer.frame()
        write(writer.beside(frame), frame.data)
        os.utime(writer.beside(frame), (second, second))
        os.rename(writer.beside(frame), writer.at(frame))
        later = writer.direct()
        os.utime(writer.at(later), (second, second))
    watch.until(lambda: {f.path for f in writer.frames} <= {r.path for r in watch.reports()},
                "reports")
    watch.stop()
    # A file whose time is changed between writing and reading may count as two frames.
    missing = {f.key for f in writer.frames} - {r.key for r in box.reports()}
    require(not missing, f"lost {missing}")


@case("recursive")
def recursive(box):
    """Folders moved in, made deep at once, made and removed in a hurry, renamed."""
    watch, writer = box.watch("--recursive"), box.writer()
    tree = box.outside / "tree"
    (tree / "a/b").mkdir(parents=True)
    grown = Writer(tree, box.outside, 1000)
    grown.direct(b"a/one.png"), grown.direct(b"a/b/two.png"), grown.direct(b"three.png")
    os.rename(tree, box.inside / "moved")
    for frame in grown.frames:
        writer.frames.append(type(frame)(b"moved/" + frame.path, frame.serial))
    for number in range(30):
        deep = box.inside / f"d{number}/e/f"
        deep.mkdir(parents=True)
        writer.direct(b"d%d/e/f/x.png" % number)
        passing = box.inside / f"passing{number}"
        passing.mkdir()
        passing.rmdir()
    watch.reported(*writer.frames)
    # Known folders are still watched, also under a new name.
    writer.direct(b"d3/e/late.png")
    os.rename(box.inside / "d4", box.inside / "renamed")
    moved = next(f for f in writer.frames if f.path == b"d4/e/f/x.png")
    writer.frames.append(type(moved)(b"renamed/e/f/x.png", moved.serial))
    watch.reported(*writer.frames)
    writer.direct(b"renamed/e/f/late.png")
    watch.reported(*writer.frames)
    watch.stop()
    check_each_once(writer.frames, box.reports())
    writer.direct(b"d5/e/f/between.png")
    box.once("--recursive")
    check_each_once(writer.frames, box.reports())


@case("not-recursive")
def not_recursive(box):
    watch, writer = box.watch(), box.writer()
    (box.inside / "below").mkdir()
    write(box.inside / "below/x.png", writer.frame().data)
    writer.frames.clear()
    watch.reported(writer.direct())
    watch.stop()
    check_each_once(writer.frames, box.reports())
