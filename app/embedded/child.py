"""Starting a child process that neither hears the terminal's Ctrl-C nor outlives its parent."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

_PR_SET_PDEATHSIG = 1


def spawn(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    output: Path,
) -> subprocess.Popen[bytes]:
    """Start `argv` in a session of its own; it gets SIGTERM when this process dies (on Linux).

    output: file that stdout and stderr are appended to.
    Must be called from a thread that lives as long as the process: Linux ties the promise to it.
    Raises: OSError, when the program can not be executed.
    """
    log = open_log(output)
    try:
        return subprocess.Popen(  # noqa: S603
            argv,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=ending_with_parent(),
        )
    finally:
        os.close(log)


def open_log(log: Path) -> int:
    """A descriptor that appends to `log`, which only this user can read. Raises OSError."""
    return os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)


def environment_of_a_server() -> dict[str, str]:
    """Ours without foldbase's settings and secrets, and with a locale that every machine has."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FOLDBASE_")}
    return kept | {"LC_ALL": "C"}


def ending_with_parent() -> Callable[[], None] | None:
    """What a child of this process calls to get SIGTERM when this one dies; None where that can not be had."""
    if sys.platform != "linux":
        return None
    prctl, parent = _prctl(), os.getpid()

    def end_with_parent() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return end_with_parent


@cache
def _prctl() -> Callable[[int, int], int]:
    function = ctypes.CDLL(None).prctl
    function.argtypes = [ctypes.c_int, ctypes.c_ulong]
    return function
