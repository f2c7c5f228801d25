"""One deployment for all snippets."""

from collections.abc import Iterator

import pytest

from tests.docs.shell import Checkout, checkout


@pytest.fixture(scope="package")
def reader() -> Iterator[Checkout]:
    """A reader's checkout with `foldbase up` running in it."""
    with checkout() as ready:
        yield ready
