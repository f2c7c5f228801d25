"""Progress: a bar on a terminal, a plain line now and then elsewhere. Both go to standard error."""

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

LINE_EVERY = 2.0
LOOK_EVERY = 0.1


class ProgressLine:
    """Shows how far something is."""

    def __init__(self, what: str, unit: str) -> None:
        """what: named in front; unit: what is counted, in the plural."""
        self._what = what
        self._unit = unit
        self._started = self._shown = time.monotonic()
        self._bar: Progress | None = None

    def __enter__(self) -> "ProgressLine":
        if sys.stderr.isatty():
            self._bar = _bar()
            self._bar.start()
            self._task = self._bar.add_task(self._what, total=None, rate="")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def due(self) -> bool:
        """Whether it is time to show something again; cheap enough to ask at every single step."""
        return time.monotonic() - self._shown >= (LINE_EVERY if self._bar is None else LOOK_EVERY)

    def show(self, done: int, total: float | None = None, *, rate: str | None = None) -> None:
        """Say that `done` of `total` (None: unknown) are done, if it is time to.

        rate: what to say of the speed, where it is not just what was done since this began.
        """
        if not self.due():
            return
        now = self._shown = time.monotonic()
        rate = rate or f"{done / (now - self._started):,.0f} {self._unit}/s"
        if self._bar is not None:
            self._bar.update(self._task, completed=done, total=total, rate=rate)
        else:
            of = "" if total is None else f" of {total:,.0f}"
            print(f"{self._what}: {done:,}{of} {self._unit}, {rate}", file=sys.stderr, flush=True)  # noqa: T201


def _bar() -> "Progress":
    """A bar, which is imported where it is shown."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, TextColumn("{task.fields[rate]}"), console=Console(stderr=True))
