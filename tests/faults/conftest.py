"""Deployments to break, and the seed of all chance."""

import os
from collections.abc import Iterator

import pytest

from tests.faults.stage import Stage
from tests.servers import temporary_folder


@pytest.fixture(scope="package")
def stage() -> Iterator[Stage]:
    """A deployment with a log of one partition and settings as they come. Leave it whole."""
    with temporary_folder() as folder:
        yield from _staged(Stage(folder, partitions=1))


@pytest.fixture(scope="package")
def impatient() -> Iterator[Stage]:
    """A deployment with a log of four partitions that waits for MongoDB a second only. Leave it whole."""
    with temporary_folder() as folder:
        yield from _staged(Stage(folder, partitions=4, FOLDBASE_STORE_TIMEOUT="1"))


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> str:
    """What chance is made of: the test's name, and FAULT_SEED of the shell, where there is one."""
    return f"{request.node.name} {os.environ.get('FAULT_SEED', '1')}"


def _staged(stage: Stage) -> Iterator[Stage]:
    stage.raise_curtain()
    try:
        yield stage
    finally:
        stage.close()
