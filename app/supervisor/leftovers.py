"""What an earlier `foldbase up` left running when it was killed, ended before a new one starts."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from app.supervisor import processes, run_file
from app.supervisor.run_file import Run

_POLL_SECONDS = 0.02
_WORDS = {"mongod": "mongod", "redis-server": "-server", "projector": "foldbase", "api": "foldbase"}


def end_leftovers(folder: Path, grace: float = 5.0) -> int:
    """End every process that `folder`'s run.json names and that is still the same process.

    Same means: pid, start time and command line fit, so that a pid that was given to another program
    since is left alone. After `grace` seconds a process is killed.
    Returns: how many there were. The caller holds the folder, so no supervisor lives.
    """
    run = run_file.read(folder)
    if run is None:
        return 0
    found = dict(_alive(run))
    for number in (signal.SIGTERM, signal.SIGCONT):  # one that was stopped goes on, and ends
        _send(found, number)
    deadline = time.monotonic() + grace
    while _any_left(found) and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
    _send(found, signal.SIGKILL)
    while _any_left(found):
        time.sleep(_POLL_SECONDS)
    run_file.remove(folder)
    return len(found)


def _alive(run: Run) -> Iterator[tuple[int, str]]:
    """Each leftover process as (pid, start)."""
    for kind, word in _WORDS.items():
        listed = run.pids.get(kind, [])
        for pid in [listed] if isinstance(listed, int) else listed:
            start = run.started.get(str(pid))
            if start is not None and processes.started(pid) == start and word in processes.command_line(pid):
                yield pid, start


def _any_left(found: dict[int, str]) -> bool:
    return any(processes.started(pid) == start for pid, start in found.items())


def _send(found: dict[int, str], number: signal.Signals) -> None:
    for pid, start in found.items():
        if processes.started(pid) == start:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
