"""`python -m sinf`: the program `sinf` itself."""

from __future__ import annotations

import os
import sys


def _become(name: str) -> None:
    from . import _native

    path = _native.program(name)
    sys.stdout.flush()
    os.execv(path, [name] + sys.argv[1:])


def main() -> None:
    """`sinf`: classify, watch, bench, inspect."""
    _become("sinf")


def compiler() -> None:
    """`sinfc`: check, compile, evaluate and the rest."""
    _become("sinfc")


if __name__ == "__main__":
    main()
