"""Memory, for processes that live long and work through many small things."""

import ctypes
import gc

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # of glibc's mallopt(3)

MOST_KEPT = 64 * 2**20
LARGEST_KEPT = 32 * 2**20
"""The most that glibc takes."""


def tune_memory() -> None:
    """Collect cycles seldom, and keep freed memory (64 MiB at most) for the next batch or request."""
    _collect_seldom()
    _keep_freed()


def _collect_seldom() -> None:
    """Commands and requests leave no cycles behind, and caches make every full pass long."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)


def _keep_freed() -> None:
    """Where memory goes back after each batch, it comes anew, page by page: a tenth of a projector's time."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_TRIM_THRESHOLD, MOST_KEPT)
        mallopt(_MMAP_THRESHOLD, LARGEST_KEPT)
