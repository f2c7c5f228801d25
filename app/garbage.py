"""Garbage collection, made rare in processes that work through many small things."""

import gc


def spare_collections() -> None:
    """Make it rare: commands and requests leave no cycles behind, and caches make every full pass long."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)
