"""Frames that were written, reports that were read, and the comparison of both."""

import collections
import dataclasses
import json
import os
import pathlib
import re

from pictures import numbered, size_of


class Wrong(Exception):
    """What a case found wrong with the program."""


class Impossible(Exception):
    """Why this machine can't run a case."""


def require(condition, text):
    if not condition:
        raise Wrong(text)


@dataclasses.dataclass(frozen=True)
class Frame:
    """A picture under a name: the path below the watched folder, and what will be reported."""

    path: bytes
    serial: int
    total: int | None = None

    @property
    def data(self):
        return numbered(self.serial, self.total)

    @property
    def key(self):
        return self.path, *size_of(self.serial)


@dataclasses.dataclass(frozen=True)
class Report:
    """A line of the output."""

    path: bytes
    status: str
    identity: str
    replayed: bool
    width: int
    height: int
    bytes: int
    error: str | None

    @property
    def key(self):
        return self.path, self.width, self.height


def parsed(line, folder):
    """A report, or None for the closing counts."""
    try:
        fields = json.loads(line)
    except ValueError as error:
        raise Wrong(f"no JSON: {line[:120]!r}: {error}") from error
    if fields["status"] == "summary":
        return None
    path = bytes.fromhex(fields["file_hex"]) if "file_hex" in fields else fields["file"].encode()
    inside = os.fsencode(folder) + b"/"
    require(re.fullmatch("[0-9a-f]{16}", fields["id"]), f"id {fields['id']!r}")
    require(fields.get("replayed", True) is True, "replayed is there and not true")
    require(fields["time"].endswith("Z") and "." in fields["time"], f"time {fields['time']!r}")
    return Report(
        path.removeprefix(inside), fields["status"], fields["id"], "replayed" in fields,
        fields.get("width", 0), fields.get("height", 0), fields.get("bytes", 0),
        fields.get("error"))


def whole_lines(path, torn=False):
    """The lines of a file. A last one without its end is dropped if `torn`, else it is wrong."""
    try:
        data = pathlib.Path(path).read_bytes()
    except FileNotFoundError:
        return []
    lines = data.split(b"\n")
    rest = lines.pop()
    require(torn or not rest, f"{path} ends in a torn line: {rest[:120]!r}")
    return lines


def reports_of(paths, folder, torn=False):
    """All reports in these files, in order."""
    found = []
    for path in paths:
        for line in whole_lines(path, torn):
            report = parsed(line, folder)
            if report is not None:
                found.append(report)
    return found


def listed(keys, limit=4):
    keys = list(keys)
    more = f" and {len(keys) - limit} more" if len(keys) > limit else ""
    return ", ".join(repr(k) for k in keys[:limit]) + more


def check_each_once(frames, reports, failures=()):
    """Every frame classified exactly once, these paths failed exactly once, and nothing else."""
    expected = collections.Counter(frame.key for frame in frames)
    found = collections.Counter(r.key for r in reports if r.status == "classified")
    lost, surplus = expected - found, found - expected
    require(not lost, f"lost {sum(lost.values())} of {len(frames)}: {listed(lost)}")
    require(not surplus, f"reported too often or wrongly: {listed(surplus)}")
    bad = collections.Counter(r.path for r in reports if r.status == "failed")
    require(bad == collections.Counter(failures),
            f"failed {dict(bad)}, expected {list(failures)}")
    check_identities(reports)


def check_identities(reports):
    """No identity twice, but in a report that says that it repeats."""
    seen = set()
    for report in reports:
        require(report.identity not in seen or report.replayed,
                f"{report.path!r} reported twice without saying so")
        seen.add(report.identity)


def check_at_least_once(frames, reports):
    """Every frame classified, nothing but those, repeats marked. Returns how many repeat."""
    expected = collections.Counter(frame.key for frame in frames)
    found = collections.Counter(r.key for r in reports if r.status == "classified")
    lost = expected - found
    require(not lost, f"lost {sum(lost.values())} of {len(frames)}: {listed(lost)}")
    unknown = set(found) - set(expected)
    require(not unknown, f"reported wrongly: {listed(unknown)}")
    failed = [r.path for r in reports if r.status == "failed"]
    require(not failed, f"failed: {listed(failed)}")
    check_identities(reports)
    return sum(1 for r in reports if r.replayed)
