"""Whoever may write into the folder does his worst: links, swaps, pictures that kill, ledgers that go."""

import os
import pathlib
import shutil
import struct
import time
import zlib

from frames import check_each_once, require
from pictures import chunk
from registry import case
from writers import write


def victims(box, count):
    """Pictures outside of the folder, which nobody may touch."""
    folder = box.root / "victim"
    folder.mkdir()
    writer = box.writer(5000)
    data = {f"photo{n}.png": writer.frame().data for n in range(count)}
    for name, content in data.items():
        write(folder / name, content)
    return folder, data


def check_untouched(folder, data):
    found = {path.name: path.read_bytes() for path in folder.iterdir()}
    require(found == data, f"{len(data) - len(found)} of {len(data)} pictures outside are gone")


@case("links-in-the-place-of-the-ledger")
def ledger_links(box):
    """The names that the ledger is made under, as links to the results and to a file outside."""
    outside = box.root / "mine"
    outside.write_text("mine")
    writer = box.writer()
    os.symlink(box.output, box.inside / ".sinf-watch.new")
    watch = box.watch("--remember", 128, "--delete-done", state=False)
    for _ in range(box.suite.scaled(10, 4)):
        writer.burst(100)
        watch.reported(*writer.frames)
        watch.until(lambda: not box.left_over(), "an empty folder")
    watch.stop()
    check_each_once(writer.frames, box.reports())
    ledger = box.inside / ".sinf-watch"
    require(not ledger.is_symlink(), "the ledger is a link")
    require(ledger.stat().st_mode & 0o77 == 0, f"the ledger's mode is {ledger.stat().st_mode:o}")
    require(box.output.stat().st_mode & 0o27 == 0, "others may write the results or read them")
    ledger.unlink()
    os.symlink(outside, ledger)
    watch = box.watch(state=False, ready=False)
    watch.process.wait(60)
    require(watch.process.returncode == 1 and "link" in watch.errors(), f"says {watch.tail()}")
    require(outside.read_text() == "mine", "a file outside was changed")


@case("folder-swapped-for-a-link")
def swapped(box):
    """A watched subfolder becomes a link to other pictures at any moment: nothing outside is read,
    moved or deleted."""
    outside, data = victims(box, 20)
    watch, writer = box.watch("--recursive", "--no-sandbox", "--delete-done"), box.writer()
    for number, name in enumerate(sorted(data)):
        folder = box.inside / f"s{number}"
        folder.mkdir()
        watch.reported(writer.direct())
        with open(folder / name, "wb") as file:
            file.write(data[name][:-5])
            folder.rename(box.inside / f".old{number}")
            os.symlink(outside, folder)
        watch.reported(writer.direct())
    watch.stop()
    check_untouched(outside, data)
    shown = [r for r in box.reports() if r.path.startswith(b"s") and r.status == "classified"]
    require(not shown, f"read {len(shown)} pictures outside")


@case("ledger-lost")
def lost(box):
    """The ledger is removed, emptied, cut or damaged between two runs: no line twice."""
    writer = box.writer()
    options = ("--rotate-bytes", "8K", "--rotate-keep", 9)
    writer.burst(40)
    box.once(*options)
    whole = box.state.read_bytes()
    damaged = bytearray(whole)
    damaged[24 * 5 + 9] ^= 1
    for state in (None, b"", whole[:24], whole[: 24 * 7 + 5], bytes(len(whole)), bytes(damaged)):
        box.state.unlink()
        if state is not None:
            box.state.write_bytes(state)
        writer.direct()
        run = box.once(*options)
        check_each_once(writer.frames, box.reports())
        if state in (None, b""):
            require("has them again" in run.errors(), f"doesn't say so: {run.tail()}")
        whole = box.state.read_bytes()


@case("frame-rewritten-in-place")
def rewritten(box):
    """One name, two pictures of the same length in turn: never a line about half of each."""
    watch, writer = box.watch(settle=20), box.writer()
    name = b"latest.png"
    pictures = [writer.frame(name, 3_000_000) for _ in range(2)]
    contents = [frame.data for frame in pictures]
    path = writer.at(pictures[0])
    write(path, contents[0])
    end = time.monotonic() + box.suite.scaled(6, 2)
    turn = 0
    while time.monotonic() < end:
        turn += 1
        mode = "r+b" if turn % 3 else "wb"
        with open(path, mode, buffering=0) as file:
            half = len(contents[0]) // 2
            file.write(contents[turn % 2][:half])
            file.write(contents[turn % 2][half:])
        time.sleep(0.002 * (turn % 9))
    last = pictures[turn % 2]
    watch.reported(last)
    watch.stop()
    known = {frame.key for frame in pictures}
    wrong = [r for r in box.reports() if r.status != "classified" or r.key not in known]
    require(not wrong, f"{len(wrong)} lines of pictures that never were: {wrong[:2]}")
    box.note = f"{len(box.reports())} of {turn} seen"


def long_to_decode():
    """A small PNG that takes seconds."""
    width, height = 8000, 6000
    packer = zlib.compressobj(1)
    row = b"\4" + bytes(width * 8)
    body = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 16, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@case("frame-that-outlasts-the-watchdog", quick=False)
def outlasts(box):
    """Its decoding takes longer than the service manager waits, which kills the program: reported as
    failed in the end, and all behind it labelled."""
    write(box.inside / "a.png", long_to_decode())
    time.sleep(0.1)
    writer = box.writer()
    writer.burst(20)
    end = time.monotonic() + 60
    starts = 0
    while time.monotonic() < end:
        watch = box.watch("--delete-done", ready=False)
        starts += 1
        seen, count = time.monotonic(), -1
        while time.monotonic() - seen < 0.7 and not done(box):
            if watch.lines() != count:
                seen, count = time.monotonic(), watch.lines()
            time.sleep(0.02)
        if done(box):
            break
        watch.kill()
    watch.stop()
    reports = [r for r in box.reports() if r.path != b"a.png"]
    check_each_once(writer.frames, reports)
    mine = [r for r in box.reports() if r.path == b"a.png"]
    require(len(mine) == 1, f"the long one is reported {len(mine)} times")
    box.note = f"{starts} starts, the long one {mine[0].error or mine[0].status}"


def done(box):
    return len(box.reports(torn=True)) == 21


@case("one-place-under-two-names")
def one_place(box):
    """The same file or folder under two names, refused in one line before anything is written."""
    writer = box.writer()
    frame = writer.direct()
    model = pathlib.Path(shutil.copy(box.suite.model, box.root / "model.sinf"))
    before = model.read_bytes()
    link = box.root / "link"
    link.symlink_to(box.root)
    box.output.write_bytes(b"")
    os.link(box.output, box.root / "hard")
    for options, settings in (
            (["--done", f"{box.inside}/."], {}),
            (["--failed", str(box.inside)], {}),
            (["--state", f"{box.root}/./out.jsonl"], {"state": False}),
            (["--state", str(link / "out.jsonl")], {"state": False}),
            (["--state", str(box.root / "hard")], {"state": False}),
            (["--heartbeat", str(link / "out.jsonl")], {}),
            (["--heartbeat", str(link / "state")], {}),
            ([], {"output": link / "model.sinf", "model": model})):
        watch = box.watch(*options, ready=False, **settings)
        watch.process.wait(60)
        require(watch.process.returncode == 2,
                f"{options}: left with {watch.process.returncode}: {watch.tail()}")
        require(watch.errors().count("\n") == 1, f"{options}: says {watch.errors()!r}")
    require(os.path.exists(writer.at(frame)), "the frame was moved")
    require(model.read_bytes() == before, "the model was written to")
    require(box.output.read_bytes() == b"", "the results were written to")
