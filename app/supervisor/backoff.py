"""How long to wait before a process that died is started again."""

FIRST, LONGEST, CALM = 0.1, 5.0, 30.0


class Backoff:
    """Pauses that double with every early death, from FIRST to LONGEST seconds.

    A process that had lived for CALM seconds starts the row anew.
    """

    def __init__(self) -> None:
        self._next = FIRST

    def pause_after(self, lived: float) -> float:
        """Seconds to wait now that the process has died after living for `lived` seconds."""
        if lived >= CALM:
            self._next = FIRST
        pause, self._next = self._next, min(self._next * 2, LONGEST)
        return pause
