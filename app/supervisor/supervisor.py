"""The supervisor: brings processes up in order, keeps them running, and takes them down in reverse."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from app.embedded import Service, wait_ready
from app.supervisor import processes
from app.supervisor.kept import Kept
from app.supervisor.run_file import Pids
from app.supervisor.signals import Signals

GRACE = {"api": 15.0, "projector": 10.0, "redis-server": 30.0, "mongod": 60.0}
_POLL_SECONDS = 0.05


class Supervisor:
    """Keeps services running. `kept` is in the order of starting; stopping goes backwards, kind by kind."""

    def __init__(
        self, signals: Signals, say: Callable[[str], None], record: Callable[["Supervisor"], None]
    ) -> None:
        """record: called whenever a process was started; what it raises as OSError is only told."""
        self.kept: list[Kept] = []
        self._signals = signals
        self._say = say
        self._record = record

    def pids(self) -> Pids:
        """The processes now, in the shape of run.json: a list for kinds that may have several."""
        single: Pids = {
            kept.kind: kept.pid for kept in self.kept if kept.kind not in ("projector", "api") and kept.pid
        }
        several: Pids = {
            kind: [kept.pid for kept in self.kept if kept.kind == kind and kept.pid]
            for kind in ("projector", "api")
        }
        return single | several

    def started(self) -> dict[str, str]:
        """Every process's start, by pid."""
        known = {str(kept.pid): processes.started(kept.pid) for kept in self.kept if kept.pid}
        return {pid: start for pid, start in known.items() if start is not None}

    def bring_up(
        self,
        services: Sequence[tuple[str, Service]],
        timeout: float,
        meanwhile: Callable[[], None] = lambda: None,
    ) -> None:
        """Start the services, given with their kinds, all at once, and return when every one is ready.

        meanwhile: what is to be done while they start.
        Raises: ServerUnavailable, when one can not be brought up; StopAsked; OSError from `record`.
        """
        added = [Kept(kind, service) for kind, service in services]
        running = []
        for kept in added:
            self.kept.append(kept)
            running.append(kept.start())
            self._record(self)
        meanwhile()
        self._signals.wait_unless_stopped(0)
        wait_ready(running, timeout, pause=self._signals.wait_unless_stopped)

    def watch(self) -> None:
        """Keep everything running until a stop is asked for."""
        while not self._signals.stops:
            changed = [kept.look_after(self._say) for kept in self.kept]
            if any(changed):
                self._try_to_record()
            self._signals.wait(self._until_next_start())

    def stop(self) -> None:
        """End everything, last started kind first; who does not end in time, or at a second stop, is killed."""
        for kind in dict.fromkeys(kept.kind for kept in reversed(self.kept)):
            group = [kept for kept in self.kept if kept.kind == kind]
            for kept in group:
                kept.ask_to_end()
            deadline = time.monotonic() + GRACE[kind]
            while not all(kept.has_ended() for kept in group):
                if time.monotonic() > deadline or self._signals.stops > 1:
                    break
                self._signals.wait(_POLL_SECONDS)
            for kept in group:
                kept.kill()

    def _until_next_start(self) -> float | None:
        due = [kept.due for kept in self.kept if kept.due is not None]
        return max(0.0, min(due) - time.monotonic()) if due else None

    def _try_to_record(self) -> None:
        with suppress(OSError):
            self._record(self)
