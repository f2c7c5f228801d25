"""Why `foldbase up` can not start: each is one line that says what to do."""

from dataclasses import dataclass
from pathlib import Path

from events.errors import FoldbaseError


class UpRefused(FoldbaseError):
    """`foldbase up` can not start as asked; nothing was started."""


@dataclass(eq=False)
class FolderUnusable(UpRefused):
    """The data folder can not be made or written."""

    folder: Path
    reason: str

    def __str__(self) -> str:
        return f"can not write to {self.folder} ({self.reason}); choose a folder of yours with --data"


@dataclass(eq=False)
class FolderTaken(UpRefused):
    """Another `foldbase up` holds the data folder. `holder` says which one, as far as is known."""

    folder: Path
    holder: str

    def __str__(self) -> str:
        return f"foldbase already runs on {self.folder}{self.holder}; stop it, or choose another --data"


@dataclass(eq=False)
class PortTaken(UpRefused):
    """Another program listens where the API should."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"port {self.port} on {self.host} is taken; stop what listens there, or choose another --port"


@dataclass(eq=False)
class AddressUnusable(UpRefused):
    """The API can not listen at the address asked for."""

    host: str
    port: int
    reason: str

    def __str__(self) -> str:
        return (
            f"can not listen on {self.host} port {self.port} ({self.reason}); choose another --host or --port"
        )


class StopAsked(Exception):
    """Somebody wants everything stopped before it was ready. Not an error: raised to leave a wait."""
