"""Signals as something to wait for: wishes to stop, and children that end."""

import os
import select
import signal
from types import FrameType, TracebackType
from typing import Self

from app.supervisor.errors import StopAsked

_STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Signals:
    """While open, SIGINT, SIGTERM and SIGHUP are counted in `stops`; they and a child's end also end a wait.

    SIGHUP stays ignored where it was (nohup). Open it in the main thread.
    """

    def __init__(self) -> None:
        self.stops = 0

    def __enter__(self) -> Self:
        self._read, self._write = os.pipe()
        os.set_blocking(self._write, False)
        self._wakeup = signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        stops = [each for each in _STOPS if each is not signal.SIGHUP or not _ignored(each)]
        self._before = {each: signal.signal(each, self._count) for each in stops}
        self._before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, _notice)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._wakeup)
        os.close(self._read)
        os.close(self._write)

    def wait(self, seconds: float | None) -> None:
        """Return when a signal came, at the latest after `seconds` (None: however long it takes)."""
        readable, _, _ = select.select([self._read], [], [], seconds)
        if readable:
            os.read(self._read, 4096)

    def wait_unless_stopped(self, seconds: float) -> None:
        """As `wait`. Raises: StopAsked, when a stop is wished for."""
        self.wait(seconds)
        if self.stops:
            raise StopAsked

    def _count(self, number: int, frame: FrameType | None) -> None:
        self.stops += 1


def _notice(number: int, frame: FrameType | None) -> None:
    """Only being handled matters: it writes to the wake-up pipe."""


def _ignored(number: signal.Signals) -> bool:
    return signal.getsignal(number) is signal.SIG_IGN
