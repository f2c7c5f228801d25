"""foldbase's own two processes as the supervisor starts them: `foldbase projector` and `foldbase api`."""

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import ClassVar

from app.asking import ask


@dataclass(frozen=True, slots=True)
class Projector:
    """`foldbase projector`, on the settings in `environment`."""

    name: ClassVar[str] = "projector"
    url: ClassVar[str] = ""
    fds: ClassVar[tuple[int, ...]] = ()
    environment: Mapping[str, str]
    log: Path
    api: str
    token: str

    @property
    def argv(self) -> Sequence[str]:
        return (*foldbase(), "projector")

    def is_ready(self, pid: int) -> bool:
        """Whether the API at `api`, asked with the admin's `token`, has heard of this very projector."""
        answer = ask(self.api, "/v1/projections", token=self.token)
        if answer.status != HTTPStatus.OK:
            return False
        return any(each["name"].endswith(f"-{pid}") for each in answer.body["projectors"])


@dataclass(frozen=True, slots=True)
class Api:
    """`foldbase api`, one worker, that serves the listening socket `socket` (a file descriptor of ours)."""

    name: ClassVar[str] = "api"
    environment: Mapping[str, str]
    log: Path
    socket: int
    url: str

    @property
    def fds(self) -> Sequence[int]:
        return (self.socket,)

    @property
    def argv(self) -> Sequence[str]:
        return (*foldbase(), "api", "--fd", str(self.socket))

    def is_ready(self, pid: int) -> bool:
        """Whether the API answers that it is ready. Its workers share one address: any of them may answer."""
        return ask(self.url, "/health/ready").status == HTTPStatus.OK


def foldbase() -> tuple[str, str]:
    """The command `foldbase` of this installation, so that a list of processes says `foldbase api`."""
    called = Path(sys.argv[0]).absolute()
    beside = Path(sys.executable).with_name("foldbase")
    return sys.executable, str(called if called.name == "foldbase" and called.is_file() else beside)


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """The environment of foldbase's own processes: ours, and `settings` by their FOLDBASE_ names."""
    chosen = {f"FOLDBASE_{name.upper()}": value for name, value in settings.items()}
    return {"FOLDBASE_AUTO_DECLARE": "true", **os.environ, "PYTHONUNBUFFERED": "1", **chosen}
