"""Starting a program as a copy of this process: what it runs on is imported already, so it starts at once."""

import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, TextIO

from setproctitle import setproctitle

from app.embedded.child import ending_with_parent, open_log
from app.telling import told

_POLL_SECONDS = 0.01


class Forked:
    """A child that was forked, with as much of subprocess.Popen as a supervisor needs."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._status: int | None = None

    def poll(self) -> int | None:
        """Its exit status, negative for a signal, or None while it runs; 0 where that can not be known."""
        if self._status is None:
            self._reap(os.WNOHANG)
        return self._status

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; its exit status. Raises subprocess.TimeoutExpired after `timeout` seconds."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while (status := self.poll()) is None:
            if timeout is not None and deadline is not None and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(str(self.pid), timeout)
            time.sleep(_POLL_SECONDS)
        return status

    def terminate(self) -> None:
        """Ask it to end."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def _reap(self, options: int) -> None:
        try:
            pid, status = os.waitpid(self.pid, options)
        except ChildProcessError:  # the system reaps where SIGCHLD is ignored, and nobody hears how it ended
            self._status = 0
            return
        if pid:
            self._status = os.waitstatus_to_exitcode(status)


@dataclass(frozen=True, slots=True)
class Copy:
    """What a copy of this process is to be.

    program:     what it runs; when it returns, the copy ends with 0, and what it raises stands in `output`.
    title:       what a list of processes says of it.
    environment: its own.
    output:      file that stdout and stderr are appended to; None: both are this process's stderr.
    keeping:     the descriptors that it has, too; every other one is closed in it.
    """

    program: Callable[[], object]
    title: str
    environment: Mapping[str, str]
    output: Path | None
    keeping: Sequence[int] = ()


def fork(copy: Copy) -> Forked:
    """Start a copy of this process, in a session of its own; it gets SIGTERM when this one dies (on Linux).

    Only the thread that calls is copied; call it from one that lives as long as the process.
    Raises: OSError, when that can not be done now.
    """
    log, end_with_parent = _open(copy.output), ending_with_parent()
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        pid = os.fork()
        if pid == 0:
            _be(copy, log, mask, end_with_parent)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        os.close(log)
    return Forked(pid)


def _open(output: Path | None) -> int:
    return os.dup(2) if output is None else open_log(output)


def _be(copy: Copy, log: int, mask: Iterable[int], end_with_parent: Callable[[], None] | None) -> NoReturn:
    """Never returns to the frames of the process that it is a copy of: what those hold is not the copy's."""
    status = 1
    try:
        os.setsid()
        if end_with_parent is not None:
            end_with_parent()
        _have_only(log, copy.keeping)
        setproctitle(copy.title)
        _have_environment(dict(copy.environment))
        _forget_handlers()
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        status = _status_of(copy.program)
    except BaseException:  # noqa: BLE001
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(status)


def _status_of(program: Callable[[], object]) -> int:
    try:
        with told():
            program()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return 0


def _have_only(log: int, keeping: Sequence[int]) -> None:
    """Nothing to read, `log` to write to, and what is kept: no lock or socket that the other process has."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, source in enumerate((nothing, log, log)):
        os.dup2(source, number)
    sys.stdout, sys.stderr = _text(1), _text(2)
    first = 3
    for kept in sorted(keeping):
        os.closerange(first, kept)
        first = kept + 1
    os.closerange(first, os.sysconf("SC_OPEN_MAX"))


def _have_environment(environment: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)


def _text(number: int) -> TextIO:
    """A descriptor to print to, with nothing in its buffer."""
    return open(number, "w", buffering=1, errors="backslashreplace", closefd=False)


def _forget_handlers() -> None:
    """Handle signals as a new process does. Those that were ignored stay so; but ends of children are heard."""
    signal.set_wakeup_fd(-1)
    for number in signal.valid_signals():
        if callable(signal.getsignal(number)) or number == signal.SIGCHLD:
            signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
