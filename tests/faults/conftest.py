"""Deployments to break, and the seed of all chance."""

import os
from collections.abc import Iterator

import pytest

from tests.faults.stage import Stage, staged


@pytest.fixture(scope="package")
def stage() -> Iterator[Stage]:
    """A deployment with a log of one partition and settings as they come. Leave it whole."""
    with staged(partitions=1) as stage:
        yield stage


@pytest.fixture(scope="package")
def impatient() -> Iterator[Stage]:
    """A deployment with a log of four partitions that waits for MongoDB a second only. Leave it whole."""
    with staged(partitions=4, FOLDBASE_STORE_TIMEOUT="1") as stage:
        yield stage


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> str:
    """What chance is made of: the test's name, and FAULT_SEED of the shell, where there is one."""
    return f"{request.node.name} {os.environ.get('FAULT_SEED', '1')}"
