"""The data folder: made private, and held by one supervisor at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.supervisor import run_file
from app.supervisor.errors import FolderTaken, FolderUnusable


@contextmanager
def held(folder: Path) -> Iterator[Path]:
    """Make `folder` (0700) and hold it until the block ends, however this process ends.

    Yields: its absolute path.
    Raises: FolderUnusable; FolderTaken, when another supervisor holds it.
    """
    folder = folder.absolute()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise FolderUnusable(folder, error.strerror or str(error)) from error
    try:
        _lock(lock, folder)
        yield folder
    finally:
        os.close(lock)


def _lock(lock: int, folder: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise FolderTaken(folder, _holder(folder)) from None
    except OSError as error:
        raise FolderUnusable(folder, error.strerror or str(error)) from error


def _holder(folder: Path) -> str:
    run = run_file.read(folder)
    return "" if run is None else f" at {run.api} (process {run.supervisor})"
