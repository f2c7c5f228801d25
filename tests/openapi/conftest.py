"""What the tests of the described interface share."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.openapi.interface import interface
from app.settings import Settings
from tests.openapi.serving import Served, served


@pytest.fixture(scope="session")
def described() -> dict[str, Any]:
    """The OpenAPI document."""
    return interface()


@pytest.fixture
async def running(settings: Settings) -> AsyncIterator[Served]:
    """A running deployment with nothing in it."""
    async with served(settings) as serving:
        yield serving
