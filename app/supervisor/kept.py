"""One process that is kept running."""

import time
from collections.abc import Callable

from app.embedded import Running, Service
from app.supervisor.backoff import Backoff
from events.errors import FoldbaseError


class Kept:
    """A service that is to run until `stop`: running, or due to be started again at `due`."""

    def __init__(self, kind: str, service: Service) -> None:
        """kind: what run.json calls such processes."""
        self.kind = kind
        self.service = service
        self.due: float | None = None
        self._running: Running | None = None
        self._since = 0.0
        self._backoff = Backoff()

    @property
    def pid(self) -> int | None:
        return None if self._running is None else self._running.pid

    def start(self) -> Running:
        """Start it. Raises: ServerUnavailable, OSError, when that can not be done now."""
        self._since, self.due = time.monotonic(), None
        self._running = Running.launch(self.service)
        return self._running

    def look_after(self, say: Callable[[str], None]) -> bool:
        """Notice its death, start it again when that is due; whether anything changed."""
        if self._running is not None and (status := self._running.process.poll()) is not None:
            self._running = None
            self._put_off(f"ended ({_told(status)})", say)
            return True
        if self.due is not None and time.monotonic() >= self.due:
            try:
                self.start()
            except (FoldbaseError, OSError) as error:
                self._put_off(f"could not be started: {error}", say)
            return True
        return False

    def ask_to_end(self) -> None:
        """Ask it to end, and do not start it again."""
        self.due = None
        if self._running is not None and self._running.process.poll() is None:
            self._running.process.terminate()

    def has_ended(self) -> bool:
        return self._running is None or self._running.process.poll() is not None

    def kill(self) -> None:
        """End it at once, and reap it."""
        if self._running is not None:
            self._running.process.kill()
            self._running.process.wait()

    def _put_off(self, what: str, say: Callable[[str], None]) -> None:
        pause = self._backoff.pause_after(time.monotonic() - self._since)
        self.due = time.monotonic() + pause
        say(f"{self.service.name} {what}; starting it again in {pause:.1f} s, its log is {self.service.log}")


def _told(status: int) -> str:
    return f"signal {-status}" if status < 0 else f"exit status {status}"
