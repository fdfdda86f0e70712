"""Showing lines as they come: in a notebook, on a terminal, or to whoever asked."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import Any


def _notebook_display() -> Any | None:
    """A place under the cell whose text can be replaced; None outside of notebooks."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None or not hasattr(shell, "kernel"):
        return None
    from IPython.display import display

    return display({"text/plain": ""}, raw=True, display_id=True)


@contextlib.contextmanager
def shown(progress: bool | Callable[[str], None]) -> Iterator[Callable[[str], None]]:
    """What to call with each line."""
    if callable(progress):
        yield progress
        return
    if not progress:
        yield lambda line: None
        return
    place = _notebook_display()
    if place is None:
        yield lambda line: print(line, file=sys.stderr, flush=True)
        return
    lines: list[str] = []

    def show(line: str) -> None:
        lines.append(line)
        place.update({"text/plain": "\n".join(lines[-12:])}, raw=True)

    yield show
