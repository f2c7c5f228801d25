"""Processes that run: started together, waited for by condition, stopped without leftovers."""

import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.embedded.diagnosis import explain_exit
from app.embedded.errors import ServerUnavailable

_POLL_SECONDS = 0.01
_LONGEST_LOG = 32 * 2**20


class Process(Protocol):
    """A child of this process: as much of subprocess.Popen as is needed of one."""

    @property
    def pid(self) -> int: ...
    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def terminate(self) -> None: ...
    def kill(self) -> None: ...


class Service(Protocol):
    """A frozen description of a process: how it is started, where it is reached, and when it is ready.

    url:    "" for a process that nobody calls.
    launch: starts it, with what it prints appended to `log`; raises OSError.
    """

    @property
    def name(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def log(self) -> Path: ...
    def launch(self) -> Process: ...
    def is_ready(self, pid: int) -> bool: ...


@dataclass(frozen=True, slots=True)
class Running:
    """A service's process. `log_start` is where in the service's log this run begins."""

    service: Service
    process: Process
    log_start: int

    @classmethod
    def launch(cls, service: Service) -> "Running":
        """Start the service's process and return at once, before it is ready.

        Its output is appended to its log; a log that has grown long is first put aside as `<log>.1`.
        Raises: ServerUnavailable, when its program or its log can not be used.
        """
        try:
            log_start = _open_log(service.log)
            process = service.launch()
        except OSError as error:
            raise ServerUnavailable(
                server=service.name,
                reason=f"can not be started ({error.strerror}: {error.filename})",
                advice="mend that, or install one made for this machine",
            ) from error
        return cls(service, process, log_start)

    @property
    def url(self) -> str:
        return self.service.url

    @property
    def pid(self) -> int:
        return self.process.pid

    def is_ready(self) -> bool:
        """Whether the service answers."""
        return self.service.is_ready(self.pid)

    def check_lives(self) -> None:
        """Raises: ServerUnavailable, when its process has ended."""
        status = self.process.poll()
        if status is not None:
            raise explain_exit(self.service.name, self.service.log, self.log_start, status)

    def stop(self, timeout: float = 15.0) -> None:
        """Ask the process to end; after `timeout` seconds kill it. Silent when it has ended."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start(*services: Service, timeout: float = 60.0) -> list[Running]:
    """Start all services at the same time and return them, in order, when every one is ready.

    timeout: seconds for all of them together.
    Raises: ServerUnavailable, when one can not run or is not ready in time; then none is left running.
    """
    running: list[Running] = []
    try:
        for service in services:
            running.append(Running.launch(service))
        wait_ready(running, timeout)
    except BaseException:
        for each in running:
            each.stop()
        raise
    return running


def wait_ready(running: Iterable[Running], timeout: float, pause: Callable[[float], None] = time.sleep) -> None:
    """Return when every process is ready, asking again after each `pause`, which may raise to give up.

    Raises: ServerUnavailable, when one has ended or `timeout` seconds are over.
    """
    deadline = time.monotonic() + timeout
    waiting = list(running)
    while waiting := _not_ready(waiting):
        if time.monotonic() > deadline:
            raise ServerUnavailable(
                server=waiting[0].service.name,
                reason=f"not ready after {timeout:.0f} s",
                advice=f"see its log {waiting[0].service.log}",
            )
        pause(_POLL_SECONDS)


def _not_ready(waiting: Sequence[Running]) -> list[Running]:
    """Nobody is asked while another has ended: asking a mongod may make it what takes long to end."""
    for each in waiting:
        each.check_lives()
    return [each for each in waiting if not each.is_ready()]


def _open_log(log: Path) -> int:
    size = log.stat().st_size if log.exists() else 0
    if size <= _LONGEST_LOG:
        return size
    log.rename(log.with_name(f"{log.name}.1"))
    return 0
