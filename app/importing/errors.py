"""What can be wrong with a file, or with lines, to import."""

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
    """One record can be no document; the others are not touched by it. `pointer`: where in it."""

    reason: str
    pointer: str = ""

    def __str__(self) -> str:
        return self.reason


@dataclass(eq=False)
class LineTooLong(FoldbaseError):
    """One line has more bytes than any document needs; it was not even kept."""

    most: int

    def __str__(self) -> str:
        return f"the line is longer than {self.most:,} bytes"
