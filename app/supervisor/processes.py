"""What the system says about a process: whether it lives, since when, and what its command line is."""

import subprocess
from pathlib import Path

_PROC = Path("/proc")
_STATE, _THREADS, _START_TIME = 0, 17, 19


def started(pid: int) -> str | None:
    """When process `pid` started; None when there is none, or when it only waits to be reaped.

    One whose first thread has ended is there until all of them have: it may hold files and ports until then.
    Compare it with an earlier answer only: same pid and same start are the same process.
    """
    if not (_PROC / "self/stat").exists():
        return _ask_ps(pid, "lstart=")
    try:
        told = (_PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    after_name = told.rpartition(")")[2].split()
    has_ended = after_name[_STATE] in "ZX" and int(after_name[_THREADS]) <= 1
    return None if has_ended else after_name[_START_TIME]


def command_line(pid: int) -> str:
    """The command line of process `pid`; "" when there is none."""
    if not (_PROC / "self/stat").exists():
        return _ask_ps(pid, "command=") or ""
    try:
        return (_PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def _ask_ps(pid: int, column: str) -> str | None:
    asked = subprocess.run(  # noqa: S603
        ["/bin/ps", "-o", column, "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return asked.stdout.strip() or None
