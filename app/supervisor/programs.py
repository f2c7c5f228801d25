"""foldbase's own two processes as the supervisor starts them: `foldbase projector` and `foldbase api`."""

import gc
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import ClassVar

from app.asking import ask
from app.forking.copies import Copy, Forked, fork
from app.starting import plainly


def load() -> None:
    """Import what the programs run on. Each of them is a copy of this process, and has it then."""
    with plainly():
        import app.projecting
        import app.serving  # noqa: F401
    gc.collect()
    gc.freeze()


@dataclass(frozen=True, slots=True)
class Projector:
    """`foldbase projector`, on the settings in `environment`."""

    name: ClassVar[str] = "projector"
    url: ClassVar[str] = ""
    environment: Mapping[str, str]
    log: Path
    api: str
    token: str

    def launch(self) -> Forked:
        return fork(Copy(_project, "foldbase projector", self.environment, self.log))

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

    def launch(self) -> Forked:
        serve = partial(_serve, self.socket)
        return fork(Copy(serve, "foldbase api", self.environment, self.log, (self.socket,)))

    def is_ready(self, pid: int) -> bool:
        """Whether the API answers that it is ready. Its workers share one address: any of them may answer."""
        return ask(self.url, "/health/ready").status == HTTPStatus.OK


def _project() -> None:
    from app.projecting import run_projector
    from app.settings import Settings

    run_projector(Settings.load())


def _serve(listening: int) -> None:
    from app.serving import run_api
    from app.settings import Settings

    run_api(Settings.load(), socket.socket(fileno=listening))
