"""A model file, ready to name pictures."""

from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Iterable, Iterator
from typing import Any

from . import _errors, _native, _picture
from ._native import library
from ._result import Label, Result, Times


class Model:
    """A model in one block of memory, taken when it is opened.

    One picture is named at a time, whatever threads ask; for several at once open several models, which
    share the file's memory.

    Args:
        model: Path of a `.sinf` file, or its bytes.
        decoder_bytes: Memory for decoding: 1 MiB is enough for sequential JPEGs of any usual size;
            progressive ones may need more (`MemoryBudgetError` says how much).

    Raises:
        ModelError: The file is no valid model; the text says where.
        SystemError: The file can't be read.
    """

    def __init__(
        self,
        model: str | os.PathLike[str] | bytes,
        *,
        decoder_bytes: int = _native.DECODER_BYTES,
    ):
        self._engine: int | None = None
        self._mapping: tuple[ctypes.c_void_p, ctypes.c_size_t] | None = None
        self._lock = threading.Lock()
        self._about = ""
        address, count = self._take(model)
        error = _native.SinfError()
        arena_bytes = ctypes.c_size_t()
        try:
            self._check(
                library.sinf_arena_bytes(
                    address, count, decoder_bytes, ctypes.byref(arena_bytes), ctypes.byref(error)
                ),
                error,
            )
            self._arena = ctypes.create_string_buffer(arena_bytes.value)
            self._engine = library.sinf_open(
                address, count, self._arena, arena_bytes.value, ctypes.byref(error)
            )
            self._check(error.code, error)
        except _errors.Error:
            self.close()
            raise
        self._classes = self._names(library.sinf_class_count, library.sinf_class_name)
        self._clusters = self._names(library.sinf_cluster_count, library.sinf_cluster_name)

    def _take(self, model: str | os.PathLike[str] | bytes) -> tuple[Any, int]:
        """Address and length of the model's bytes."""
        if isinstance(model, (bytes, bytearray, memoryview)):
            content = bytes(model)
            # At a multiple of 64, as the format asks.
            self._bytes = ctypes.create_string_buffer(len(content) + 64)
            start = -ctypes.addressof(self._bytes) % 64
            ctypes.memmove(ctypes.addressof(self._bytes) + start, content, len(content))
            return ctypes.c_void_p(ctypes.addressof(self._bytes) + start), len(content)
        path = os.fspath(model)
        self._about = os.fsdecode(path)
        address, count, error = ctypes.c_void_p(), ctypes.c_size_t(), _native.SinfError()
        self._check(
            library.sinf_map(
                os.fsencode(path), ctypes.byref(address), ctypes.byref(count), ctypes.byref(error)
            ),
            error,
        )
        self._mapping = address, count
        return address, count.value

    def _check(self, code: int, error: _native.SinfError, about: str | None = None) -> None:
        if code != 0:
            raise error.exception(self._about if about is None else about)

    def _names(self, count: Any, name: Any) -> tuple[str, ...]:
        length = ctypes.c_uint32()
        return tuple(
            _native.text(name(self._engine, index, ctypes.byref(length)), length.value)
            for index in range(count(self._engine))
        )

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of all classes, by index."""
        return self._classes

    @property
    def clusters(self) -> tuple[str, ...]:
        """Names of the clusters; empty in a model without."""
        return self._clusters

    @property
    def memory_bytes(self) -> int:
        """The block that everything but the model's bytes lies in."""
        return len(self._arena)

    def classify(self, picture: Any, *, top: int = 5, order: str = "rgb") -> Result:
        """Names a picture.

        Args:
            picture: The path of a JPEG or PNG file, the bytes of one, a PIL image, or a uint8 array of
                height x width (grey) or height x width x 3. Any size: it is cut, resized and brought
                to the model's colours as `sinf classify` does it.
            top: How many labels to give, 1 to 10.
            order: Of an array's three channels: "rgb", or "bgr" as OpenCV has it.

        Raises:
            PictureError: The picture is damaged or of another kind.
            MemoryBudgetError: It needs more than `decoder_bytes`.
            ArgumentError: A type, shape or option that isn't taken.
            SystemError: The file can't be read.
        """
        if not 1 <= top <= _native.LABELS:
            raise _errors.ArgumentError(f"top is {top}, expected 1 to {_native.LABELS}")
        file = _picture.encoded(picture)
        described, keep = (None, None) if file else _picture.pixels(picture, order)
        result, error = _native.CResult(), _native.SinfError()
        with self._lock:
            if self._engine is None:
                raise _errors.ArgumentError("the model is closed")
            if file:
                code = library.sinf_classify_encoded(
                    self._engine, file[0], len(file[0]), ctypes.byref(result), ctypes.byref(error)
                )
            else:
                code = library.sinf_classify_pixels(
                    self._engine, ctypes.byref(described), ctypes.byref(result), ctypes.byref(error)
                )
            del keep
            self._check(code, error, file[1] if file else "")
            return self._result(result, top)

    def classify_all(
        self, pictures: Iterable[Any], *, top: int = 5, order: str = "rgb"
    ) -> Iterator[Result | _errors.Error]:
        """Names pictures as they come, one answer each, in their order.

        A picture that can't be named gives its error instead of an answer, so that the others aren't
        lost: `isinstance(answer, sinf.Error)`.
        """
        for picture in pictures:
            try:
                yield self.classify(picture, top=top, order=order)
            except (_errors.PictureError, _errors.MemoryBudgetError, _errors.SystemError) as error:
                yield error

    def _result(self, result: _native.CResult, top: int) -> Result:
        labels = tuple(
            Label(_native.text(label.name, label.name_bytes), label.class_index, label.share)
            for label in result.labels[: min(top, result.label_count)]
        )
        times = (
            result.decode_ns, result.resize_ns, result.features_ns, result.route_ns, result.rest_ns
        )
        routed = result.cluster >= 0
        return Result(
            labels=labels,
            path=_native.PATHS[result.path],
            cluster=self._clusters[result.cluster] if routed else None,
            route_share=result.route_share if routed else None,
            macs=result.macs,
            times=Times(*(value / 1e6 for value in times)),
            size=(result.width, result.height),
            decoder_bytes=result.decoder_bytes,
        )

    def close(self) -> None:
        """Gives the memory back. A model that is no longer used does so by itself."""
        with self._lock:
            if self._engine is not None:
                library.sinf_close(self._engine)
                self._engine = None
            if self._mapping is not None:
                library.sinf_unmap(*self._mapping)
                self._mapping = None

    def __enter__(self) -> Model:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        if hasattr(self, "_lock"):
            self.close()

    def __repr__(self) -> str:
        clusters = f", {len(self._clusters)} clusters" if self._clusters else ""
        return f"<sinf.Model {self._about or 'of bytes'}: {len(self._classes)} classes{clusters}>"
