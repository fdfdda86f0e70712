"""The C library (sinf.h) by ctypes, and the two programs beside it."""

from __future__ import annotations

import ctypes
import errno
import os
import pathlib
from ctypes import c_char, c_char_p, c_float, c_int32, c_size_t, c_uint32, c_uint64, c_void_p

from . import _errors

LABELS = 10
PATHS = {1: "stop", 2: "subgraph", 3: "fallback", 4: "whole"}
LAYOUTS = {"rgb": 1, "bgr": 2, "grey": 3}
#: SINF_DECODER_BYTES
DECODER_BYTES = 1 << 20


class SinfError(ctypes.Structure):
    _fields_ = [
        ("code", c_int32),
        ("system_error", c_int32),
        ("needed", c_uint64),
        ("available", c_uint64),
        ("text", c_char * 256),
    ]

    def exception(self, about: str = "") -> _errors.Error:
        text = self.text.decode("utf-8", "replace")
        if self.code == 4:
            return _errors.SystemError(
                self.system_error, os.strerror(self.system_error), about or None
            )
        text = f"{about}: {text}" if about else text
        if self.code == 2:
            return _errors.ModelError(text)
        if self.code == 3:
            return _errors.MemoryBudgetError(text, self.needed, self.available)
        if self.code == 5:
            return _errors.PictureError(text)
        return _errors.ArgumentError(text)


class Pixels(ctypes.Structure):
    _fields_ = [
        ("bytes", c_void_p),
        ("width", c_uint32),
        ("height", c_uint32),
        ("stride", c_size_t),
        ("layout", c_int32),
    ]


class CLabel(ctypes.Structure):
    _fields_ = [
        ("name", c_void_p),
        ("name_bytes", c_uint32),
        ("class_index", c_uint32),
        ("share", c_float),
    ]


class CResult(ctypes.Structure):
    _fields_ = [
        ("label_count", c_uint32),
        ("labels", CLabel * LABELS),
        ("path", c_int32),
        ("stop", c_int32),
        ("cluster", c_int32),
        ("route_share", c_float),
        ("macs", c_uint64),
        ("decode_ns", c_uint64),
        ("resize_ns", c_uint64),
        ("features_ns", c_uint64),
        ("route_ns", c_uint64),
        ("rest_ns", c_uint64),
        ("width", c_uint32),
        ("height", c_uint32),
        ("picture_bytes", c_uint64),
        ("decoder_bytes", c_uint64),
    ]


def text(pointer: int | None, count: int) -> str:
    """UTF-8 that isn't closed by a zero."""
    return ctypes.string_at(pointer, count).decode("utf-8") if pointer else ""


def _folder() -> pathlib.Path:
    given = os.environ.get("SINF_NATIVE")
    return pathlib.Path(given) if given else pathlib.Path(__file__).parent / "native"


def program(name: str) -> str:
    """The path of `sinf` or `sinfc`."""
    path = _folder() / name
    if not path.exists():
        raise _errors.SystemError(
            errno.ENOENT, "not in this installation; sinf is installed from a wheel", str(path)
        )
    return str(path)


def _load() -> ctypes.CDLL:
    path = _folder() / "libsinf.so"
    try:
        library = ctypes.CDLL(str(path))
    except OSError as error:
        raise ImportError(f"{error}: sinf is installed from a wheel") from None
    error = ctypes.POINTER(SinfError)
    result = ctypes.POINTER(CResult)
    count = ctypes.POINTER(c_uint32)
    size = ctypes.POINTER(c_size_t)
    signatures = {
        "sinf_map": (c_int32, [c_char_p, ctypes.POINTER(c_void_p), size, error]),
        "sinf_unmap": (None, [c_void_p, c_size_t]),
        "sinf_arena_bytes": (c_int32, [c_void_p, c_size_t, c_size_t, size, error]),
        "sinf_open": (c_void_p, [c_void_p, c_size_t, c_void_p, c_size_t, error]),
        "sinf_close": (None, [c_void_p]),
        "sinf_classify_pixels": (c_int32, [c_void_p, ctypes.POINTER(Pixels), result, error]),
        "sinf_classify_encoded": (c_int32, [c_void_p, c_void_p, c_size_t, result, error]),
        "sinf_class_count": (c_uint32, [c_void_p]),
        "sinf_class_name": (c_void_p, [c_void_p, c_uint32, count]),
        "sinf_cluster_count": (c_uint32, [c_void_p]),
        "sinf_cluster_name": (c_void_p, [c_void_p, c_uint32, count]),
    }
    for name, (returned, arguments) in signatures.items():
        function = getattr(library, name)
        function.restype = returned
        function.argtypes = arguments
    return library


library = _load()
