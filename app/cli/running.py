"""Running what a command does: standard output is for its answer alone."""

import sys
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Do `work` to its end. What is logged meanwhile goes to standard error. Raises what `work` raises."""
    import structlog
    import uvloop

    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    return uvloop.run(work)
