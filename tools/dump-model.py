#!/usr/bin/env python3
"""usage: tools/dump-model.py MODEL.sinf [--full]

Prints a model file byte by byte with what each field means: an independent reading of
docs/format.md, for debugging and for the dump in that document. Long arrays are cut short unless
--full is given. Checks nothing but checksums.
"""
import struct
import sys
import zlib

SECTIONS = ["", "model", "metadata", "labels", "clusters", "classes", "text", "tensors",
            "programs", "operations", "weights"]
KINDS = ["", "convolution", "depthwise", "maxPool", "averagePool", "add", "copy", "lookup",
         "multiply"]
PROGRAMS = ["", "features", "route", "subgraph", "whole"]

HEADER = [("magic", "8s"), ("major version", "H"), ("minor version", "H"), ("sections", "I"),
          ("file bytes", "Q"), ("minimum share", "f"), ("reserved", "32s"), ("checksum", "I")]
ENTRY = [("kind", "I"), ("index", "I"), ("offset", "Q"), ("bytes", "Q"), ("checksum", "I"),
         ("reserved", "I")]
RECORDS = {
    "model": [("width", "H"), ("height", "H"), ("channels", "B"), ("colour order", "B"),
              ("fit", "B"), ("reserved", "B"), ("crop, thousandths", "H"), ("background", "3s"),
              ("reserved", "3s"), ("arena bytes", "I"), ("route threshold", "f"),
              ("inverse temperature", "f"), ("score weight", "f")],
    "metadata": [("compiler version: text offset", "I"), ("length", "I"),
                 ("network name: text offset", "I"), ("length", "I"), ("input digest", "32s"),
                 ("seed", "Q"), ("base multiply-accumulates", "Q"),
                 ("routed multiply-accumulates", "Q"), ("base float accuracy", "f"),
                 ("base accuracy", "f"), ("routed accuracy", "f"), ("route accuracy", "f"),
                 ("fallback share", "f"), ("test images", "I")],
    "labels": [("text offset", "I"), ("length", "I")],
    "clusters": [("name: text offset", "I"), ("length", "I"), ("first member", "I"),
                 ("members", "I"), ("first row", "I"), ("rows", "I")],
    "tensors": [("element", "B"), ("zero point", "B"), ("height", "H"), ("width", "H"),
                ("channels", "H"), ("pixel stride", "I"), ("arena offset", "I"), ("scale", "f"),
                ("reserved", "I")],
    "programs": [("kind", "B"), ("reserved", "B"), ("cluster", "H"), ("input", "H"),
                 ("output", "H"), ("first operation", "I"), ("operations", "I"),
                 ("multiply-accumulates", "Q"), ("stop margin", "f"), ("reserved", "I")],
    "operations": [("kind", "B"), ("flags", "B"), ("low", "B"), ("high", "B"), ("input", "H"),
                   ("second input", "H"), ("output", "H"), ("reserved", "H"),
                   ("kernel height", "H"), ("kernel width", "H"), ("stride height", "H"),
                   ("stride width", "H"), ("pad top", "H"), ("pad left", "H"),
                   ("pad values", "4s"), ("reserved", "I"), ("multiplier", "f"),
                   ("second multiplier", "f"), ("weights", "I"), ("weight bytes", "I"),
                   ("bias", "I"), ("weight sums", "I"), ("multipliers", "I"), ("reserved", "I")],
}


class Dump:
    def __init__(self, data, full):
        self.data, self.full = data, full

    def line(self, offset, count, note):
        shown = self.data[offset:offset + min(count, 8)]
        more = " .." if count > 8 else ""
        print(f"{offset:08x}  {shown.hex(' ') + more:<27} {note}")

    def record(self, offset, fields):
        values = []
        for name, code in fields:
            size = struct.calcsize("<" + code)
            value = struct.unpack_from("<" + code, self.data, offset)[0]
            if name != "reserved":
                shown = value.hex(" ") if isinstance(value, bytes) else f"{value:.9g}" \
                    if code == "f" else f"0x{value:08x}" if name == "checksum" else value
                self.line(offset, size, f"{name} = {shown}")
            elif self.full:
                self.line(offset, size, "reserved")
            values.append(value)
            offset += size
        return values

    def array(self, offset, code, count, name):
        size = struct.calcsize("<" + code)
        count_shown = count if self.full else min(count, 8)
        values = struct.unpack_from(f"<{count_shown}{code}", self.data, offset)
        shown = ", ".join(f"{v:.6g}" if code == "f" else str(v) for v in values)
        more = ", .." if count > count_shown else ""
        self.line(offset, size * count, f"{name}: {count} x {code}: {shown}{more}")

    def run(self):
        print("header")
        header = self.record(0, HEADER)
        count = header[3]
        table_end = 64 + 32 * count
        found = zlib.crc32(self.data[64:table_end], zlib.crc32(self.data[:60]))
        print(f"          checksum of header and table {'right' if found == header[-1] else 'WRONG'}")
        entries = []
        for index in range(count):
            kind, number = struct.unpack_from("<II", self.data, 64 + 32 * index)
            print(f"\nsection table, entry {index}: {SECTIONS[kind]}")
            entry = self.record(64 + 32 * index, ENTRY)
            content = self.data[entry[2]:entry[2] + entry[3]]
            right = zlib.crc32(content) == entry[4]
            print(f"          checksum of the section {'right' if right else 'WRONG'}")
            entries.append((SECTIONS[kind], number, entry[2], entry[3]))
        self.text = next(e[2] for e in entries if e[0] == "text")
        self.tensors = next(e[2] for e in entries if e[0] == "tensors")
        for entry in entries:
            if entry[0] != "weights":
                self.section(*entry, entries)

    def section(self, name, number, start, count, entries):
        print(f"\nsection {name}, {count} bytes")
        if name == "classes":
            self.array(start, "H", count // 2, "classes")
        elif name == "text":
            self.line(start, count, repr(self.data[start:start + count].decode()))
        elif name == "programs":
            for index in range(count // 32):
                values = self.record_at(start + 32 * index, name, index)
                self.weights(index, PROGRAMS[values[0]], values[5], values[6], entries)
        else:
            size = struct.calcsize("<" + "".join(code for _, code in RECORDS[name]))
            for index in range(count // size):
                self.record_at(start + size * index, name, index)

    def record_at(self, offset, name, index):
        print(f"  {name} {index}")
        return self.record(offset, RECORDS[name])

    def weights(self, program, kind, first, count, entries):
        operations = next(e[2] for e in entries if e[0] == "operations")
        section = next(e for e in entries if e[0] == "weights" and e[1] == program)
        print(f"  weights section of program {program} ({kind}), {section[3]} bytes")
        for index in range(first, first + count):
            at = operations + 64 * index
            name = KINDS[self.data[at]]
            weights, size, bias, sums, multipliers = struct.unpack_from("<5I", self.data, at + 40)
            if name == "lookup":
                self.array(section[2] + weights, "B", 256, f"operation {index} {name}, table")
            if name in ("convolution", "depthwise"):
                output = struct.unpack_from("<H", self.data, at + 8)[0]
                channels = struct.unpack_from("<H", self.data, self.tensors + 24 * output + 6)[0]
                rest = channels % 16
                fill = 16 if name == "depthwise" or rest > 8 else 8
                channels += (fill - rest) if rest else 0
                self.array(section[2] + weights, "b", size, f"operation {index} {name}, weights")
                self.array(section[2] + bias, "i", channels, "bias")
                self.array(section[2] + sums, "i", channels, "weight sums")
                self.array(section[2] + multipliers, "f", channels, "multipliers")


def main():
    arguments = [a for a in sys.argv[1:] if a != "--full"]
    if len(arguments) != 1:
        sys.exit(__doc__)
    with open(arguments[0], "rb") as file:
        Dump(file.read(), "--full" in sys.argv).run()


if __name__ == "__main__":
    main()
