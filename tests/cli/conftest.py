"""One `foldbase up` that the tests of the command line share."""

from collections.abc import Iterator

import pytest

from tests.deployments import Up, up
from tests.servers import temporary_folder


@pytest.fixture(scope="package")
def running() -> Iterator[Up]:
    """A deployment to look at. Leave every process of it as it is; documents may be written."""
    with temporary_folder() as folder, up(folder) as started:
        yield started
