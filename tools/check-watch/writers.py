"""How camera processes put frames into a folder."""

import mmap
import os
import random
import threading

from frames import Frame


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)


class Writer:
    """Puts numbered frames into a folder. `outside` is a folder beside it, of the same system."""

    def __init__(self, folder, outside, first=0):
        self.folder = os.fsencode(folder)
        self.outside = os.fsencode(outside)
        self.next = first
        self.frames = []

    def frame(self, name=None, total=None):
        """A new frame, not yet written."""
        serial = self.next
        self.next += 1
        frame = Frame(b"frame-%06d.png" % serial if name is None else name, serial, total)
        self.frames.append(frame)
        return frame

    def at(self, frame):
        return os.path.join(self.folder, frame.path)

    def beside(self, frame):
        return os.path.join(self.outside, b"%06d.png" % frame.serial)

    # --- one way each; all return the frame

    def direct(self, name=None, total=None):
        frame = self.frame(name, total)
        write(self.at(frame), frame.data)
        return frame

    def renamed_in(self, name=None, total=None):
        """Written outside of the folder, then renamed into it."""
        frame = self.frame(name, total)
        write(self.beside(frame), frame.data)
        os.rename(self.beside(frame), self.at(frame))
        return frame

    def renamed_within(self):
        """Written under a name that begins with a dot, then renamed."""
        frame = self.frame()
        hidden = os.path.join(self.folder, b".%06d.part" % frame.serial)
        write(hidden, frame.data)
        os.rename(hidden, self.at(frame))
        return frame

    def linked_in(self):
        """Written outside, given a second name inside: no event but that of a new name."""
        frame = self.frame()
        write(self.beside(frame), frame.data)
        os.link(self.beside(frame), self.at(frame))
        os.unlink(self.beside(frame))
        return frame

    def in_pieces(self, pause, pieces=5, total=4000):
        """Written piece by piece; `pause` is called between them."""
        frame = self.frame(total=total)
        data = frame.data
        step = -(-len(data) // pieces)
        with open(self.at(frame), "wb", buffering=0) as file:
            for begin in range(0, len(data), step):
                file.write(data[begin : begin + step])
                pause()
        return frame

    def sparse(self, pause, total=20000):
        """Given its length first, filled from the back."""
        frame = self.frame(total=total)
        data = frame.data
        with open(self.at(frame), "wb", buffering=0) as file:
            file.truncate(len(data))
            pause()
            half = len(data) // 2
            os.pwrite(file.fileno(), data[half:], half)
            pause()
            os.pwrite(file.fileno(), data[:half], 0)
        return frame

    def mapped(self, pause, total=20000):
        """Written through a mapping, which changes no size and tells of no write."""
        frame = self.frame(total=total)
        data = frame.data
        with open(self.at(frame), "w+b") as file:
            file.truncate(len(data))
            with mmap.mmap(file.fileno(), len(data)) as memory:
                half = len(data) // 2
                memory[:half] = data[:half]
                pause()
                memory[half:] = data[half:]
        return frame

    def held_open(self, pause, total=4000):
        """Opened by two: one writes half and closes, the other goes on."""
        frame = self.frame(total=total)
        data = frame.data
        with open(self.at(frame), "wb", buffering=0) as longer:
            with open(self.at(frame), "r+b", buffering=0) as shorter:
                shorter.write(data[: len(data) // 2])
            pause()
            os.pwrite(longer.fileno(), data[len(data) // 2 :], len(data) // 2)
        return frame

    def burst(self, count):
        for _ in range(count):
            self.direct()


class Stream(threading.Thread):
    """A camera that goes on until it is told to stop, a seeded mixture of ways."""

    def __init__(self, writer, seed, pace=0.004):
        super().__init__(daemon=True)
        self.writer = writer
        self.random = random.Random(seed)
        self.pace = pace
        self.ending = threading.Event()
        self.failure = None

    def run(self):
        ways = [self.writer.direct, self.writer.direct, self.writer.renamed_in,
                self.writer.renamed_within, self.writer.linked_in]
        try:
            while not self.ending.wait(self.random.expovariate(1 / self.pace)):
                for _ in range(self.random.choice([1, 1, 1, 2, 8])):
                    self.random.choice(ways)()
        except Exception as error:  # told to whoever joins
            self.failure = error

    def finish(self):
        self.ending.set()
        self.join()
        if self.failure:
            raise self.failure
