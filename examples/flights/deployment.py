"""A foldbase deployment to talk to: one that runs on a data folder, or one started there for the while."""

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDBASE = str(Path(sys.executable).with_name("foldbase"))
READY_WITHIN = 60.0


class DemoFailed(Exception):
    """The demo can not go on; the text says why."""


@dataclass(frozen=True)
class Deployment:
    """A deployment that answers at the URL `api`, with a token of its administrator."""

    data: Path
    api: str
    token: str

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Send one request and return the JSON of its answer.

        Raises: DemoFailed with the answer when it is not a success.
        """
        asked = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", **headers}
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.api + path, content, asked, method=method)  # noqa: S310
        try:
            with urllib.request.urlopen(request) as answer:  # noqa: S310
                return json.load(answer)
        except urllib.error.HTTPError as refused:
            raise DemoFailed(f"{method} {path}: {refused.code} {refused.read().decode()}") from refused

    def run(self, *arguments: str) -> None:
        """Run a `foldbase` command against this deployment, on this terminal.

        Raises: DemoFailed when it does not end with 0.
        """
        if subprocess.run([FOLDBASE, *arguments, "--data", str(self.data)], check=False).returncode:  # noqa: S603
            raise DemoFailed(f"`foldbase {' '.join(arguments)}` did not succeed.")


@contextmanager
def deployment(data: Path) -> Iterator[Deployment]:
    """Yield the deployment that runs on `data`; start one first where none does, and stop it afterwards."""
    if (api := _running(data)) is not None:
        yield Deployment(data, api, _token(data))
        return
    command = [FOLDBASE, "up", "--data", str(data), "--port", str(_free_port())]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as started:  # noqa: S603
        try:
            api = _wait(data, started)
            yield Deployment(data, api, _token(data))
        finally:
            started.terminate()


def _wait(data: Path, started: "subprocess.Popen[bytes]") -> str:
    deadline = time.monotonic() + READY_WITHIN
    while started.poll() is None and time.monotonic() < deadline:
        if (api := _running(data)) is not None:
            return api
        time.sleep(0.1)
    raise DemoFailed("`foldbase up` did not get ready.")


def _running(data: Path) -> str | None:
    """Return the URL of the API that runs on `data`, when it is ready."""
    try:
        api: str = json.loads((data / "run.json").read_text())["api"]
        with urllib.request.urlopen(f"{api}/health/ready"):  # noqa: S310
            return api
    except (OSError, ValueError, KeyError):
        return None


def _token(data: Path) -> str:
    command = [FOLDBASE, "token", "--data", str(data), "--role", "admin"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603
    return printed.strip()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
