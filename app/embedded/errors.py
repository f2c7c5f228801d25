"""What goes wrong with an embedded server: always one line that says what to do."""

from dataclasses import dataclass

from events.errors import FoldbaseError


@dataclass(eq=False)
class ServerUnavailable(FoldbaseError):
    """A server of our own can not run here. `advice` is what a person can do about it."""

    server: str
    reason: str
    advice: str

    def __str__(self) -> str:
        return f"{self.server}: {self.reason}; {self.advice}"
