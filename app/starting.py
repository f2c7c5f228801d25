"""Starting fast: most of a process's start is imports."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def plainly() -> Iterator[None]:
    """While the block imports what a process serves with, nothing is done that it has no use for.

    Cycles are not looked for: what is imported stays. And structlog does not find rich, which it imports
    to colour logs for a terminal: foldbase's are JSON. Afterwards both are as they were.
    """
    collects, hides = gc.isenabled(), "rich" not in sys.modules
    gc.disable()
    if hides:
        sys.modules["rich"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if hides:
            del sys.modules["rich"]
        if collects:
            gc.enable()
