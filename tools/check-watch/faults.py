"""What goes wrong with a machine: disks that are full, folders that go, files that are cut."""

import contextlib
import os
import pathlib
import subprocess
import threading

from frames import Impossible

QUEUE_LIMIT = pathlib.Path("/proc/sys/fs/inotify/max_queued_events")
queue_lock = threading.Lock()


def run(*command):
    """A tool that only root may use; where it is refused, the case can't be run here."""
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise Impossible(f"no {command[0]} here") from error
    except subprocess.CalledProcessError as error:
        raise Impossible(f"{' '.join(command)}: {error.stderr.strip()}") from error


class Disk:
    """A file system of its own in memory, over a folder."""

    def __init__(self, folder, size="1m"):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(exist_ok=True)
        self.size = size
        self.mounted = False
        self.mount()

    def mount(self):
        run("mount", "-t", "tmpfs", "-o", f"size={self.size}", "tmpfs", str(self.folder))
        self.mounted = True

    def remount(self, mode):
        run("mount", "-o", f"remount,{mode}", str(self.folder))

    def unmount(self):
        if self.mounted:
            self.mounted = False
            run("umount", "-l", str(self.folder))

    @property
    def filler(self):
        return self.folder / "filler"

    def fill(self):
        """Takes the last byte."""
        with open(self.filler, "ab", buffering=0) as file:
            for size in (65536, 4096, 1):
                with contextlib.suppress(OSError):
                    while True:
                        file.write(bytes(size))

    def free(self):
        self.filler.unlink()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.unmount()


@contextlib.contextmanager
def bound(source, target):
    """A folder laid over another."""
    run("mount", "--bind", str(source), str(target))
    try:
        yield
    finally:
        run("umount", "-l", str(target))


@contextlib.contextmanager
def short_event_queue(events):
    """Watchers that start inside get room for this many events; others keep theirs."""
    with queue_lock:
        before = QUEUE_LIMIT.read_text()
        try:
            QUEUE_LIMIT.write_text(str(events))
        except OSError as error:
            raise Impossible(f"max_queued_events: {error}") from error
        try:
            yield
        finally:
            QUEUE_LIMIT.write_text(before)


def seal(folder):
    """Nothing can be put into this folder, by root neither."""
    run("chattr", "+i", str(folder))


def unseal(folder):
    run("chattr", "-i", str(folder))


def is_root():
    return os.geteuid() == 0
