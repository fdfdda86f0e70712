"""As a service: notices, watchdog, heartbeat, signals, a new model."""

import json
import os
import signal
import struct
import subprocess
import time
import zlib

from frames import check_each_once, require
from registry import case
from writers import write


@case("notices")
def notices(box):
    watch, writer = box.watch(), box.writer()
    watch.reported(writer.direct())
    watch.notified("STATUS=")
    watch.process.terminate()
    watch.until(lambda: watch.notice("STOPPING=1"), "the notice STOPPING=1")
    watch.left()
    ready = [text for _, text in watch.notices if "READY=1" in text]
    require(len(ready) == 1, f"READY=1 {len(ready)} times")


@case("notices-path-socket")
def path_socket(box):
    """The socket as a path in the file system instead of an abstract name."""
    import socket

    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    path = f"/tmp/check-watch-{os.getpid()}.socket"
    listener.bind(path)
    listener.settimeout(60)
    try:
        watch = box.watch(environment={"NOTIFY_SOCKET": path}, ready=False)
        require(b"READY=1" in listener.recv(4096), "no READY=1")
        watch.stop()
    except TimeoutError:
        require(False, "no notice came")
    finally:
        listener.close()
        os.unlink(path)


@case("no-notices-wanted")
def unwanted(box):
    """A socket that nobody listens on changes nothing."""
    writer = box.writer()
    writer.direct()
    watch = box.watch(environment={"NOTIFY_SOCKET": "@nobody-listens-here"}, ready=False)
    watch.reported(*writer.frames)
    watch.stop()


@case("watchdog")
def watchdog(box):
    """WATCHDOG=1 at about half of the time that is allowed, from the loop only."""
    microseconds = 400_000
    # The supervisor of services names the process that it started.
    watch = box.watch(environment={"WATCHDOG_USEC": str(microseconds)},
                      prefix=("sh", "-c", 'WATCHDOG_PID=$$ exec "$@"', "sh"))

    def beats():
        watch.notice("WATCHDOG=1")
        return [moment for moment, text in watch.notices if "WATCHDOG=1" in text]

    watch.until(lambda: len(beats()) >= 6, "six of WATCHDOG=1")
    found = beats()
    # Read late they may stand closer together, but never are there many more than time allows.
    allowed = (found[-1] - found[0]) / (microseconds / 4e6) + 3
    require(len(found) <= allowed, f"{len(found)} beats where {allowed:.0f} are plenty")
    os.kill(watch.worker, signal.SIGSTOP)
    watch.until(lambda: True, "")
    beats()
    count = len(beats())
    time.sleep(3 * microseconds / 1e6)  # what must not happen can only be waited for
    require(len(beats()) == count, "the watchdog is fed although the work stands still")
    os.kill(watch.worker, signal.SIGCONT)
    watch.until(lambda: len(beats()) > count, "another WATCHDOG=1")
    watch.stop()


@case("watchdog-of-another")
def foreign(box):
    """WATCHDOG_PID names another process: not ours to feed."""
    watch = box.watch(environment={"WATCHDOG_USEC": "200000", "WATCHDOG_PID": "1"})
    writer = box.writer()
    end = time.monotonic() + 0.6
    while time.monotonic() < end:
        watch.reported(writer.direct())
    watch.notice("WATCHDOG=1")
    require(not any("WATCHDOG=1" in text for _, text in watch.notices), "feeds it")
    watch.stop()


@case("heartbeat")
def heartbeat(box):
    """A whole line of JSON whenever it is read, also while it is being rewritten."""
    path = box.root / "heartbeat"
    watch, writer = box.watch("--heartbeat", path), box.writer()
    watch.until(path.exists, "the heartbeat file")
    for _ in range(100):
        writer.direct()
        beat = json.loads(path.read_text())
        require("time" in beat and "received" in beat, f"{beat}")
    watch.reported(*writer.frames)
    watch.stop()
    require(not [p for p in box.root.iterdir() if p.name.startswith("heartbeat") and p != path],
            "a temporary file is left")


@case("status-on-demand")
def status(box):
    watch, writer = box.watch(), box.writer()
    watch.reported(writer.direct())
    before = watch.errors().count("\n")
    watch.process.send_signal(signal.SIGUSR1)
    watch.until(lambda: watch.errors().count("\n") > before, "a line on standard error")
    require("1 received" in watch.errors() or "1 classified" in watch.errors(), watch.tail())
    watch.reported(writer.direct())
    watch.stop()
    check_each_once(writer.frames, box.reports())


# --- a new model


def relabelled(data, prefix=b"Z"):
    """The same model with other names of classes: the first letter of those that begin with one,
    and new checksums."""
    data = bytearray(data)
    count, = struct.unpack_from("<I", data, 12)
    sections = {}
    for index in range(count):
        kind, _, offset, size, _, _ = struct.unpack_from("<IIQQII", data, 64 + 32 * index)
        sections.setdefault(kind, (64 + 32 * index, offset, size))
    _, labels, size = sections[3]
    entry, text, text_size = sections[6]
    for at in range(labels, labels + size, 8):
        offset, _ = struct.unpack_from("<II", data, at)
        if data[text + offset] < 0x80:
            data[text + offset : text + offset + 1] = prefix
    struct.pack_into("<I", data, entry + 24, zlib.crc32(data[text : text + text_size]))
    end = 64 + 32 * count
    struct.pack_into("<I", data, 60, zlib.crc32(bytes(data[:60]) + bytes(data[64:end])))
    return bytes(data)


def label(box):
    """The label in the last report."""
    lines = [json.loads(text) for text in box.output.read_bytes().split(b"\n") if text]
    return [fields for fields in lines if fields["status"] == "classified"][-1]["labels"][0]["label"]


def published(path, data):
    """Put at its place at once, as a model should be."""
    temporary = path.with_suffix(".new")
    temporary.write_bytes(data)
    os.rename(temporary, path)


@case("new-model")
def new_model(box):
    """SIGHUP with a good model, then with bad ones: each is told, and the last good one serves."""
    good = box.suite.model.read_bytes()
    model = box.root / "model.sinf"
    model.write_bytes(good)
    watch, writer = box.watch(model=model), box.writer()
    watch.reported(writer.direct())
    first = label(box)
    told = 0

    def hang_up():
        nonlocal told
        told = watch.errors().count("\n")
        watch.process.send_signal(signal.SIGHUP)
        watch.until(lambda: watch.errors().count("\n") > told, "a word about the model")
        watch.reported(writer.direct())

    published(model, relabelled(good))
    hang_up()
    require(label(box)[0] == "Z" != first[0], f"still says {label(box)}")
    other = bytearray(good)
    other[-20] ^= 0xFF
    for bad in (b"no model", b"", good[:3000], bytes(other)):
        published(model, bad)
        hang_up()
        require(label(box)[0] == "Z", f"a bad model serves: {label(box)}")
        require("model.sinf" in watch.tail(), f"doesn't name the model: {watch.tail()}")
    model.unlink()
    hang_up()
    require(label(box)[0] == "Z", f"no model serves: {label(box)}")
    published(model, good)
    hang_up()
    require(label(box) == first, f"says {label(box)}, not {first} again")
    watch.stop()
    check_each_once(writer.frames, box.reports())


@case("new-model-under-load")
def new_model_under_load(box):
    """SIGHUP again and again in a burst: no frame lost, none twice."""
    good = box.suite.model.read_bytes()
    model = box.root / "model.sinf"
    model.write_bytes(good)
    watch, writer = box.watch(model=model), box.writer()
    for number in range(10):
        writer.burst(30)
        published(model, relabelled(good) if number % 2 else good)
        watch.process.send_signal(signal.SIGHUP)
    watch.reported(*writer.frames)
    watch.stop()
    check_each_once(writer.frames, box.reports())


def updated(box, model, data, expected=0):
    """What `sinf update` says of a new model."""
    fresh = box.root / "fresh.sinf"
    fresh.write_bytes(data)
    done = subprocess.run([*box.suite.program, "update", "--model", str(model), str(fresh)],
                          capture_output=True, text=True)
    require(done.returncode == expected, f"update left with {done.returncode}: {done.stderr}")
    return done.stdout + done.stderr


@case("update")
def update(box):
    """A new model by `sinf update` and SIGHUP; one under which each of the first pictures fails, and
    one that is no model when the program starts: it goes back to the one before."""
    good = box.suite.model.read_bytes()
    model, bad = box.root / "model.sinf", box.root / "bad"
    model.write_bytes(good)
    bad.mkdir()
    watch, writer = box.watch("--failed", bad, model=model), box.writer()
    watch.reported(writer.direct())
    first = label(box)
    updated(box, model, b"no model", expected=3)
    require(model.read_bytes() == good, "a refused model has taken the place")
    updated(box, model, relabelled(good))
    require(model.with_suffix(".sinf.old").read_bytes() == good, "the old one isn't kept")

    def hang_up():
        before = watch.errors().count("read anew")
        watch.process.send_signal(signal.SIGHUP)
        watch.until(lambda: watch.errors().count("read anew") > before, "the new model")

    hang_up()
    # One that can be named is enough, whatever fails before it and behind it.
    names = [f"broken{number}.png" for number in range(30)]
    for name in names[:7]:
        write(box.inside / name, b"broken")
    watch.until(lambda: len(box.left_over(bad)) == 7, "seven failures")
    watch.reported(writer.direct())
    require(label(box)[0] == "Z", f"says {label(box)}")
    for name in names[7:20]:
        write(box.inside / name, b"broken")
    watch.until(lambda: len(box.left_over(bad)) == 20, "twenty failures")
    watch.reported(writer.direct())
    require(label(box)[0] == "Z", f"went back to {label(box)}")
    hang_up()
    for name in names[20:]:
        write(box.inside / name, b"broken")
    watch.until(lambda: "the model before it is used again" in watch.errors(), "going back")
    watch.reported(writer.direct())
    require(label(box) == first, f"says {label(box)}, not {first} again")
    watch.stop()
    check_each_once(writer.frames, box.reports(), [name.encode() for name in names])

    model.write_bytes(good[:2000])
    again = box.watch("--failed", bad, model=model)
    again.reported(writer.direct())
    require("the model before it is used instead" in again.errors(), again.tail())
    require(label(box) == first, f"says {label(box)} with the model before")
    again.stop()


@case("signals-at-start")
def early(box):
    """SIGTERM and SIGHUP at any instant of the start: it leaves cleanly or is killed by the signal
    before it could take it; the next run finds everything."""
    writer = box.writer()
    for number in range(box.suite.scaled(20, 5)):
        writer.direct()
        watch = box.watch(ready=False)
        time.sleep(number * 0.002)
        if number % 3 == 0 and watch.notice("READY=1"):
            watch.process.send_signal(signal.SIGHUP)
        watch.process.send_signal(signal.SIGTERM)
        watch.process.wait(60)
        require(watch.process.returncode in (0, -signal.SIGTERM),
                f"left with {watch.process.returncode}: {watch.tail()}")
    box.once()
    check_each_once(writer.frames, box.reports())
