"""`foldbase` commands that start warm: processes of their own, forked off one that has imported everything.

Most of what a command costs is imports, and the tests run hundreds of them. The tests of how commands start run
the executable itself, `tests.deployments.FOLDBASE`, and so do the pages of the docs.
"""

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from multiprocessing import reduction
from typing import IO, Any

from setproctitle import setproctitle

_WARM = multiprocessing.get_context("forkserver")
_WARM.set_forkserver_preload(
    [
        __name__,
        *("app.cli.program", "app.cli.running", "app.serving", "app.projecting", "app.supervisor.up"),
        *("app.rebuilding", "app.importing.here", "app.importing.remote", "app.exporting.job"),
        *("app.cli.deployment", "app.cli.health", "app.cli.remote", "pymongo"),
    ]
)


class Started:
    """A command that was started, with what the tests need of subprocess.Popen."""

    def __init__(self, process: Any) -> None:
        self._process = process
        self.pid: int = process.pid

    @property
    def returncode(self) -> int | None:
        """Its exit status; None while it runs."""
        code: int | None = self._process.exitcode
        return code

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end. Raises subprocess.TimeoutExpired."""
        self._process.join(timeout)
        if self.returncode is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0.0)
        return self.returncode

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal, unless it has ended."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)


def start(
    command: Sequence[str], environment: Mapping[str, str], stdout: IO[Any], stderr: IO[Any] | None = None
) -> Started:
    """Start a command, its program first, that prints to these files; to ours where there is none."""
    files = (_Inherited(stdout), _Inherited(sys.__stderr__ if stderr is None else stderr))
    process = _WARM.Process(target=_run, args=(list(command), dict(environment), *files))
    process.start()
    return Started(process)


class _Inherited:
    """A file that goes along to a process; there it is a descriptor."""

    def __init__(self, file: Any) -> None:
        self._number = file.fileno()

    def __reduce__(self) -> Any:
        return _number, (reduction.DupFd(self._number),)


def _number(given: Any) -> int:
    return int(given.detach())


def _run(command: list[str], environment: dict[str, str], stdout: int, stderr: int) -> None:
    from app.cli import main

    setproctitle(" ".join((sys.executable, *command)))
    for number, given in ((1, stdout), (2, stderr)):
        os.dup2(given, number)
        os.close(given)
    sys.stdout, sys.stderr = (open(number, "w", closefd=False) for number in (1, 2))  # noqa: SIM115
    sys.stderr.reconfigure(line_buffering=True, errors="backslashreplace")
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = command
    main()
