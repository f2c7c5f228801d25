"""Who of a machine may append for the others: those who answer writes, and nobody else."""

from pathlib import Path

import pytest

from app.composition import deployment
from app.projecting import projector
from app.settings import Settings
from tests.events.racing import until


@pytest.fixture
def appender(tmp_path: Path) -> Path:
    """Where an appender is shared."""
    return tmp_path / "appender.sock"


@pytest.fixture
def sharing(settings: Settings, appender: Path) -> Settings:
    """Settings of a process that shares it."""
    return settings.model_copy(update={"appender_socket": appender})


async def test_an_api_worker_appends_for_all(sharing: Settings, appender: Path) -> None:
    async with deployment(sharing):
        await until(appender.exists)


async def test_a_projector_appends_for_nobody(settings: Settings, sharing: Settings, appender: Path) -> None:
    async with projector(sharing), deployment(settings):
        assert list(appender.parent.glob("appender.*")) == []
