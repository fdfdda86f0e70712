"""A model of what a disk holds after the power was cut at any instant.

A run of the watcher is traced; every write, sync, truncation, creation, rename and removal becomes
an entry of a journal. Then any instant of that run can be made into folders as a machine might find
them that lost its power there: of each file what was synced, and of the later writes any number,
the last of them torn anywhere, its rest missing or zeros; of names those whose folder was synced,
and of the later changes any number, in their order. POSIX promises no more; real systems mostly do.
"""

import dataclasses
import os
import pathlib
import re
import shutil

from frames import Impossible, Wrong, require

CALLS = "openat,open,creat,write,pwrite64,writev,pwritev,lseek,ftruncate,fallocate,fsync," \
    "fdatasync,syncfs,sync,rename,renameat,renameat2,unlink,unlinkat,link,linkat"


def tracer(to):
    """The command that traces another into this file."""
    if shutil.which("strace") is None:
        raise Impossible("no strace here")
    return ("strace", "-f", "-qq", "-y", "-xx", "-s", "1000000", "--signal=none", "-o", str(to),
            "-e", "trace=" + CALLS)


def calls_of(path):
    """(name, arguments, result) of each finished call that succeeded, in order."""
    begun = {}
    for line in pathlib.Path(path).read_text(errors="replace").split("\n"):
        match = re.match(r"(\d+) +(.*)", line)
        if not match:
            continue
        pid, text = match.groups()
        if text.endswith("<unfinished ...>"):
            begun[pid] = text.removesuffix("<unfinished ...>")
            continue
        resumed = re.match(r"<\.\.\. \w+ resumed>(.*)", text)
        if resumed:
            text = begun.pop(pid, "") + resumed.group(1)
        call = re.match(r"(\w+)\((.*)\) += (-?\d+)", text)
        if call and int(call.group(3)) >= 0:
            yield call.group(1), call.group(2), int(call.group(3)), text


def unescaped(text):
    return bytes.fromhex(text.replace("\\x", "")) if text.startswith("\\x") else text.encode()


def strings(text):
    return [unescaped(found) for found in re.findall(r'"((?:\\x[0-9a-f]{2})*)"', text)]


def descriptors(text):
    """(number, path) of the descriptors among the arguments."""
    return [(int(number) if number.isdigit() else None, os.fsdecode(unescaped(path)))
            for number, path in re.findall(r"(\d+|AT_FDCWD)<([^>]*)>", text)]


@dataclasses.dataclass
class File:
    """A file's bytes, those that are synced, and what was done to it since."""

    now: bytearray
    safe: bytes
    later: list
    frame: str | None = None  # a frame is never changed, and stands for itself

    def change(self, offset, data):
        self.later.append((offset, data))
        apply(self.now, offset, data)

    def sync(self):
        self.safe, self.later = bytes(self.now), []

    def after_cut(self, choice):
        """Bytes that may be left of it."""
        if not self.later:
            return bytes(self.safe)
        data = bytearray(self.safe)
        count = choice.randrange(len(self.later) + 1)
        for offset, piece in self.later[:count]:
            apply(data, offset, piece)
        if count < len(self.later) and choice.random() < 0.7:
            offset, piece = self.later[count]
            if piece is not None:
                kept = choice.randrange(len(piece) + 1)
                rest = bytes(len(piece) - kept) if choice.random() < 0.3 else b""
                apply(data, offset, piece[:kept] + rest)
        return bytes(data)


def apply(data, offset, piece):
    """A write, or with no bytes a truncation."""
    if piece is None:
        del data[offset:]
        data.extend(bytes(offset - len(data)))
    else:
        data.extend(bytes(max(0, offset - len(data))))
        data[offset : offset + len(piece)] = piece


class Journal:
    """A traced run over some folders, which can be played up to any entry."""

    def __init__(self, trace, root, frames):
        self.root = str(root)
        self.calls = list(calls_of(trace))
        self.frames = frames  # paths, below root, of what lay there before the run

    def __len__(self):
        return len(self.calls)

    def played(self, count):
        """The world after so many entries."""
        world = World(self.root, self.frames)
        for call in self.calls[:count]:
            world.take(*call)
        return world


class World:
    """Files by path, their open descriptors, and the changes of names that aren't synced."""

    def __init__(self, root, frames):
        self.root = root
        self.names = {path: File(bytearray(), b"", [], path) for path in frames}
        self.safe_names = dict(self.names)
        self.changes = []  # (folders, function on a dictionary of names)
        self.open = {}  # descriptor: [file, position, appends]

    def inside(self, path):
        """Below the root, or None for what doesn't concern us."""
        path = os.path.normpath(path)
        return os.path.relpath(path, self.root) if path.startswith(self.root + "/") else None

    def rename_names(self, folders, change):
        change(self.names)
        self.changes.append((folders, change))

    def sync_folder(self, folder):
        """What was done to names in this folder is safe, and what came before it there too."""
        rest = []
        for folders, change in self.changes:
            if folder is None or folder in folders:
                change(self.safe_names)
            else:
                rest.append((folders, change))
        self.changes = rest

    def sync_all(self):
        for file in self.names.values():
            file.sync()
        self.sync_folder(None)

    def paths(self, text):
        """The paths that a call with names is about: relative ones to their descriptor's folder."""
        bases = [path for _, path in descriptors(text)]
        named = [os.fsdecode(name) for name in strings(text)]
        if len(bases) == 1:
            bases *= len(named)
        bases = bases or [os.getcwd()] * len(named)
        return [self.inside(os.path.join(base, name)) for base, name in zip(bases, named)]

    def take(self, name, text, result, whole):
        if name in ("openat", "open", "creat"):
            self.opened(text, result, whole)
        elif name in ("rename", "renameat", "renameat2"):
            old, new = self.paths(text)
            if old is None or new is None:
                return
            require("RENAME_EXCHANGE" not in text, "an exchange, which the model doesn't know")

            def move(names):
                if old in names:
                    names[new] = names.pop(old)

            self.rename_names({os.path.dirname(old), os.path.dirname(new)}, move)
        elif name in ("link", "linkat"):
            old, new = self.paths(text)
            if old is not None and new is not None:
                self.rename_names({os.path.dirname(new)},
                                  lambda names: names.update({new: names[old]})
                                  if old in names else None)
        elif name in ("unlink", "unlinkat"):
            path, = self.paths(text)
            if path is not None:
                self.rename_names({os.path.dirname(path)}, lambda names: names.pop(path, None))
        elif name in ("sync", "syncfs"):
            self.sync_all()
        else:
            self.changed(name, text, result)

    def opened(self, text, result, whole):
        match = re.search(r"= \d+<([^>]*)>", whole)
        if not match:
            return
        path = self.inside(os.fsdecode(unescaped(match.group(1))))
        if path is None:
            self.open.pop(result, None)
            return
        if path not in self.names:
            if "O_CREAT" not in text:
                self.open.pop(result, None)
                return
            file = File(bytearray(), b"", [])
            self.rename_names({os.path.dirname(path)}, lambda names: names.update({path: file}))
        file = self.names[path]
        if "O_TRUNC" in text and file.now:
            file.change(0, None)
        self.open[result] = [file, 0, "O_APPEND" in text]

    def changed(self, name, text, result):
        number, path = (descriptors(text) or [(None, "")])[0]
        if name in ("fsync", "fdatasync"):
            inside = "" if path == self.root else self.inside(path)
            if number in self.open:
                self.open[number][0].sync()
            elif inside is not None:
                self.sync_folder(inside if inside != "." else "")
            return
        if number not in self.open:
            if number == 1 and name in ("write", "writev"):
                self.open[1] = [self.names.setdefault("stdout", File(bytearray(), b"", [])), 0, True]
            else:
                return
        entry = self.open[number]
        file, position, appends = entry
        if name == "lseek":
            entry[1] = result
        elif name == "ftruncate":
            file.change(int(text.rsplit(",", 1)[1]), None)
        elif name in ("write", "writev"):
            data = b"".join(strings(text))[:result]
            at = len(file.now) if appends else position
            file.change(at, data)
            entry[1] = at + result
        elif name in ("pwrite64", "pwritev"):
            file.change(int(text.rsplit(",", 1)[1]), b"".join(strings(text))[:result])
        elif name == "fallocate":
            raise Wrong("fallocate, which the model doesn't know")

    def after_cut(self, choice):
        """Names and files that may be left: path below the root -> bytes, or a frame's old path."""
        names = dict(self.safe_names)
        for _, change in self.changes[: choice.randrange(len(self.changes) + 1)]:
            change(names)
        return {path: file.frame if file.frame is not None else file.after_cut(choice)
                for path, file in names.items()}
