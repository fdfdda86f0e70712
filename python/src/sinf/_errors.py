"""What can go wrong; each text says what was found, what was expected and what to do."""

from __future__ import annotations


class Error(Exception):
    """Whatever sinf refuses."""


class ArgumentError(Error, ValueError):
    """A size, a layout or an array that sinf doesn't take."""


class ModelError(Error, ValueError):
    """The bytes are no model that can be run; the text says where."""


class MemoryBudgetError(Error, MemoryError):
    """`needed` bytes, where `available` are there."""

    def __init__(self, text: str, needed: int = 0, available: int = 0):
        super().__init__(text)
        self.needed = needed
        self.available = available


class SystemError(Error, OSError):
    """The system refused; `errno` says why."""


class PictureError(Error, ValueError):
    """Damaged, cut off, or of a kind that is not decoded."""
