"""Disks that are full, read-only, at a limit or gone: it says so, waits, and loses nothing."""

import os
import resource
import signal

from faults import Disk, bound, is_root, run, seal, unseal
from frames import Impossible, check_each_once, require
from registry import case

FULL = r"(?i)no space"


def waits_out(box, watch, writer, disk):
    """Fills the disk under a watcher, lets frames come, frees it again."""
    watch.reported(writer.direct())
    disk.fill()
    # A frame goes through while the last page has room; then no further one can.
    writer.burst(200)
    watch.says(FULL)
    disk.free()
    watch.reported(*writer.frames)


@case("full-disk-output")
def output(box):
    with Disk(box.root / "disk") as disk:
        box.output = disk.folder / "out.jsonl"
        watch, writer = box.watch(), box.writer()
        waits_out(box, watch, writer, disk)
        waits_out(box, watch, writer, disk)
        watch.stop()
        check_each_once(writer.frames, box.reports())
        box.note = f"{len(writer.frames)} frames"


@case("full-disk-ledger")
def ledger(box):
    with Disk(box.root / "disk") as disk:
        box.state = disk.folder / "state"
        watch, writer = box.watch(), box.writer()
        waits_out(box, watch, writer, disk)
        watch.stop()
        check_each_once(writer.frames, box.reports())
        box.once()
        check_each_once(writer.frames, box.reports())


@case("full-disk-all")
def everything(box):
    """Frames, output and ledger on one full disk, with --done on it too."""
    with Disk(box.root / "disk") as disk:
        box.inside = disk.folder / "in"
        done = disk.folder / "done"
        box.inside.mkdir(), done.mkdir()
        box.output, box.state = disk.folder / "out.jsonl", disk.folder / "state"
        watch, writer = box.watch("--done", done), box.writer()
        watch.reported(writer.direct())
        watch.pause()
        writer.burst(150)
        disk.fill()
        watch.resume()
        watch.says(FULL)
        disk.free()
        watch.reported(*writer.frames)
        watch.until(lambda: not box.left_over(), "the folder to be empty")
        watch.stop()
        check_each_once(writer.frames, box.reports())
        require(len(box.left_over(done)) == len(writer.frames), "frames missing in --done")


@case("full-disk-kill")
def killed(box):
    """kill -9 while the disk is full, and a start while it still is."""
    with Disk(box.root / "disk") as disk:
        box.output, box.state = disk.folder / "out.jsonl", disk.folder / "state"
        watch, writer = box.watch(), box.writer()
        watch.reported(writer.direct())
        for _ in range(3):
            disk.fill()
            writer.burst(100)
            watch.says(FULL)
            watch.kill()
            watch = box.watch(ready=False)
            watch.says(FULL)
            disk.free()
            watch.reported(*writer.frames)
        watch.stop()
        check_each_once(writer.frames, box.reports())


@case("full-disk-stop")
def stopped(box):
    """SIGTERM while it waits for space: it leaves at once, the next run reports the rest."""
    with Disk(box.root / "disk") as disk:
        box.output, box.state = disk.folder / "out.jsonl", disk.folder / "state"
        watch, writer = box.watch(), box.writer()
        watch.reported(writer.direct())
        disk.fill()
        writer.burst(100)
        watch.says(FULL)
        watch.process.send_signal(signal.SIGTERM)
        watch.process.wait(60)
        disk.free()
        watch = box.watch()
        watch.reported(*writer.frames)
        watch.stop()
        check_each_once(writer.frames, box.reports())


@case("file-size-limit")
def limit(box):
    """RLIMIT_FSIZE: the output may not grow any further, later it may again."""
    watch, writer = box.watch(), box.writer()
    watch.reported(writer.direct())
    size = box.output.stat().st_size
    hard = resource.prlimit(watch.worker, resource.RLIMIT_FSIZE)[1]
    resource.prlimit(watch.worker, resource.RLIMIT_FSIZE, (size + 100, hard))
    writer.burst(20)
    watch.says(r"(?i)file too large")
    resource.prlimit(watch.worker, resource.RLIMIT_FSIZE, (hard, hard))
    watch.reported(*writer.frames)
    watch.stop()
    check_each_once(writer.frames, box.reports())


@case("read-only-folder-delete-done")
def read_only(box):
    """The frames' disk becomes read-only: each is reported once, and removed when it can be."""
    with Disk(box.inside, size="4m") as disk:
        watch, writer = box.watch("--delete-done"), box.writer()
        watch.reported(writer.direct())
        watch.until(lambda: not box.left_over(), "the folder to be empty")
        watch.pause()
        writer.burst(50)
        disk.remount("ro")
        watch.resume()
        watch.says(r"(?i)read-only")
        disk.remount("rw")
        watch.until(lambda: not box.left_over(), "the folder to be empty")
        watch.reported(*writer.frames)
        watch.stop()
        check_each_once(writer.frames, box.reports())


@case("read-only-folder-no-state")
def no_state(box):
    """Without --state the ledger would lie in a folder that can't be written: one clear line."""
    with Disk(box.inside, size="4m") as disk:
        box.writer().direct()
        disk.remount("ro")
        watch = box.watch(state=False, ready=False)
        watch.process.wait(60)
        require(watch.process.returncode in (1, 2, 3), f"left with {watch.process.returncode}")
        require("--state" in watch.errors(), f"doesn't name --state: {watch.tail()}")


@case("output-folder-read-only")
def output_read_only(box):
    with Disk(box.root / "disk") as disk:
        box.output = disk.folder / "out.jsonl"
        watch, writer = box.watch("--rotate-bytes", "8K", "--rotate-keep", 9), box.writer()
        watch.reported(writer.direct())
        watch.pause()
        bytes_ = box.output.stat().st_size
        # An open file keeps a disk from becoming read-only: so seal what rotation must write.
        seal(disk.folder)
        watch.resume()
        try:
            writer.burst(max(60, 12_000 // max(bytes_, 1)))
            watch.says(r"(?i)not permitted|rename|rotat")
        finally:
            unseal(disk.folder)
        watch.reported(*writer.frames)
        watch.stop()
        check_each_once(writer.frames, box.reports())


@case("done-folder-sealed")
def sealed(box):
    """--done takes nothing for a while: reported once, moved later."""
    done = box.root / "done"
    done.mkdir()
    watch, writer = box.watch("--done", done), box.writer()
    watch.reported(writer.direct())
    watch.until(lambda: not box.left_over(), "the folder to be empty")
    seal(done)
    try:
        writer.burst(20)
        watch.says(r"(?i)not permitted")
    finally:
        unseal(done)
    watch.reported(*writer.frames)
    watch.until(lambda: not box.left_over(), "the folder to be empty")
    watch.stop()
    check_each_once(writer.frames, box.reports())
    require(len(box.left_over(done)) == len(writer.frames), "frames missing in --done")


@case("done-folder-gone")
def gone(box):
    """--done is removed and made again."""
    done = box.root / "done"
    done.mkdir()
    watch, writer = box.watch("--done", done), box.writer()
    watch.pause()
    os.rmdir(done)
    writer.burst(20)
    watch.resume()
    watch.says(re_done(done))
    done.mkdir()
    watch.reported(*writer.frames)
    watch.until(lambda: not box.left_over(), "the folder to be empty")
    watch.stop()
    check_each_once(writer.frames, box.reports())
    require(len(box.left_over(done)) == len(writer.frames), "frames missing in --done")


def re_done(done):
    return r"(?i)" + done.name + r".*(no such|gone|missing)|(no such|gone|missing).*" + done.name


@case("done-other-file-system")
def other_system(box):
    """--done must be of the folder's file system; refused at start, both named."""
    with Disk(box.root / "disk") as disk:
        watch = box.watch("--done", disk.folder, ready=False)
        watch.process.wait(60)
        require(watch.process.returncode in (1, 2), f"left with {watch.process.returncode}")
        require(str(disk.folder) in watch.errors() and str(box.inside) in watch.errors(),
                f"doesn't name both: {watch.tail()}")


def another_user(box):
    """The command that runs another as a user who owns the outputs' folder and none of the frames:
    such a one is granted no lease."""
    if not is_root():
        raise Impossible("needs root, to become another user")
    program = box.suite.program[-1]
    for folder in (box.root, *box.root.parents):
        if folder.is_relative_to(box.suite.folder):
            os.chmod(folder, 0o755)
    os.chown(box.root, 65534, 65534)
    user = ("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups")
    try:
        run(*user, "test", "-x", program, "-a", "-r", str(box.suite.model))
    except Impossible as error:
        raise Impossible(f"another user can't run {program}") from error
    return user


@case("settle-without-leases")
def settle(box):
    """Nobody can be asked who writes: what was created waits for --settle, or for its writer to close
    it. A minute here, so that nothing depends on how fast this machine is."""
    user = another_user(box)
    early, late = box.writer(), box.writer(1000)
    frame = early.frame(total=4000)
    with open(early.at(frame), "wb", buffering=0) as file:
        file.write(frame.data[:2000])
        watch = box.watch(prefix=user, settle=60_000)
        second = late.frame(total=4000)
        with open(late.at(second), "wb", buffering=0) as other:
            other.write(second.data[:2000])
            for _ in range(3):
                watch.reported(late.renamed_in())
            other.write(second.data[2000:])
        file.write(frame.data[2000:])
    writer = box.writer()
    writer.frames = early.frames + late.frames
    watch.reported(*writer.frames)
    watch.stop()
    check_each_once(writer.frames, box.reports())


@case("unprivileged-user", quick=False)
def unprivileged(box):
    """A watcher that may open some files of others, and some not at all."""
    user = another_user(box)
    watch, writer = box.watch(prefix=user), box.writer()
    locked = writer.frame()
    writer.frames.remove(locked)
    with open(writer.beside(locked), "wb") as file:
        file.write(locked.data)
    os.chmod(writer.beside(locked), 0)
    os.rename(writer.beside(locked), writer.at(locked))
    for _ in range(10):
        writer.direct()
        writer.linked_in()
    watch.reported(*writer.frames)
    watch.until(lambda: any(r.status == "failed" for r in watch.reports()), "a failure")
    watch.stop()
    failed = [r for r in box.reports() if r.status == "failed"]
    require([(r.path, r.error) for r in failed] == [(locked.path, "io")], f"failed: {failed}")
    check_each_once(writer.frames, box.reports(), [locked.path])


@case("chmod-000")
def no_rights(box):
    """Root reads what nobody may read; for others see unprivileged-user."""
    watch, writer = box.watch(), box.writer()
    if not is_root():
        raise Impossible("only root reads such a file; unprivileged-user has the other half")
    frame = writer.frame()
    with open(writer.beside(frame), "wb") as file:
        file.write(frame.data)
    os.chmod(writer.beside(frame), 0)
    os.rename(writer.beside(frame), writer.at(frame))
    watch.reported(frame)
    watch.stop()
    check_each_once(writer.frames, box.reports())


@case("frames-disk-laid-over")
def laid_over(box):
    """A disk is mounted over the watched folder, and taken away again."""
    writer = box.writer()
    watch = box.watch()
    watch.reported(writer.direct())
    hidden = box.root / "other"
    hidden.mkdir()
    with bound(hidden, box.inside):
        over = writer.direct()
        watch.reported(over)
    writer.direct()
    watch.reported(*writer.frames)
    watch.stop()
    check_each_once(writer.frames, box.reports())
