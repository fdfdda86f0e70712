#!/usr/bin/env python3
"""Compares the runtime's network inputs with Pillow's decode of the same files.

Generates JPEG and PNG pictures of every kind that is supported, decodes each with `dump-frame`
(the product's FrameDecoder) and with Pillow followed by an independent implementation of the rules
in docs/images.md, and prints the largest difference for each. Fails above one level.

    python3 -m venv .venv && .venv/bin/pip install pillow numpy
    swift build --product dump-frame
    .venv/bin/python tools/check-pixels.py .build/debug/dump-frame [--keep DIR]
"""

import argparse
import io
import pathlib
import struct
import subprocess
import sys
import tempfile
import zlib

import numpy as np
from PIL import Image, ImageOps


# --- pictures


def scene(width, height, channels, seed=1):
    """A picture with gradients, edges and noise, uint8 height x width x channels."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    planes = []
    for channel in range(channels):
        wave = 110 + 60 * np.sin(x / (7 + 3 * channel)) + 50 * np.cos(y / (11 - 2 * channel))
        wave += 0.2 * (x - y) * (channel - 1)
        planes.append(wave)
    picture = np.stack(planes, axis=2) + random.normal(0, 6, (height, width, channels))
    picture[height // 3 : height // 2, width // 4 : width // 2] = [250, 20, 40, 90][:channels]
    return np.clip(picture, 0, 255).astype(np.uint8)


def png_chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_bytes(rows, width, height, depth, color_type, extra=b"", interlaced=False):
    """A PNG of unfiltered rows; `rows` maps (columns, lines) of a pass to packed rows."""
    adam7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
             (0, 1, 1, 2)]
    passes = adam7 if interlaced else [(0, 0, 1, 1)]
    data = b""
    for x0, y0, dx, dy in passes:
        xs, ys = range(x0, width, dx), range(y0, height, dy)
        if len(xs) and len(ys):
            data += b"".join(b"\0" + row for row in rows(xs, ys))
    head = struct.pack(">IIBBBBB", width, height, depth, color_type, 0, 0, int(interlaced))
    return (b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", head) + extra
            + png_chunk(b"IDAT", zlib.compress(data)) + png_chunk(b"IEND", b""))


def packed(samples, depth):
    """Rows function of an integer array height x width x channels at any depth."""

    def rows(xs, ys):
        part = samples[np.ix_(list(ys), list(xs))]
        for line in part.reshape(len(part), -1):
            if depth == 16:
                yield line.astype(">u2").tobytes()
            elif depth == 8:
                yield line.astype(np.uint8).tobytes()
            else:
                bits = (line[:, None] >> np.arange(depth - 1, -1, -1)) & 1
                yield np.packbits(bits.astype(np.uint8).ravel()).tobytes()

    return rows


# --- the rules of docs/images.md, written a second time


def rounded(numerator, denominator):
    return (2 * numerator + denominator) // (2 * denominator)


def region(width, height, to_width, to_height, fit, permille):
    """Left, top, width, height of what becomes the input."""
    if fit == "stretch":
        w, h = rounded(width * permille, 1000), rounded(height * permille, 1000)
    elif width * to_height >= height * to_width:
        w = rounded(height * to_width * permille, to_height * 1000)
        h = rounded(height * permille, 1000)
    else:
        w = rounded(width * permille, 1000)
        h = rounded(width * to_height * permille, to_width * 1000)
    w, h = min(max(w, 1), width), min(max(h, 1), height)
    return (width - w) // 2, (height - h) // 2, w, h


def weights(length, cells):
    """Integer weights cells x length, every row with the same sum."""
    matrix = np.zeros((cells, length), np.int64)
    for cell in range(cells):
        if length >= cells:
            begin, end = cell * length, (cell + 1) * length
            for pixel in range(length):
                overlap = min(end, (pixel + 1) * cells) - max(begin, pixel * cells)
                matrix[cell, pixel] = max(overlap, 0)
        else:
            unit = 2 * cells
            position = (2 * cell + 1) * length - cells
            low = position // unit
            for pixel, weight in ((low, unit - position % unit), (low + 1, position % unit)):
                matrix[cell, min(max(pixel, 0), length - 1)] += weight
    return matrix


def resized(picture, to_width, to_height, fit, permille):
    left, top, w, h = region(picture.shape[1], picture.shape[0], to_width, to_height, fit, permille)
    part = picture[top : top + h, left : left + w].astype(np.int64)
    across, down = weights(w, to_width), weights(h, to_height)
    sums = np.einsum("iy,jx,yxc->ijc", down, across, part, optimize=True)
    return rounded(sums, int(across[0].sum()) * int(down[0].sum())).astype(np.uint8)


def expected(data, to_width, to_height, order, fit, permille, background):
    """The input as Pillow and the rules above make it, and the scale that a JPEG is decoded at."""
    image = Image.open(io.BytesIO(data))
    scale = 1
    if image.format == "JPEG":
        turned = image.getexif().get(0x0112, 1) >= 5
        for by in (8, 4, 2):
            w, h = -(-image.width // by), -(-image.height // by)
            if turned:
                w, h = h, w
            _, _, rw, rh = region(w, h, to_width, to_height, fit, permille)
            if rw >= 2 * to_width and rh >= 2 * to_height:
                scale = by
                break
        if scale > 1:
            image.draft(None, (image.width // scale, image.height // scale))
    image = ImageOps.exif_transpose(image)
    if image.mode in ("I;16", "I"):
        # Pillow keeps 16-bit grey; the rule takes the high byte.
        grey = (np.asarray(image).astype(np.int64) >> 8).astype(np.uint8)
        transparent = image.info.get("transparency")
        rgb = np.repeat(grey[:, :, None], 3, axis=2)
        alpha = np.full(grey.shape, 255, np.uint8)
        if transparent is not None:
            alpha[np.asarray(image).astype(np.int64) == transparent] = 0
        rgba = np.dstack([rgb, alpha])
    elif "A" in image.mode or "transparency" in image.info:
        rgba = np.asarray(image.convert("RGBA"))
    else:
        rgb = np.asarray(image.convert("RGB"))
        rgba = np.dstack([rgb, np.full(rgb.shape[:2], 255, np.uint8)])
    color, alpha = rgba[:, :, :3].astype(np.int64), rgba[:, :, 3:].astype(np.int64)
    under = np.array([background >> 16, background >> 8 & 255, background & 255])
    flat = rounded(color * alpha + under * (255 - alpha), 255)
    if order == "grey":
        flat = (flat @ np.array([[19595], [38470], [7471]]) + 32768) >> 16
    result = resized(flat.astype(np.uint8), to_width, to_height, fit, permille)
    return (result[:, :, ::-1] if order == "bgr" else result), scale


# --- cases


def jpeg(mode="RGB", size=(97, 61), seed=1, **options):
    channels = {"RGB": 3, "L": 1, "CMYK": 4}[mode]
    pixels = scene(*size, channels, seed)
    image = Image.fromarray(pixels[:, :, 0] if channels == 1 else pixels, mode=mode)
    stream = io.BytesIO()
    image.save(stream, "JPEG", **options)
    return stream.getvalue()


def ycck(data):
    """The CMYK picture with its bytes declared to be YCCK: Adobe's transform code 2."""
    at = data.index(b"Adobe") + 11
    return data[:at] + b"\2" + data[at + 1 :]


def exif(orientation):
    tags = Image.Exif()
    tags[0x0112] = orientation
    return tags.tobytes()


def png(depth, color_type, size=(53, 47), interlaced=False, extra=b"", seed=1):
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[color_type]
    pixels = scene(*size, max(channels, 1), seed).astype(np.int64)
    if depth == 16:
        pixels = pixels * 257 ^ 0x35
    elif depth < 8:
        pixels >>= 8 - depth
    if color_type == 3:
        random = np.random.default_rng(seed)
        palette = random.integers(0, 256, 3 << depth).astype(np.uint8)
        extra = png_chunk(b"PLTE", palette.tobytes()) + extra
    if color_type in (4, 6):
        ramp = np.linspace(0, (1 << depth) - 1, size[0]).astype(np.int64)
        pixels[:, :, -1] = ramp[None, :]
    return png_bytes(packed(pixels, depth), *size, depth, color_type, extra, interlaced)


def cases():
    """(name, file, width, height, order, fit, crop, background)."""
    plain = (24, 24, "rgb", "cover", 1000, 0xFFFFFF)
    for name, sampling in (("444", 0), ("422", 1), ("420", 2)):
        yield (f"jpeg-{name}", jpeg(subsampling=sampling, quality=88), *plain)
        yield (f"jpeg-{name}-progressive", jpeg(subsampling=sampling, progressive=True), *plain)
        yield (f"jpeg-{name}-identity", jpeg(subsampling=sampling, quality=92), 97, 61, "rgb",
               "stretch", 1000, 0)
        yield (f"jpeg-{name}-enlarged", jpeg(subsampling=sampling, quality=92), 150, 130, "rgb",
               "stretch", 1000, 0)
    yield ("jpeg-quality-60", jpeg(quality=60), *plain)
    yield ("jpeg-grey", jpeg("L"), *plain)
    yield ("jpeg-grey-progressive", jpeg("L", progressive=True), *plain)
    yield ("jpeg-cmyk", jpeg("CMYK"), *plain)
    yield ("jpeg-cmyk-progressive", jpeg("CMYK", progressive=True), *plain)
    yield ("jpeg-ycck", ycck(jpeg("CMYK")), *plain)
    yield ("jpeg-ycck-progressive", ycck(jpeg("CMYK", progressive=True)), *plain)
    yield ("jpeg-restart-progressive",
           jpeg(restart_marker_rows=1, progressive=True, subsampling=1), *plain)
    yield ("jpeg-rgb-kept", jpeg(keep_rgb=True), *plain)
    yield ("jpeg-restart", jpeg(restart_marker_rows=1), *plain)
    yield ("jpeg-restart-blocks", jpeg(restart_marker_blocks=3, subsampling=2), *plain)
    yield ("jpeg-quality-5", jpeg(quality=5), *plain)
    yield ("jpeg-1x1", jpeg(size=(1, 1)), 5, 4, "rgb", "stretch", 1000, 0)
    yield ("jpeg-tall", jpeg(size=(3, 400)), 8, 8, "rgb", "stretch", 1000, 0)
    yield ("jpeg-wide", jpeg(size=(401, 5)), 16, 8, "rgb", "stretch", 1000, 0)
    yield ("jpeg-mixed-axes", jpeg(size=(120, 20)), 30, 30, "rgb", "stretch", 1000, 0)
    yield ("jpeg-to-grey", jpeg(subsampling=2), 24, 24, "grey", "cover", 1000, 0)
    yield ("jpeg-bgr-crop", jpeg(), 28, 20, "bgr", "cover", 875, 0)
    yield ("jpeg-stretch-crop", jpeg(), 20, 28, "rgb", "stretch", 601, 0)
    for orientation in range(1, 9):
        yield (f"jpeg-exif-{orientation}", jpeg(exif=exif(orientation), subsampling=2), 20, 16,
               "rgb", "cover", 930, 0)
    yield ("jpeg-exif-6-stretch", jpeg(exif=exif(6)), 33, 70, "rgb", "stretch", 1000, 0)
    for name, size in (("half", (150, 130)), ("quarter", (301, 263)), ("eighth", (1001, 803))):
        yield (f"jpeg-scaled-{name}", jpeg(size=size, subsampling=2), *plain)
        yield (f"jpeg-scaled-{name}-444-exif-5",
               jpeg(size=size, subsampling=0, exif=exif(5)), *plain)
    yield ("jpeg-scaled-progressive-cmyk", jpeg("CMYK", (411, 333), progressive=True), *plain)
    yield ("jpeg-scaled-grey", jpeg("L", (900, 500)), *plain)
    for interlaced in (False, True):
        suffix = "-interlaced" if interlaced else ""
        for color_type, depths in ((0, (1, 2, 4, 8, 16)), (2, (8, 16)), (3, (1, 2, 4, 8)),
                                   (4, (8, 16)), (6, (8, 16))):
            for depth in depths:
                yield (f"png-type{color_type}-{depth}{suffix}",
                       png(depth, color_type, interlaced=interlaced), 24, 24, "rgb", "cover", 1000,
                       0x3080C0)
        yield (f"png-palette-alpha{suffix}",
               png(4, 3, interlaced=interlaced,
                   extra=png_chunk(b"tRNS", bytes(range(0, 256, 20)))), 24, 24, "rgb", "cover",
               1000, 0x3080C0)
        yield (f"png-grey-tRNS{suffix}",
               png(8, 0, interlaced=interlaced, extra=png_chunk(b"tRNS", b"\0\x80")), 24, 24,
               "rgb", "cover", 1000, 0x3080C0)
        yield (f"png-rgb-tRNS{suffix}",
               png(8, 2, interlaced=interlaced,
                   extra=png_chunk(b"tRNS", struct.pack(">HHH", 250, 20, 40))), 24, 24, "rgb",
               "cover", 1000, 0x3080C0)
        yield (f"png-enlarged{suffix}", png(8, 6, (13, 17), interlaced), 40, 44, "rgb", "stretch",
               1000, 0x3080C0)
        yield (f"png-mixed-axes{suffix}", png(8, 2, (13, 77), interlaced), 40, 20, "bgr",
               "stretch", 900, 0)
        yield (f"png-grey-input{suffix}", png(8, 6, interlaced=interlaced), 24, 24, "grey",
               "cover", 1000, 0x3080C0)
        yield (f"png-exif-8{suffix}",
               png(8, 2, interlaced=interlaced,
                   extra=png_chunk(b"eXIf", exif(8)[6:])), 20, 16, "rgb", "cover", 1000, 0)
        yield (f"png-1x1{suffix}", png(8, 2, (1, 1), interlaced), 3, 2, "rgb", "stretch", 1000, 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", help="the built dump-frame")
    parser.add_argument("--keep", help="folder to leave the generated files in")
    options = parser.parse_args()
    temporary = tempfile.TemporaryDirectory()
    folder = pathlib.Path(options.keep or temporary.name)
    folder.mkdir(parents=True, exist_ok=True)
    worst, count, exact, failed = 0, 0, 0, []
    for name, data, width, height, order, fit, crop, background in cases():
        path = folder / (name + (".png" if name.startswith("png") else ".jpg"))
        path.write_bytes(data)
        want, scale = expected(data, width, height, order, fit, crop, background)
        run = subprocess.run(
            [options.program, str(width), str(height), order, fit, str(crop),
             f"{background:06x}", str(1 << 21), str(path)], capture_output=True)
        count += 1
        if run.returncode != 0:
            failed.append(f"{name}: {run.stderr.decode().strip()}")
            continue
        got = np.frombuffer(run.stdout, np.uint8).reshape(height, width, 4)
        got_scale = int(run.stderr.decode().split("scale 1/")[1].split()[0])
        if got_scale != scale:
            failed.append(f"{name}: scale 1/{got_scale}, expected 1/{scale}")
            continue
        difference = np.abs(got[:, :, : want.shape[2]].astype(int) - want.astype(int))
        largest = int(difference.max())
        worst, exact = max(worst, largest), exact + (largest == 0)
        print(f"{name:36} {width:4} x {height:<4} 1/{scale}  largest difference {largest}"
              f"  ({np.count_nonzero(difference)} of {difference.size})")
        if largest > 1 or got[:, :, want.shape[2] :].any():
            failed.append(f"{name}: difference {largest}")
    print(f"{count} files, {exact} equal to the last bit, largest difference {worst}")
    for line in failed:
        print("FAILED", line, file=sys.stderr)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
