"""Programs that people take pictures with, as far as they run without a camera: ffmpeg's test
sources, an upload by FTP, and a writer that does what motion does."""

import ftplib
import io
import os
import shutil
import socket
import subprocess
import time

from frames import Impossible, require
from pictures import numbered
from registry import case

SOURCE = ("-f", "lavfi", "-i", "testsrc2=size=320x240:rate=10")


def ffmpeg(*arguments, **settings):
    """ffmpeg on a test picture that moves; arguments are what a user adds to a camera's input."""
    if not shutil.which("ffmpeg"):
        raise Impossible("no ffmpeg")
    command = ["ffmpeg", "-nostdin", "-loglevel", "error", "-y", *map(str, arguments)]
    return subprocess.run(command, check=True, timeout=120, **settings)


def names_of(reports):
    return sorted(os.path.basename(os.fsdecode(report.path)) for report in reports)


@case("ffmpeg-writes-numbered-files")
def numbered_files(box):
    watch = box.watch("--include", "*.jpg")
    ffmpeg(*SOURCE, "-frames:v", 25, "-q:v", 5, box.inside / "%05d.jpg")
    wanted = [f"{number:05d}.jpg" for number in range(1, 26)]
    watch.until(lambda: len(watch.reports()) >= 25, "25 reports")
    watch.stop()
    reports = box.reports()
    require(names_of(reports) == wanted, f"reported {names_of(reports)}")
    require(all(report.status == "classified" for report in reports), "some failed")


@case("ffmpeg-rewrites-one-file")
def one_file(box):
    """-update 1: the same name over and over, in place and as fast as ffmpeg makes them."""
    latest = box.inside / "latest.jpg"
    watch = box.watch("--include", "*.jpg")
    ffmpeg("-re", *SOURCE, "-frames:v", 25, "-q:v", 5, "-update", 1, latest)
    size = latest.stat().st_size
    watch.until(lambda: any(report.bytes == size for report in watch.reports()), "the last picture")
    watch.stop()
    reports = box.reports()
    require(all(report.status == "classified" for report in reports),
            f"{sum(report.status != 'classified' for report in reports)} of {len(reports)} failed")
    box.note = f"{len(reports)} of 25 pictures"


@case("ffmpeg-renames-into-place")
def atomic(box):
    """-atomic_writing 1: written beside the name, then renamed."""
    watch = box.watch("--include", "*.jpg")
    ffmpeg(*SOURCE, "-frames:v", 10, "-q:v", 5, "-atomic_writing", 1, box.inside / "a-%03d.jpg")
    watch.until(lambda: len(watch.reports()) >= 10, "10 reports")
    watch.stop()
    require(len(box.reports()) == 10, f"{len(box.reports())} reports of 10 pictures")


@case("streams-of-ffmpeg")
def streams(box):
    """MJPEG as a raw stream, as HTTP cameras send it, and in AVI: `sinf classify -`."""
    for container in ("mjpeg", "mpjpeg", "avi"):
        stream = ffmpeg(*SOURCE, "-frames:v", 12, "-c:v", "mjpeg", "-q:v", 5, "-f", container, "-",
                        stdout=subprocess.PIPE).stdout
        result = subprocess.run(
            [*box.suite.program, "classify", "--model", str(box.suite.model), "--format", "csv",
             "-"], input=stream, capture_output=True, timeout=120)
        lines = result.stdout.decode().splitlines()[1:]
        labelled = [line for line in lines if ",classified,1," in line]
        require(result.returncode == 0, f"{container}: status {result.returncode}")
        require(len(labelled) == 12, f"{container}: {len(labelled)} labels of 12 pictures")


class Server:
    """An FTP server that writes into the watched folder, in place, as they all do."""

    def __init__(self, folder):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        python = "/usr/bin/python3"
        if subprocess.run([python, "-c", "import pyftpdlib"], capture_output=True).returncode:
            raise Impossible("no python3-pyftpdlib")
        self.process = subprocess.Popen(
            [python, "-m", "pyftpdlib", "-i", "127.0.0.1", "-p", str(self.port), "-w", "-d",
             str(folder)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def connect(self):
        end = time.monotonic() + 30
        while True:
            try:
                client = ftplib.FTP()
                client.connect("127.0.0.1", self.port, timeout=30)
                client.login()
                return client
            except OSError:
                require(time.monotonic() < end, "the FTP server does not answer")
                time.sleep(0.05)

    def close(self):
        self.process.kill()
        self.process.wait()


class Slow(io.BytesIO):
    """A file that comes in pieces, with a stop in the middle that is longer than --settle."""

    def read(self, size=-1):
        if self.tell() > 0:
            time.sleep(0.15)
        return super().read(min(size, 700) if size >= 0 else size)


@case("uploads-by-ftp")
def uploads(box):
    """Some slow, one at work when the watcher starts and one broken off on the way."""
    server = Server(box.inside)
    try:
        client = server.connect()
        watch = None
        for serial in range(1, 7):
            # The third one's watcher starts while it comes.
            if serial == 3:
                command = client.transfercmd("STOR cam-3.png")
                data = numbered(3, 4000)
                command.sendall(data[:1500])
                time.sleep(0.3)
                watch = box.watch("--include", "*.png", "--failed", box.outside)
                time.sleep(0.3)
                command.sendall(data[1500:])
                command.close()
                client.voidresp()
            else:
                client.storbinary(f"STOR cam-{serial}.png", Slow(numbered(serial, 2000 + serial)))
        wanted = [f"cam-{serial}.png" for serial in range(1, 7)]
        watch.until(lambda: len(watch.reports()) >= 6, "6 reports")
        watch.stop()
        reports = box.reports()
        require(names_of(reports) == wanted, f"reported {names_of(reports)}")
        require(all(report.status == "classified" for report in reports),
                f"not classified: {[r for r in reports if r.status != 'classified']}")
        require(not os.listdir(box.outside), "a good upload was moved away")
    finally:
        server.close()


@case("motion")
def motion(box):
    """picture_output: named by the time, written through a buffer of 4,096 bytes, closed; then
    `lastsnap.jpg` is made a link to it."""
    data = (box.suite.model.parents[2] / "Pictures/gradient.jpg").read_bytes()
    watch = box.watch("--include", "*.jpg")
    for second in range(8):
        name = f"01-202611271200{second:02d}-00.jpg"
        with open(box.inside / name, "wb", buffering=4096) as file:
            for start in range(0, len(data), 1000):
                file.write(data[start:start + 1000])
        link = box.inside / "lastsnap.jpg"
        link.unlink(missing_ok=True)
        link.symlink_to(name)
    watch.until(lambda: len(watch.reports()) >= 8, "8 reports")
    watch.stop()
    names = names_of(box.reports())
    require(names == [f"01-202611271200{second:02d}-00.jpg" for second in range(8)],
            f"reported {names}")
