"""Servers that run: started together, waited for by condition, stopped without leftovers."""

import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.embedded.child import spawn
from app.embedded.diagnosis import explain_exit
from app.embedded.errors import ServerUnavailable

_POLL_SECONDS = 0.01


class Server(Protocol):
    """A frozen description of a server: how it is started, and how to tell that it is ready."""

    @property
    def name(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def argv(self) -> list[str]: ...
    @property
    def folder(self) -> Path: ...
    @property
    def log(self) -> Path: ...
    def is_ready(self, pid: int) -> bool: ...


@dataclass(slots=True)
class Running:
    """A server's process. `log_start` is where in the server's log this run begins."""

    server: Server
    process: subprocess.Popen[bytes]
    log_start: int

    @classmethod
    def launch(cls, server: Server) -> "Running":
        """Start the server's process and return at once, before it is ready.

        Raises: ServerUnavailable, when its program can not be executed.
        """
        log_start = server.log.stat().st_size if server.log.exists() else 0
        try:
            process = spawn(server.argv, env=_environment(), output=server.log)
        except OSError as error:
            raise ServerUnavailable(
                server=server.name,
                reason=f"{server.argv[0]} can not be executed ({error.strerror})",
                advice="install one made for this machine",
            ) from error
        return cls(server, process, log_start)

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def pid(self) -> int:
        return self.process.pid

    def is_ready(self) -> bool:
        """Whether the server answers. Raises: ServerUnavailable, when its process has ended."""
        status = self.process.poll()
        if status is not None:
            raise explain_exit(self.server.name, self.server.log, self.log_start, status)
        return self.server.is_ready(self.pid)

    def stop(self, timeout: float = 15.0) -> None:
        """Ask the server to save and end; after `timeout` seconds kill it. Silent when it has ended."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start(*servers: Server, timeout: float = 60.0) -> list[Running]:
    """Start all servers at the same time and return them, in order, when every one is ready.

    timeout: seconds for all of them together.
    Raises: ServerUnavailable, when one can not run or is not ready in time; then none is left running.
    """
    running: list[Running] = []
    try:
        for server in servers:
            running.append(Running.launch(server))
        wait_ready(running, timeout)
    except BaseException:
        for each in running:
            each.stop()
        raise
    return running


def wait_ready(running: list[Running], timeout: float) -> None:
    """Return when every server is ready. Raises: ServerUnavailable, when one ends or time is up."""
    deadline = time.monotonic() + timeout
    waiting = list(running)
    while waiting := [each for each in waiting if not each.is_ready()]:
        if time.monotonic() > deadline:
            raise ServerUnavailable(
                server=waiting[0].server.name,
                reason=f"not ready after {timeout:.0f} s",
                advice=f"see its log {waiting[0].server.log}",
            )
        time.sleep(_POLL_SECONDS)


def _environment() -> dict[str, str]:
    """Ours without foldbase's secrets, and with a locale that every machine has."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FOLDBASE_")}
    return kept | {"LC_ALL": "C"}
