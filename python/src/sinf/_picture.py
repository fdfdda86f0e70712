"""Pictures as people have them, as what the C library takes: encoded bytes, or rows of pixels."""

from __future__ import annotations

import ctypes
import os
from typing import Any

from . import _errors, _native

#: Modes of PIL whose pixels are taken as they lie.
_PIL_MODES = {"RGB": "rgb", "L": "grey"}


def encoded(picture: Any) -> tuple[bytes, str] | None:
    """The bytes of a file and what to call it; None where `picture` is none of that."""
    if isinstance(picture, (bytes, bytearray, memoryview)):
        return bytes(picture), ""
    if isinstance(picture, (str, os.PathLike)):
        path = os.fspath(picture)
        try:
            with open(path, "rb") as file:
                return file.read(), os.fsdecode(path)
        except OSError as error:
            raise _errors.SystemError(error.errno, error.strerror, os.fsdecode(path)) from None
    return None


def pixels(picture: Any, order: str) -> tuple[_native.Pixels, Any]:
    """Pixels of a PIL image or an array, and what keeps them in memory.

    Arrays are uint8: height x width (grey), height x width x 1 or height x width x 3. Their rows may
    stand apart, such as in a part of a larger array.
    """
    if hasattr(picture, "mode") and hasattr(picture, "tobytes"):
        return _of_pil(picture)
    if hasattr(picture, "__array_interface__"):
        return _of_array(picture, order)
    if hasattr(picture, "__array__"):
        return _of_array(picture.__array__(), order)
    raise _errors.ArgumentError(
        f"a picture of type {type(picture).__name__}, expected a path, bytes, a PIL image or an array"
    )


def _of_pil(image: Any) -> tuple[_native.Pixels, Any]:
    if image.mode not in _PIL_MODES:
        # As the decoder does it: what is transparent has no colour of its own.
        if image.mode in ("RGBA", "LA", "PA") or "transparency" in getattr(image, "info", {}):
            raise _errors.ArgumentError(
                f"a PIL image of mode {image.mode} with transparency: put it on a background and "
                "convert it to RGB, or give the file's bytes, which the model's background is used for"
            )
        if image.mode.startswith(("I", "F")):
            raise _errors.ArgumentError(
                f"a PIL image of mode {image.mode}: scale its values to 8 bits and convert it to L or RGB"
            )
        image = image.convert("RGB")
    content = image.tobytes()
    width, height = image.size
    buffer = ctypes.c_char_p(content)
    layout = _PIL_MODES[image.mode]
    described = _native.Pixels(
        ctypes.cast(buffer, ctypes.c_void_p), width, height,
        width * (1 if layout == "grey" else 3), _native.LAYOUTS[layout],
    )
    return described, content


def _of_array(array: Any, order: str) -> tuple[_native.Pixels, Any]:
    facts = array.__array_interface__
    shape = tuple(facts["shape"])
    if facts["typestr"] not in ("|u1", "<u1", ">u1"):
        raise _errors.ArgumentError(
            f"an array of {facts['typestr']}, expected uint8 from 0 to 255, as pictures have it"
        )
    if len(shape) not in (2, 3) or (len(shape) == 3 and shape[2] not in (1, 3)):
        raise _errors.ArgumentError(
            f"an array of shape {shape}, expected height x width, or height x width x 3"
            + (": permute channels to the end" if len(shape) == 3 and shape[0] in (1, 3) else "")
        )
    height, width = shape[:2]
    channels = shape[2] if len(shape) == 3 else 1
    if order not in ("rgb", "bgr"):
        raise _errors.ArgumentError(f"order {order!r}, expected 'rgb' or 'bgr'")
    strides = facts.get("strides")
    if strides is None:
        strides = (width * channels, channels, 1)
    rows_are_dense = strides[1] == channels and (len(shape) == 2 or strides[2] == 1)
    if not rows_are_dense or strides[0] < width * channels:
        # Mirrored, transposed or thinned: rows that lie otherwise are copied.
        array = array.copy(order="C")
        facts = array.__array_interface__
        strides = (width * channels, channels, 1)
    layout = "grey" if channels == 1 else order
    described = _native.Pixels(
        facts["data"][0], width, height, strides[0], _native.LAYOUTS[layout]
    )
    return described, array
