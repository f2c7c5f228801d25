"""`DIR/run.json`: where the servers of a running deployment are, for the other commands."""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

Pids = dict[str, int | list[int]]

_NAME = "run.json"


@dataclass(frozen=True, slots=True)
class Run:
    """What one `foldbase up` runs.

    api, mongo, redis:    URLs.
    pids:                 {"supervisor": 1, "mongod": 2, "redis-server": 3, "projector": [4], "api": [5, 6]},
                          without the servers that are not its own.
    started:              pid -> when it started, as `processes.started` tells it.
    database, partitions: the settings that say which log this is.
    """

    api: str
    mongo: str
    redis: str
    pids: Pids
    started: dict[str, str] = field(default_factory=dict)
    database: str = "foldbase"
    partitions: int = 1

    @property
    def supervisor(self) -> int:
        pid = self.pids.get("supervisor", 0)
        return pid if isinstance(pid, int) else 0


def write(folder: Path, run: Run) -> None:
    """Put `run` into `folder`, readable by us alone; a reader sees the old or the new, never a part."""
    draft = folder / f"{_NAME}.new"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(asdict(run), file, indent=1)
    draft.replace(folder / _NAME)


def read(folder: Path) -> Run | None:
    """What was last written into `folder`; None when there is nothing, or nothing that can be used."""
    try:
        found: dict[str, Any] = json.loads((folder / _NAME).read_bytes())
        return Run(**{name: found[name] for name in Run.__slots__ if name in found})
    except (OSError, ValueError, TypeError, AttributeError):
        return None


def remove(folder: Path) -> None:
    """Say that nothing runs on `folder`."""
    (folder / _NAME).unlink(missing_ok=True)
