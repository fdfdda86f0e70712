"""A watcher under test: started, awaited, signalled, and checked when it leaves."""

import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import threading
import time

from frames import Wrong, parsed, reports_of, require, whole_lines
from writers import Writer

PATIENCE = 60  # seconds: the bound of every wait; nothing that works comes near it
SETTLE = 60  # milliseconds: --settle of the watchers here


class Box:
    """The folders of one case, and everything that was started in them."""

    def __init__(self, suite, name):
        self.suite = suite
        self.name = name
        self.root = pathlib.Path(suite.folder) / name
        self.inside = self.root / "in"
        self.outside = self.root / "outside"
        self.output = self.root / "out.jsonl"
        self.state = self.root / "state"
        self.inside.mkdir(parents=True)
        self.outside.mkdir()
        self.seed = f"{suite.seed}/{name}"
        self.watches = []
        self.note = ""

    def writer(self, first=0):
        return Writer(self.inside, self.outside, first)

    def watch(self, *options, **settings):
        watch = Watch(self, options, **settings)
        self.watches.append(watch)
        return watch

    def once(self, *options, status=0, **settings):
        """A run with --once to its end."""
        watch = self.watch("--once", *options, **settings)
        watch.left(status)
        return watch

    def rotated(self):
        """Output files, the oldest first."""
        older = [self.output.with_name(f"{self.output.name}.{n}") for n in range(9, 0, -1)]
        return [path for path in older if path.exists()] + [self.output]

    def reports(self, torn=False):
        return reports_of(self.rotated(), self.inside, torn)

    def left_over(self, folder=None):
        """Names in a folder that don't begin with a dot."""
        names = os.listdir(os.fsencode(folder or self.inside))
        return sorted(name for name in names if not name.startswith(b"."))

    def check_gone(self, folder=None):
        """Nothing is left in the folder, nor a file that was about to be deleted."""
        left = [name for name in os.listdir(os.fsencode(folder or self.inside))
                if not name.startswith(b".") or name.startswith(b".sinf-leaving")]
        require(not left, f"{len(left)} left in the folder: {sorted(left)[:4]}")

    def close(self, keep):
        for watch in self.watches:
            watch.end()
        if not keep:
            shutil.rmtree(self.root, ignore_errors=True)


class Watch:
    """One run of `sinf watch`."""

    def __init__(self, box, options, stdout=False, pipe=False, state=True, model=None, folder=None,
                 output=None, settle=SETTLE, environment=None, prefix=(), ready=True):
        self.box = box
        self.number = len(box.watches)
        self.is_supervised = not {"--once", "--no-sandbox"} & set(map(str, options))
        self.stdout_path = box.root / f"stdout-{self.number}"
        self.stderr_path = box.root / f"stderr-{self.number}"
        self.to_stdout = stdout or pipe
        self.before = 0 if self.to_stdout else len(box.reports(torn=True))
        command = [*prefix, *box.suite.program, "watch", "--model", str(model or box.suite.model),
                   "--format", "json", "--settle", str(settle)]
        if state:
            command += ["--state", str(box.state)]
        if not self.to_stdout:
            command += ["--output", str(output or box.output)]
        command += [*map(str, options), str(folder or box.inside)]
        self.notes = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        # Short and outside of the box: such a name has no more than 108 bytes.
        self.socket_path = f"\0sinf-check-{os.getpid()}-{box.name}-{self.number}"
        self.notes.bind(self.socket_path)
        self.notices = []
        variables = dict(os.environ, NOTIFY_SOCKET="@" + self.socket_path[1:])
        variables.pop("WATCHDOG_USEC", None)
        variables.update(environment or {})
        self.pumped = []
        self.resumed = threading.Event()
        self.resumed.set()
        with open(self.stdout_path, "wb") as out, open(self.stderr_path, "wb") as err:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE if pipe else out,
                stderr=err, env=variables, start_new_session=True)
        self.pump = None
        if pipe:
            self.pump = threading.Thread(target=self.drain, daemon=True)
            self.pump.start()
        if ready and "--once" not in options:
            self.notified("READY=1")

    def drain(self):
        """Everything that comes through the pipe, into a file."""
        with open(self.stdout_path, "ab", buffering=0) as file:
            while True:
                self.resumed.wait()
                data = self.process.stdout.read1(65536)
                if not data:
                    return
                file.write(data)

    # --- waiting

    def until(self, condition, what):
        """The first true value of `condition`, looked for often, for a bounded time."""
        end = time.monotonic() + PATIENCE
        while True:
            began = time.monotonic()
            value = condition()
            took = time.monotonic() - began
            if value:
                return value
            if self.process.poll() is not None:
                value = condition()
                if value:
                    return value
                raise Wrong(f"left with {self.process.returncode} while waiting for {what}: "
                            f"{self.tail()}")
            require(time.monotonic() < end, f"{what}: not within {PATIENCE} s; {self.tail()}")
            time.sleep(max(0.003, took))

    def notified(self, text):
        """Waits for a notice that has this line; returns the moment when it was read."""
        return self.until(lambda: self.notice(text), f"the notice {text}")

    def notice(self, text):
        self.notes.setblocking(False)
        while True:
            try:
                data = self.notes.recv(4096).decode()
            except BlockingIOError:
                break
            self.notices.append((time.monotonic(), data))
        for moment, data in self.notices:
            if any(line.startswith(text) for line in data.split("\n")):
                return moment
        return None

    def errors(self):
        return self.stderr_path.read_bytes().decode("utf-8", "replace")

    def tail(self):
        return " / ".join(self.errors().strip().split("\n")[-3:])[-500:]

    def says(self, pattern, times=1):
        """Waits until standard error matches this expression so many times."""
        self.until(lambda: len(re.findall(pattern, self.errors(), re.M)) >= times,
                   f"/{pattern}/ on standard error")

    def reports(self, torn=True):
        """What this run (and with --output all before) reported up to now."""
        if self.to_stdout:
            return reports_of([self.stdout_path], self.box.inside, torn)
        return self.box.reports(torn)

    def lines(self):
        """How many whole lines there are."""
        paths = [self.stdout_path] if self.to_stdout else self.box.rotated()
        return sum(len(whole_lines(path, torn=True)) for path in paths)

    def reported(self, *frames):
        """Waits until all these frames have been classified."""
        wanted = {frame.key for frame in frames}

        def there():
            return wanted <= {r.key for r in self.reports() if r.status == "classified"}

        self.until(there, f"reports of {len(wanted)} frames")

    # --- processes

    @property
    def worker(self):
        """The process that does the work: the child of the one that was started, or where that one
        has no parent's part the same; below it are the processes for decoding."""
        children = children_of(self.process.pid) if self.is_supervised else []
        return children[-1] if children else self.process.pid

    def resident(self):
        """Resident bytes of the worker."""
        text = pathlib.Path(f"/proc/{self.worker}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", text).group(1)) * 1024

    def signal_all(self, number):
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            pass

    def pause(self):
        """Stops all its processes, and waits until they stand."""
        self.signal_all(signal.SIGSTOP)

        def standing():
            pids = [self.process.pid, self.worker]
            return all(state_of(pid) in "Tt" for pid in pids)

        self.until(standing, "SIGSTOP")

    def resume(self):
        self.signal_all(signal.SIGCONT)

    def kill(self, target="all"):
        """kill -9 of all its processes, or of one; waits until none of them is left."""
        worker = self.worker
        if target == "all":
            self.signal_all(signal.SIGKILL)
        else:
            try:
                os.kill(self.process.pid if target == "parent" else worker, signal.SIGKILL)
            except ProcessLookupError:
                pass
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired as error:
            raise Wrong(f"still there after kill -9 of {target}") from error
        end = time.monotonic() + PATIENCE
        while worker != self.process.pid and state_of(worker) not in "ZX":
            require(time.monotonic() < end, f"a process outlives kill -9 of {target}")
            time.sleep(0.002)
        self.drained()

    def drained(self):
        if self.pump:
            self.resumed.set()
            self.pump.join(PATIENCE)
        self.notes.close()

    def end(self):
        """Whatever is left of it goes, without a check."""
        if self.process.poll() is None:
            self.signal_all(signal.SIGKILL)
            self.process.wait()
        else:
            self.signal_all(signal.SIGKILL)
        self.drained()

    def stop(self, number=signal.SIGTERM, status=0):
        """A clean stop, and the checks that every clean stop must pass."""
        self.process.send_signal(number)
        return self.left(status)

    def left(self, status=0, counted=True):
        """Waits for its end; checks status and closing counts; returns the counts."""
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired as error:
            raise Wrong(f"did not leave; {self.tail()}") from error
        self.drained()
        require(self.process.returncode == status,
                f"left with {self.process.returncode}, expected {status}: {self.tail()}")
        return self.closing_counts() if counted else None

    def closing_counts(self):
        """The counts of standard error's last line, compared with JSON's and with the lines."""
        last = self.errors().strip().split("\n")[-1]
        match = re.search(
            r"(\d+) received = (\d+) classified \+ (\d+) failed \+ (\d+) skipped", last)
        require(match, f"no closing counts but: {last!r}")
        received, classified, failed, skipped = map(int, match.groups())
        require(received == classified + failed + skipped, f"the counts don't close: {last}")
        paths = [self.stdout_path] if self.to_stdout else self.box.rotated()
        lines = [line for path in paths for line in whole_lines(path)]
        require(lines and parsed(lines[-1], self.box.inside) is None, "no closing line of JSON")
        summary = json.loads(lines[-1])
        found = {key: summary[key] for key in ("received", "classified", "failed", "skipped")}
        counts = {"received": received, "classified": classified, "failed": failed,
                  "skipped": skipped}
        require(found == counts, f"JSON says {found}, standard error {counts}")
        mine = self.reports(torn=False)[self.before:]
        require(len(mine) == classified + failed,
                f"{len(mine)} lines of this run, counted {classified} + {failed}")
        return counts | {key: summary.get(key) for key in ("replayed", "overloads", "scans")}


def state_of(pid):
    """A process's state letter; X if there is none."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return "X"


def children_of(pid):
    """Living children, found by asking every process for its parent."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                fields = pathlib.Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(fields[1]) == pid and fields[0] not in "ZX":
                found.append(int(entry))
    return sorted(found)
