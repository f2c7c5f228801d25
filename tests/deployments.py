"""Real `foldbase` commands in processes of their own, for tests that treat the program as a user does."""

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, TypeVar

import httpx

from app.cli.deployment import signing_key
from app.identity import tokens
from app.supervisor import processes
from tests.warm import Started, start

FOLDBASE = str(Path(sys.executable).with_name("foldbase"))
LAST_LINE = "Ctrl-C stops everything"
T = TypeVar("T")
TRUSTING_NOBODY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For clients of plain HTTP: to load the certificates of all the world takes each of them 50 ms."""


def foldbase(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run one command, warm, to its end."""
    with TemporaryFile("w+") as stdout, TemporaryFile("w+") as stderr:
        started = start((FOLDBASE, *arguments), {**os.environ, **environment}, stdout, stderr)
        try:
            code = started.wait(60)
        finally:
            started.send_signal(signal.SIGKILL)
        for each in (stdout, stderr):
            each.seek(0)
        return subprocess.CompletedProcess(arguments, code, stdout.read(), stderr.read())


def free_port() -> int:
    """A port of the loopback address where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(condition: Callable[[], T], seconds: float = 30.0) -> T:
    """Wait until `condition` holds, and return what it returned."""
    deadline = time.monotonic() + seconds
    while not (held := condition()):
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s in vain"
        time.sleep(0.02)
    return held


def alive(pid: int) -> bool:
    """Whether process `pid` runs."""
    return processes.started(pid) is not None


@dataclass
class Up:
    """A `foldbase up` that said it is ready, and what it said."""

    process: subprocess.Popen[bytes] | Started
    folder: Path
    lines: list[str]
    took: float

    @property
    def run(self) -> dict[str, Any]:
        """run.json as it is now."""
        found: dict[str, Any] = json.loads((self.folder / "run.json").read_text())
        return found

    @property
    def pids(self) -> dict[str, list[int]]:
        """Its processes now, by kind."""
        return {kind: pid if isinstance(pid, list) else [pid] for kind, pid in self.run["pids"].items()}

    @property
    def every_pid(self) -> list[int]:
        """All its processes now."""
        return [pid for pids in self.pids.values() for pid in pids]

    def client(self) -> httpx.Client:
        """A client with an administrator's token, that makes a new connection for every request."""
        token = tokens.issue(signing_key(self.folder), sub="admin", role="admin", ttl=timedelta(hours=1))
        return httpx.Client(
            base_url=self.run["api"],
            headers={"Authorization": f"Bearer {token}", "Connection": "close"},
            timeout=20,
            verify=TRUSTING_NOBODY,
        )

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to stop and return its exit code."""
        self.process.send_signal(number)
        return self.process.wait(60)


@contextmanager
def up(
    folder: Path, *options: str, environment: Mapping[str, str] | None = None, cold: bool = False
) -> Iterator[Up]:
    """`foldbase up` on `folder` and a free port, ready; ended afterwards if it still runs.

    cold: started as a user does, so that it has everything to import.
    """
    begun = time.monotonic()
    command = (FOLDBASE, "up", "--data", str(folder), "--port", str(free_port()), *options)
    chosen = {**os.environ, **(environment or {})}
    reading, writing = os.pipe()
    with os.fdopen(reading) as told:
        with os.fdopen(writing, "w") as stdout:
            process = (
                subprocess.Popen(command, stdout=stdout, env=chosen) if cold else start(command, chosen, stdout)
            )
        try:
            lines = []
            for line in told:
                lines.append(line.rstrip("\n"))
                if line.startswith(LAST_LINE):
                    break
            assert lines, "foldbase up ended before it was ready"
            yield Up(process, folder, lines, time.monotonic() - begun)
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes] | Started) -> None:
    """Nobody wants its data any more: asked twice, it does not wait for its servers to end by themselves."""
    for seconds in (0.2, 60):
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
    assert process.returncode is not None
