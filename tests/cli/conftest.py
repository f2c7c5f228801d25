"""One `foldbase up` that the tests of the command line share, and what a command says that is used wrongly."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.cli import main
from tests.deployments import Up, up
from tests.servers import temporary_folder

Use = Callable[..., tuple[int, str]]


@pytest.fixture(scope="package")
def running() -> Iterator[Up]:
    """A deployment to look at. Leave every process of it as it is; documents may be written."""
    with temporary_folder() as folder, up(folder, cold=True) as started:
        yield started


@pytest.fixture
def used(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Use:
    """How a command ends that is used so, and what it says on standard error.

    In this process: for what is refused before anything is done.
    """
    monkeypatch.chdir(tmp_path)

    def use(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["foldbase", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        return int(str(ended.value.code)), capsys.readouterr().err

    return use
