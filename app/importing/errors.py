"""What can be wrong with a file to import."""

from dataclasses import dataclass

from events.errors import FoldbaseError


@dataclass(eq=False)
class FileUnusable(FoldbaseError):
    """The file as a whole can not be imported; nothing of it went in."""

    name: str
    reason: str

    def __str__(self) -> str:
        return f"{self.name}: {self.reason}"


@dataclass(eq=False)
class RecordInvalid(FoldbaseError):
    """One record of the file can be no document; the others are not touched by it."""

    reason: str

    def __str__(self) -> str:
        return self.reason
