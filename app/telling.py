"""Errors as a person reads them: one line on standard error, and exit code 1."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def told() -> Iterator[None]:
    """Tell of every error that the block raises on purpose, and exit with 1."""
    from catalog.errors import CatalogError
    from events.errors import FoldbaseError

    try:
        yield
    except (FoldbaseError, CatalogError) as error:
        print(f"foldbase: {error}", file=sys.stderr)  # noqa: T201
        sys.exit(1)
