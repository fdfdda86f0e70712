#!/usr/bin/env python3
"""usage: check-decoder.py MODEL PLANTED [SHIPPED]     (tools/check-decoder.sh builds and calls it)
Runs a program with planted faults on pictures that ask for them, between good ones."""

import json
import os
import pathlib
import signal
import struct
import subprocess
import sys
import tempfile
import time
import zlib

TIMEOUT = "0.4"
PATIENCE = 60

# What a picture asks for, and the word that its failure has.
CRASHES = {kind: "decoder_crashed"
           for kind in ("crash", "abort", "divide", "exit", "stack", "overrun", "hoard")}
HANGS = {kind: "decoder_timeout" for kind in ("hang", "sleep", "ring")}
LIES = {f"lie-{kind}": "decoder_invalid"
        for kind in ("consumed", "format", "size", "code", "system", "memory", "offset", "message")}
LIES["ask"] = "decoder_invalid"
FAULTS = CRASHES | HANGS | LIES
NOISE = [f"noise-{seed}" for seed in range(60)]


def png(text=b"", seed=0):
    """An 8 x 8 picture with a text in front of its data."""
    def chunk(kind, data):
        return (struct.pack(">I", len(data)) + kind + data
                + struct.pack(">I", zlib.crc32(kind + data)))

    rows = b"".join(b"\0" + bytes((x * 31 + y * 7 + seed * 13) & 255 for x in range(24))
                    for y in range(8))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0))
            + (chunk(b"tEXt", b"Comment\0" + text) if text else b"")
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def planted(kind):
    return png(b"planted:" + kind.encode() + b";")


class Wrong(Exception):
    pass


def require(truth, text):
    if not truth:
        raise Wrong(text)


class Suite:
    def __init__(self, model, program, shipped):
        self.model, self.program, self.shipped = model, program, shipped
        self.passed = self.failed = 0

    def case(self, name, body, *arguments):
        with tempfile.TemporaryDirectory(prefix="check-decoder-") as folder:
            started = time.monotonic()
            try:
                body(pathlib.Path(folder), *arguments)
                self.passed += 1
                print(f"ok   {name} ({time.monotonic() - started:.1f} s)")
            except (Wrong, subprocess.TimeoutExpired, OSError, ValueError, KeyError) as error:
                self.failed += 1
                print(f"FAIL {name}: {error}")

    def run(self, command, *options, data=b"", program=None):
        """Lines of JSON, text on standard error, status."""
        words = [program or self.program, command, "--model", self.model, "--frame-timeout",
                 TIMEOUT, *map(str, options)]
        done = subprocess.run(words, input=data, capture_output=True, timeout=PATIENCE)
        require(done.returncode >= 0, f"ended by signal {-done.returncode}")
        text = done.stdout.decode("utf-8")
        return text, done.stderr.decode("utf-8", "replace"), done.returncode

    def lines(self, *arguments, **settings):
        text, errors, status = self.run(*arguments, **settings)
        return [json.loads(line) for line in text.splitlines()], errors, status

    # --- cases

    def expected(self, folder):
        """What the good picture gives."""
        (folder / "good.png").write_bytes(png())
        lines, _, status = self.lines("classify", "--no-times", "--format", "json",
                                      folder / "good.png")
        require(status == 0, "the good picture is not classified")
        return lines[0]["labels"]

    def files(self, folder, kind, word):
        """Between good ones, as a file of a folder."""
        labels = self.expected(folder)
        (folder / "good.png").unlink()
        for number in range(6):
            (folder / f"{number}.png").write_bytes(planted(kind) if number % 2 else png())
        lines, errors, status = self.lines("classify", "--no-times", "--format", "json", folder)
        self.check(lines, labels, word, 3, 3)
        require(status == 1, f"status {status}")
        require(len(errors.splitlines()) == 3, f"standard error: {errors!r}")

    def stream(self, folder, kind, word):
        """The same, one after the other in a stream: nothing behind it is lost."""
        labels = self.expected(folder)
        data = b"".join(planted(kind) if number % 2 else png() for number in range(6)) + png()
        lines, _, _ = self.lines("classify", "--no-times", "--format", "json", "-", data=data)
        self.check(lines, labels, word, 4, 3)

    def check(self, lines, labels, word, classified, failed):
        summary = lines.pop()
        require(summary["classified"] == classified and summary["failed"] == failed,
                f"{summary['classified']} classified, {summary['failed']} failed")
        for line in lines:
            if line["status"] == "classified":
                require(line["labels"] == labels, "another answer for the same picture")
            else:
                require(line["error"] == word, f"{line['error']}: {line['message']}")

    def watch(self, folder, *kinds):
        """In a watched folder, the worst one first: all are reported once, all leave."""
        frames = folder / "in"
        frames.mkdir()
        for number, kind in enumerate(kinds):
            (frames / f"a{number}.png").write_bytes(planted(kind))
        for number in range(20):
            (frames / f"good{number}.png").write_bytes(png(seed=number))
        output = folder / "out.jsonl"
        text, errors, status = self.run(
            "watch", "--once", "--settle", "0", "--output", output, "--state", folder / "ledger",
            "--delete-done", frames)
        lines = [json.loads(line) for line in output.read_text().splitlines()]
        summary = lines.pop()
        require(summary["classified"] == 20 and summary["failed"] == len(kinds),
                f"{summary}; {errors[-300:]}")
        found = {os.path.basename(line["file"]): line.get("error") for line in lines}
        require(len(found) == len(lines), "a frame was reported twice")
        for number, kind in enumerate(kinds):
            require(found[f"a{number}.png"] == FAULTS[kind], f"{kind}: {found[f'a{number}.png']}")
        left = [name for name in os.listdir(frames) if name.startswith("good")]
        require(not left, f"left behind: {left}")

    def noise(self, folder):
        """Answers of random bytes: a failure or a picture, never more than that one."""
        labels = self.expected(folder)
        data = b"".join(planted(kind) + png() for kind in NOISE)
        lines, _, _ = self.lines("classify", "--no-times", "--format", "json", "-", data=data)
        good = [line for line in lines
                if line["status"] == "classified" and line["labels"] == labels]
        require(len(good) >= len(NOISE), f"{len(good)} good ones of {len(NOISE)}")
        require(lines[-1]["received"] == 2 * len(NOISE), f"{lines[-1]}")

    def escape(self, folder):
        """A message with control characters reaches nobody's terminal."""
        (folder / "a.png").write_bytes(planted("lie-escape"))
        _, errors, status = self.run("classify", folder / "a.png")
        require(status == 1, f"status {status}")
        require(all(c == "\n" or " " <= c <= "~" for c in errors), f"{errors!r}")

    def probe(self, folder):
        """Every forbidden call from inside the decoding process: none is answered."""
        (folder / "a.png").write_bytes(planted("probe"))
        for command in (("classify", "--format", "json"),
                        ("watch", "--once", "--settle", "0", "--state", folder / ".ledger")):
            lines, errors, _ = self.lines(*command, folder)
            if "cannot confine" in errors:
                print("     this kernel cannot confine; not probed")
                return
            require(lines[0]["message"].endswith("possible:"), lines[0]["message"])

    def bench(self, folder):
        """A measurement has no use for such a picture, and says so."""
        (folder / "a.png").write_bytes(planted("crash"))
        text, errors, status = self.run("bench", "--iterations", "3", folder / "a.png")
        require(status == 1 and "the decoder crashed on it (signal 11" in errors,
                f"status {status}: {errors!r}")

    def many(self, folder):
        """Two hundred crashes leave nothing behind: the 201st is like the first."""
        data = b"".join(planted("crash") for _ in range(200)) + png()
        lines, _, _ = self.lines("classify", "--format", "json", "-", data=data)
        summary = lines[-1]
        require(summary["failed"] == 200 and summary["classified"] == 1, f"{summary}")
        (folder / "good.png").write_bytes(png())
        once, _, _ = self.lines("classify", "--format", "json", folder / "good.png")
        before, after = once[-1]["peak_resident_bytes"], summary["peak_resident_bytes"]
        require(after < before * 1.1 + (256 << 10), f"{before} bytes for one, {after} for all")

    def service(self, folder):
        """A watchdog shorter than the frame's time is fed while a frame hangs."""
        import socket
        frames = folder / "in"
        frames.mkdir()
        (frames / "a.png").write_bytes(planted("hang"))
        manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        manager.bind(str(folder / "notify"))
        manager.settimeout(0.1)
        process = subprocess.Popen(
            [self.program, "watch", "--model", self.model, "--frame-timeout", "4", "--settle", "0",
             "--output", folder / "out.jsonl", "--state", folder / "ledger", frames],
            stderr=subprocess.DEVNULL,
            env=os.environ | {"NOTIFY_SOCKET": str(folder / "notify"), "WATCHDOG_USEC": "3000000"})
        beats, end = 0, time.monotonic() + PATIENCE
        try:
            while time.monotonic() < end and not self.reported(folder / "out.jsonl"):
                try:
                    beats += b"WATCHDOG=1" in manager.recv(4096)
                except TimeoutError:
                    pass
            require(self.reported(folder / "out.jsonl"), "the frame was not reported")
            require(beats >= 3, f"fed {beats} times")
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)
            manager.close()

    @staticmethod
    def reported(path):
        return path.exists() and b"decoder_timeout" in path.read_bytes()

    def unplanted(self, folder):
        """The shipped program does not listen to any of that."""
        for number, kind in enumerate([*FAULTS, *NOISE[:3], "probe"]):
            (folder / f"{number}.png").write_bytes(planted(kind))
        lines, _, status = self.lines("classify", "--format", "json", folder, program=self.shipped)
        require(status == 0 and lines[-1]["failed"] == 0, f"status {status}: {lines[-1]}")
        require(b"planted:" not in pathlib.Path(self.shipped).read_bytes(), "it has the mark")


def main():
    model, program = sys.argv[1:3]
    suite = Suite(model, program, sys.argv[3] if len(sys.argv) > 3 else None)
    for kind, word in FAULTS.items():
        suite.case(f"{kind}, in a folder", suite.files, kind, word)
        suite.case(f"{kind}, in a stream", suite.stream, kind, word)
    for kind in FAULTS:
        suite.case(f"{kind}, watched", suite.watch, kind)
    suite.case("all of them, watched", suite.watch, *FAULTS)
    suite.case("noise", suite.noise)
    suite.case("escape sequences", suite.escape)
    suite.case("probe", suite.probe)
    suite.case("bench", suite.bench)
    suite.case("many crashes", suite.many)
    suite.case("watchdog", suite.service)
    if suite.shipped:
        suite.case("nothing planted in the shipped program", suite.unplanted)
    print(f"{suite.passed} passed, {suite.failed} failed")
    return suite.failed > 0


if __name__ == "__main__":
    sys.exit(main())
